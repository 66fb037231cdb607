"""Records the demo's cassettes, one for each module whose types the tenant has: ``python -m tests.record_demo``."""

import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from integration import load
from integration.config.settings import Config
from integration.recording.recorder import Recording, record
from integration.sdk.plugins import declared_steps
from integration.text.secret import Secret
from tests.simulator import Simulator, demo_tenant

CASSETTES = Path(__file__).parent / "cassettes"
SALT = bytes(32)
"""The demo's tenant is fictional: nobody needs to be hidden, and whoever records it anew gets the same files."""


def record_demo(to: Path) -> Recording:
    """Record every step and what it needs against the simulator's fictional tenant, and keep what that has."""
    manager = load()
    to.mkdir(exist_ok=True)
    with Simulator(demo_tenant(), page_size=10) as simulator, TemporaryDirectory() as folder:
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
        types = [step.name for step in declared_steps(manager)]
        made = Path(folder)
        recording = record(manager, types, config, to=made, salt=SALT, keep=len(simulator.tenant.users))
        cassettes = {
            type: to / path.relative_to(made)
            for type, path in recording.cassettes.items()
            if recording.results[type].count
        }
        for type, path in cassettes.items():
            path.parent.mkdir(exist_ok=True)
            shutil.copyfile(recording.cassettes[type], path)
    return replace(recording, cassettes=cassettes)


if __name__ == "__main__":
    for type, result in record_demo(CASSETTES).results.items():
        print(f"{type}: {result.verdict}, {result.count} records")
