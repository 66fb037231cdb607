"""Records the demo's cassettes, one for each installed step: ``python -m tests.record_demo``."""

from pathlib import Path
from tempfile import TemporaryDirectory

from integration import Record, load, plan, run
from integration.config import Config
from integration.plugins import declared_steps
from integration.secret import Secret
from tests.simulator import Simulator, demo_tenant

CASSETTES = Path(__file__).parent / "cassettes"


def main() -> None:
    """Record every step and what it needs against the simulator's fictional tenant."""
    manager = load()
    CASSETTES.mkdir(exist_ok=True)
    for step in declared_steps(manager):
        with Simulator(demo_tenant(), page_size=10) as simulator, TemporaryDirectory() as folder:
            config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
            path = CASSETTES / f"{step.name}.yaml"
            report = run(manager, plan(manager, only=[step.name]), config, out=folder, tape=Record(path))
            print(f"{path.name}: {report.of(step.name).verdict}, {report.of(step.name).count} records")


if __name__ == "__main__":
    main()
