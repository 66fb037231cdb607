"""Records the demo's cassettes, one for each module whose types the tenant has: ``python -m tests.record_demo``."""

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pluggy
import requests
from requests.adapters import HTTPAdapter
from vcr.serialize import deserialize
from vcr.serializers import yamlserializer

from integration import Record, Replay, Step, load, plan, run
from integration.config.clouds import GLOBAL_AZURE
from integration.config.settings import Config
from integration.recording.recorder import Recording, record
from integration.sdk.plugins import declared_steps
from integration.tapes.cassette import Interaction, Key, key_of, write
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
    "nextSigningCertificate",
    "passkeyTypes",
    "signingCertificate",
    "subject",
    "value",
)
"""What the steps take apart, and what is made up already."""
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
        tapes = set(recording.cassettes.values())
        asked = {
            name: _asked(manager, types, Replay(*sorted(tapes)).adapter())
            for name, types in _modules(manager, recording.cassettes).items()
            if any(recording.results[type].count for type in types)
        }
    _write(to, asked)
    cassettes = {
        type: to / path.relative_to(made) for type, path in recording.cassettes.items() if recording.results[type].count
    }
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


class _Asked(Record):
    """Keeps all that a module asks for; what of it goes into its cassette is decided when all have asked."""

    def close(self) -> None:
        """Write nothing."""


def _asked(
    manager: pluggy.PluginManager, types: Sequence[str], source: Any, beside: Replay | None = None
) -> Sequence[Interaction]:
    """Return what types ask for, beyond what other cassettes hold."""
    tape = _Asked(Path(), source, beside)
    with TemporaryDirectory() as folder:
        run(manager, plan(manager, only=types), Config(), out=folder, tape=tape)
    return tape.taken


def _modules(manager: pluggy.PluginManager, types: Collection[str]) -> dict[Path, list[str]]:
    """Return types by the name of their module's cassette, sorted."""
    found: dict[Path, list[str]] = {}
    for step in declared_steps(manager):
        if step.name in types:
            found.setdefault(cassette_name(step), []).append(step.name)
    return dict(sorted(found.items()))


def record_azure(to: Path) -> dict[str, Path]:
    """Record the types of Azure, whose tenant is made up from the start: there is nothing to replace or to cut.

    What they need of Microsoft Entra is played from the cassettes that the folder has of it.
    """
    manager = load()
    steps = declared_steps(manager)
    entra = [path for path in cassettes_in(to, steps) if path.parent.name == "entra"]
    modules = _modules(manager, [step.name for step in steps if is_of_azure(step)])
    with AzureSimulator(azure_demo_tenant()) as simulator:
        source = _Simulated(simulator)
        asked = {name: _asked(manager, types, source, Replay(*entra)) for name, types in modules.items()}
    written = _write(to, asked)
    return {type: to / name for name in written for type in modules[name]}


def _write(to: Path, asked: Mapping[Path, Sequence[Interaction]]) -> list[Path]:
    """Write the cassettes of modules that ask for something that no other one holds, and return their names.

    Others of these areas go: what they hold is asked for no longer, or is in another file by now.
    """
    held = {name: _held(CASSETTES / name) for name in asked if (CASSETTES / name).is_file()}
    cassettes = shared_out(asked, held)
    for path in {path for name in cassettes for path in (to / name.parent).glob("*.yaml")}:
        path.unlink()
    for name, found in cassettes.items():
        if found:
            write(to / name, found)
    return [name for name, found in cassettes.items() if found]


def shared_out(
    asked: Mapping[Path, Sequence[Interaction]], held: Mapping[Path, Sequence[Key]]
) -> dict[Path, list[Interaction]]:
    """Return what each cassette holds of what its module asks for: what several ask for is in one alone.

    It stays where and as it is, as long as the module asks for it, so that a new type moves nothing out of other files.

    Args:
        asked: what each module asks for, by the names of their cassettes.
        held: what is asked in the cassettes that are there.
    """
    homes: dict[Key, Path] = {}
    for stays in (True, False):
        for name, found in asked.items():
            for key in map(_key, found):
                if not stays or key in held.get(name, ()):
                    homes.setdefault(key, name)
    cassettes = {name: [each for each in found if homes[_key(each)] == name] for name, found in asked.items()}
    for name, found in cassettes.items():
        places: dict[Key, list[int]] = {}
        for number, key in enumerate(held.get(name, ())):
            places.setdefault(key, []).append(number)
        found.sort(key=lambda each: (places.get(_key(each)) or [sys.maxsize]).pop(0))
    return cassettes


def _held(path: Path) -> list[Key]:
    """Return what is asked in a cassette, in its order."""
    asked, _ = deserialize(path.read_text(encoding="utf-8"), yamlserializer)
    return [key_of(each.method, each.uri, each.body) for each in asked]


def _key(asked: Interaction) -> Key:
    return key_of(asked.method, asked.url, asked.body)


if __name__ == "__main__":
    for type, result in record_demo(CASSETTES).results.items():
        print(f"{type}: {result.verdict}, {result.count} records")
