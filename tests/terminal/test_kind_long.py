"""Lists of very many types: on a terminal they fit a few screens, elsewhere they are whole."""

import re
import subprocess

import pytest

from integration import load
from integration.sdk.plan import order
from integration.sdk.plugins import declared_steps
from tests.terminal.terminals import PROGRAM, on_terminal, plain

STEPS = declared_steps(load())
pytestmark = pytest.mark.every_area


def piped(*arguments: str) -> list[str]:
    return subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, check=True).stdout.splitlines()


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
    assert f"types: {len(order(STEPS).steps)} to collect, {len(lost)} left out" in lines


def test_types_of_a_module_are_listed_one_by_one_everywhere() -> None:
    own = [step.name for step in STEPS if step.module == "entra.group"]
    shown = plain(on_terminal(80, "types", "entra.group")[1])
    assert [line for line in shown if line in own] == own
    heading, *rows = piped("types", "entra.group")
    assert [row.split()[0] for row in rows] == own
    assert [line for line in (heading, *rows) if line.endswith(" ")] == []
