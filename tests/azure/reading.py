"""Types that read Azure, made for the tests, and runs of them against the simulator."""

import importlib
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from integration import Report, Step, load, plan, run
from integration.config.settings import Config
from integration.text.secret import Secret
from integration.values import arm_key
from tests.simulator.azure import AzureSimulator, made_up
from tests.support import write

MODULE = '''
from integration import Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key


def rows(found):
    for row in found:
        yield Entity(arm_key(row["id"]), name=row["name"])


@entity_step("Host", per_row=True)
def contoso_machine(ctx):
    """A machine."""
    yield from rows(ctx.azure.resources("Microsoft.Compute/virtualMachines"))


@entity_step("Host", per_row=True)
def contoso_interface(ctx):
    """A network interface."""
    yield from rows(ctx.azure.resources("microsoft.network/networkinterfaces"))


@entity_step("Host", per_row=True)
def contoso_storage(ctx):
    """A storage account."""
    yield from rows(ctx.azure.resources("microsoft.storage/storageaccounts"))


@entity_step("Group", per_row=True)
def contoso_room(ctx):
    """A resource group."""
    yield from rows(ctx.azure.table("resourcecontainers", type="microsoft.resources/subscriptions/resourcegroups"))


@entity_step("Group", per_row=True)
def contoso_branch(ctx):
    """A management group."""
    yield from rows(ctx.azure.table("resourcecontainers", type="microsoft.management/managementgroups"))


@entity_step("AccessPolicy", per_row=True)
def contoso_grant(ctx):
    """A role assignment."""
    yield from rows(ctx.azure.table("authorizationresources", type="microsoft.authorization/roleassignments"))


@relationship_step("contoso_machine", "USES", "contoso_interface")
def contoso_machine_uses_interface(ctx):
    """A machine's network interface."""
    for row in ctx.azure.resources("microsoft.compute/virtualmachines"):
        for each in row["properties"]["networkProfile"]["networkInterfaces"]:
            yield Relationship(arm_key(row["id"]), arm_key(each["id"]))
'''
TYPES = {
    "contoso_machine": made_up.VM,
    "contoso_interface": made_up.NIC,
    "contoso_storage": made_up.STORAGE,
    "contoso_room": made_up.GROUP,
    "contoso_branch": made_up.MANAGEMENT_GROUP,
    "contoso_grant": made_up.ASSIGNMENT,
}
"""The types of entities, and the Azure type that each is made from."""
_TABLES = {
    "contoso_room": "resourcecontainers",
    "contoso_branch": "resourcecontainers",
    "contoso_grant": "authorizationresources",
}
_SCHEMA = '{"properties": {"name": {"type": "string", "description": "What it is called."}}}'
_NUMBERS = count(1)


def declared(folder: Path, module: str = MODULE) -> dict[str, Step]:
    """Return the steps, in a module of their own in a folder, by name."""
    name = f"contoso_azure_{next(_NUMBERS)}"
    write(folder, {f"{name}.py": module})
    found = {name: step for name, step in vars(importlib.import_module(name)).items() if isinstance(step, Step)}
    write(folder, {f"{type}.json": "{}" if step.is_relationship else _SCHEMA for type, step in found.items()})
    return found


class Azure:
    """A simulator and the steps that are run against it.

    Args:
        simulator: answers.
        steps: by name.
    """

    def __init__(self, simulator: AzureSimulator, steps: dict[str, Step]) -> None:
        self.simulator, self.steps = simulator, steps

    def config(self, **settings: Any) -> Config:
        """Settings with a token for Azure alone."""
        given: dict[str, Any] = {"azure_url": self.simulator.url, "azure_access_token": Secret(self.simulator.token)}
        return replace(Config(directory_id=self.simulator.tenant.id), **(given | settings))

    def run(self, *types: str, out: str = "out", stop: Any = None, **settings: Any) -> Report:
        """Run types, by default all."""
        manager = load(*self.steps.values())
        chosen = plan(manager, only=types or tuple(self.steps))
        return run(manager, chosen, self.config(**settings), out=out, stop=stop)

    def expected(self, type: str) -> set[str]:
        """The keys of what the application may see of a type."""
        ids = self.simulator.tenant.ids(TYPES[type], _TABLES.get(type, "resources"))
        return {arm_key(each) for each in ids}


def keys(type: str, out: str = "out") -> set[str]:
    """The keys of a type in the graph of a run."""
    with closing(sqlite3.connect(Path(out) / "graph.db")) as database:
        return {key for (key,) in database.execute("SELECT _key FROM entities WHERE _type = ?", (type,))}


def edges(out: str = "out") -> set[tuple[str, str]]:
    """The ends of all relationships in the graph of a run."""
    with closing(sqlite3.connect(Path(out) / "graph.db")) as database:
        return {*database.execute("SELECT _fromEntityKey, _toEntityKey FROM relationships")}


def verdicts(report: Report, types: Sequence[str] = ()) -> set[str]:
    """The verdicts on types, by default on all of the run."""
    return {result.verdict for result in report.results if not types or result.type in types}
