"""Records the demo's cassettes, one for each module whose types the tenant has: ``python -m tests.record_demo``."""

import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from integration import Record, Replay, Step, load, plan, run
from integration.config.clouds import GLOBAL_AZURE
from integration.config.settings import Config
from integration.recording.recorder import Recording, record
from integration.sdk.plugins import declared_steps
from integration.tapes.places import cassette_name, cassettes_in
from integration.text.secret import Secret
from tests.simulator import Simulator, demo_tenant
from tests.simulator.azure import AzureSimulator
from tests.simulator.azure.demo import azure_demo_tenant

CASSETTES = Path(__file__).parent / "cassettes"
PLAIN = (
    "alternativeNames",
    "attestationEnforcement",
    "customKeyIdentifier",
    "issuer",
    "passkeyTypes",
    "subject",
    "value",
)
"""What the steps take apart, and what is made up already."""
FIRST = ("subscription", "vm", "role_definition", "security_assessment")
"""The modules of Azure whose cassettes hold the tables that several modules read."""
SALT = bytes(32)
"""The demo's tenant is fictional: nobody needs to be hidden, and whoever records it anew gets the same files."""


def record_demo(to: Path) -> Recording:
    """Record every step and what it needs against the simulator's fictional tenant, and keep what that has."""
    manager = load()
    to.mkdir(exist_ok=True)
    with Simulator(demo_tenant(), page_size=10) as simulator, TemporaryDirectory() as folder:
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
        types = [step.name for step in declared_steps(manager) if not is_of_azure(step)]
        made = Path(folder)
        recording = record(manager, types, config, to=made, salt=SALT, keep=len(simulator.tenant.users), plain=PLAIN)
        cassettes = {
            type: to / path.relative_to(made)
            for type, path in recording.cassettes.items()
            if recording.results[type].count
        }
        for type, path in cassettes.items():
            path.parent.mkdir(exist_ok=True)
            shutil.copyfile(recording.cassettes[type], path)
    return replace(recording, cassettes={**cassettes, **record_azure(to)})


def is_of_azure(step: Step) -> bool:
    """Tell whether a step reads Azure."""
    return step.run.__module__.startswith("steps.azure.")


class _Simulated(HTTPAdapter):
    """Sends to the simulator what is meant for Azure."""

    def __init__(self, simulator: AzureSimulator) -> None:
        super().__init__()
        self._simulator = simulator

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:
        sent = request.copy()
        sent.url = str(request.url).replace(GLOBAL_AZURE, self._simulator.url, 1)
        sent.headers["Authorization"] = f"Bearer {self._simulator.token}"
        return super().send(sent, timeout=options.get("timeout"))


def record_azure(to: Path) -> dict[str, Path]:
    """Record the types of Azure, whose tenant is made up from the start: there is nothing to replace or to cut.

    What they need of Microsoft Entra is played from the cassettes that the folder has of it.
    """
    manager = load()
    steps = declared_steps(manager)
    entra = [path for path in cassettes_in(to, steps) if path.parent.name == "entra"]
    modules: dict[Path, list[str]] = {}
    for step in steps:
        if is_of_azure(step):
            modules.setdefault(cassette_name(step), []).append(step.name)
    with AzureSimulator(azure_demo_tenant()) as simulator, TemporaryDirectory() as folder:
        written: list[Path] = []
        for name, types in sorted(modules.items(), key=lambda each: (*(each[0].stem != of for of in FIRST), each)):
            path = to / name
            path.unlink(missing_ok=True)
            tape = Record(path, _Simulated(simulator), Replay(*written, *entra))
            run(manager, plan(manager, only=types), Config(), out=Path(folder) / name.stem, tape=tape)
            written += [path] if path.is_file() else []
    return {type: to / name for name, types in modules.items() for type in types if to / name in written}


if __name__ == "__main__":
    for type, result in record_demo(CASSETTES).results.items():
        print(f"{type}: {result.verdict}, {result.count} records")
