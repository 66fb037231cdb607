"""Lists of very many types: on a terminal they fit a few screens, elsewhere they are whole."""

import json
import os
import re
import subprocess
from collections.abc import Iterator

import pytest

from integration import load
from integration.sdk.plan import order
from integration.sdk.plugins import declared_steps
from tests.simulator import Simulator, demo_tenant, license_tenant
from tests.terminal.terminals import PROGRAM, on_terminal, plain

STEPS = declared_steps(load())
pytestmark = pytest.mark.every_area


def piped(*arguments: str) -> list[str]:
    return subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.every_type
@pytest.mark.parametrize("command", ["types", "plan"])
def test_a_terminal_gets_a_line_for_each_module_with_what_it_is_about(command: str) -> None:
    counted = order(STEPS).steps if command == "plan" else STEPS
    code, shown = on_terminal(80, command)
    lines = plain(shown)
    rows = {line.split()[0]: line.split()[1] for line in lines[1 : lines.index("")]}
    assert code == 0
    assert rows == {
        module: str(sum(step.module == module for step in counted)) for module in {step.module for step in counted}
    }
    assert all(len(line) <= 80 for line in lines[: lines.index("")])
    assert re.fullmatch(r"entra\.group +\d+  Groups of the tenant, .+", next(x for x in lines if "entra.group " in x))
    assert len(lines) - lines.index("") < 10


def test_what_falls_away_is_counted_on_a_terminal_and_named_elsewhere() -> None:
    lost = order(STEPS).skipped
    told = [line for line in plain(on_terminal(80, "plan")[1]) if line.startswith("falls away: ")]
    off = sum(reason.startswith("off by default") for reason in lost.values())
    assert told[0].endswith(f" and {off - 4} more: {max(lost.values(), key=[*lost.values()].count)}")
    assert told[1:] == [f"falls away: {len(lost) - off} further types: a pipe or a file gets each with its reason"]
    lines = piped("plan")
    assert len([line for line in lines if line.startswith("falls away: ")]) == len(lost)
    assert f"types: {len(order(STEPS).steps):,} to collect, {len(lost):,} left out" in lines


def test_types_of_a_module_are_listed_one_by_one_everywhere() -> None:
    own = [step.name for step in STEPS if step.module == "entra.group"]
    shown = plain(on_terminal(80, "types", "entra.group")[1])
    assert [line for line in shown if line in own] == own
    heading, *rows = piped("types", "entra.group")
    assert [row.split()[0] for row in rows] == own
    assert [line for line in (heading, *rows) if line.endswith(" ")] == []


@pytest.fixture(scope="module", params=[("User.Read.All", "Organization.Read.All"), ("Directory.Read.All",), None])
def variables(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """A tenant with the lesser licence, and a token for it with few permissions, with a broad one, or with all."""
    tenant = demo_tenant()
    license_tenant(tenant, ["AAD_PREMIUM"])
    with Simulator(tenant, **({"roles": request.param} if request.param else {})) as graph:
        yield {"INTEGRATION_ACCESS_TOKEN": graph.signin.issue(), "INTEGRATION_GRAPH_URL": graph.url}


@pytest.mark.parametrize("columns", [50, 80, 120])
def test_a_check_fits_a_screen_and_says_first_what_opens_most(columns: int, variables: dict[str, str]) -> None:
    code, shown = on_terminal(columns, "check", variables=variables)
    lines = plain(shown)
    environment = {**os.environ, **variables}
    done = subprocess.run([*PROGRAM, "check", "--json"], env=environment, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    modules = told["modules"].values()
    assert code == done.returncode == bool(told["missing"])
    assert len(lines) < 40
    assert f"{len(told['granted'])} of " in lines[0]
    of_entra = [each for name, each in told["modules"].items() if name.startswith("entra.")]
    total, readable = (sum(each[what] for each in of_entra) for what in ("types", "read"))
    assert [line.split() for line in lines if line.startswith("entra ")] == [["entra", str(total), str(readable)]]
    granting = [line.split()[:2] for line in lines if re.match(r"[\w-]+(\.[\w-]+)+ +\d+", line)]
    assert sorted(name for name, _ in granting) == told["toGrant"]
    counts = [int(count) for _, count in granting]
    assert counts == sorted(counts, reverse=True)
    assert ("permissions to grant: none" in lines) is (not told["toGrant"])
    lacking = {tuple(each["licences"]) for each in modules if each["licences"]}
    heading = next(index for index, line in enumerate(lines) if line.startswith("licence that the tenant lacks"))
    assert {line.split()[0] for line in lines[heading + 1 : lines.index("", heading)]} == {each[0] for each in lacking}
    assert [line for line in lines if line.startswith("after adding them")] or not told["adminConsent"]


def test_a_check_of_a_module_lists_it_on_a_terminal_too(variables: dict[str, str]) -> None:
    lines = plain(on_terminal(120, "check", "--only", "entra.risk", variables=variables)[1])
    assert any(line.startswith("IdentityRiskyUser.Read.All ") for line in lines)
    assert any(line.startswith("permissions to grant: ") for line in lines)


@pytest.mark.every_type
def test_a_check_tells_a_pipe_of_each_module_and_each_permission(variables: dict[str, str]) -> None:
    done = subprocess.run(
        [*PROGRAM, "check"], env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    named = {line.split()[0] for line in done.stdout.splitlines() if line}
    wanted = {name for step in order(STEPS).steps for name in (*step.permissions, *step.optional) if "/" not in name}
    own = {step.module for step in order(STEPS).steps if not wanted.isdisjoint(step.permissions)}
    assert own | wanted <= named
