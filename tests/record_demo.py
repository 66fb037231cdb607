"""Records the demo's cassettes, one for each installed step: ``python -m tests.record_demo``."""

from pathlib import Path

from integration import load
from integration.config import Config
from integration.plugins import declared_steps
from integration.recording import Recording, record
from integration.secret import Secret
from tests.simulator import Simulator, demo_tenant

CASSETTES = Path(__file__).parent / "cassettes"
SALT = bytes(32)
"""The demo's tenant is fictional: nobody needs to be hidden, and whoever records it anew gets the same files."""


def record_demo(to: Path) -> Recording:
    """Record every step and what it needs against the simulator's fictional tenant."""
    manager = load()
    with Simulator(demo_tenant(), page_size=10) as simulator:
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
        types = [step.name for step in declared_steps(manager)]
        return record(manager, types, config, to=to, salt=SALT, keep=len(simulator.tenant.users))


if __name__ == "__main__":
    for type, result in record_demo(CASSETTES).results.items():
        print(f"{type}: {result.verdict}, {result.count} records")
