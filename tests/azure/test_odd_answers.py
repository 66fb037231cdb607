"""Whatever Azure answers, a type is complete only where all of it is there, and no answer breaks what reads it."""

import random
from typing import Any

import pytest

from tests.azure.reading import Azure, keys, verdicts
from tests.simulator.azure import Asked, Fault

ODD: tuple[Any, ...] = (None, "", "x", 0, -1, 1.5, True, [], {}, [None], [[]], [{}], {"value": []}, "\x00", 10**18)
TYPES = ("contoso_machine", "contoso_interface", "contoso_storage", "contoso_room", "contoso_grant")


def twist(value: Any, chance: random.Random) -> Any:
    """The same, with something in it replaced, gone or repeated."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        name = chance.choice(sorted(value))
        action = chance.random()
        if action < 0.2:
            return {other: each for other, each in value.items() if other != name}
        return value | {name: twist(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        at = chance.randrange(len(value))
        action = chance.random()
        if action < 0.2:
            return value[:at] + value[at + 1 :]
        if action < 0.4:
            return [*value, value[at]]
        return [*value[:at], twist(value[at], chance), *value[at + 1 :]]
    return chance.choice(ODD)


@pytest.mark.parametrize("seed", range(12))
def test_no_twisted_answer_loses_what_is_called_complete(azure: Azure, seed: int) -> None:
    chance = random.Random(seed)
    share = chance.choice((0.1, 0.5, 1.0))

    def alter(asked: Asked, document: dict[str, Any]) -> None:
        if chance.random() < share:
            twisted = twist(document, chance)
            document.clear()
            document.update(twisted if isinstance(twisted, dict) else {})

    azure.simulator.manager.alter = alter
    report = azure.run(*TYPES)
    for result in report.results:
        assert "Error:" not in result.reason, result.reason
        if result.verdict == "complete":
            assert azure.expected(result.type) <= keys(result.type)
    azure.simulator.manager.alter = None
    assert verdicts(azure.run(*TYPES, allow_mass_delete=True)) == {"complete"}
    for type in TYPES:
        assert keys(type) == azure.expected(type)


@pytest.mark.parametrize(("path", "body"), [("/subscriptions", b"[]"), ("/resources", b"<html>"), ("/resources", b"")])
def test_no_body_breaks_it(azure: Azure, path: str, body: bytes) -> None:
    azure.simulator.manager.faults = [Fault(200, lambda asked: asked.path.endswith(path), body)]
    report = azure.run("contoso_machine")
    assert verdicts(report) == {"failed"}
    assert "Error:" not in report.of("contoso_machine").reason
    azure.simulator.manager.faults = []
    assert verdicts(azure.run("contoso_machine")) == {"complete"}


def test_a_next_link_that_leads_back_fails_the_types_soon(azure: Azure) -> None:
    def lead_back(asked: Asked, document: dict[str, Any]) -> None:
        if asked.path == "/subscriptions":
            document["nextLink"] = f"{azure.simulator.url}/subscriptions?api-version=2022-12-01"

    azure.simulator.manager.alter = lead_back
    report = azure.run("contoso_machine")
    assert verdicts(report) == {"failed"}
    assert "leads back" in report.of("contoso_machine").reason
    assert len(azure.simulator.requests) == 1
