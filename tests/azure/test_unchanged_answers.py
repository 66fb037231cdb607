"""What Azure answers as it did in the run before is not made anew; what is kept is what a fresh run would keep."""

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from integration import Interrupted, Step
from integration.sources.azure import rows
from tests.azure.reading import Azure, edges, keys, verdicts
from tests.simulator.azure import Asked, AzureSimulator, made_up_tenant
from tests.simulator.azure.made_up import VM

MANY = 2_500
"""Resources: several partitions."""


@pytest.fixture
def azure(steps: dict[str, Step]) -> Iterator[Azure]:
    with AzureSimulator(made_up_tenant(MANY, 3)) as simulator:
        yield Azure(simulator, steps)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Counter[int]:
    """Counts the answers of which something was made, by how many rows they had."""
    found: Counter[int] = Counter()
    by_type = rows.by_type

    def counted(given: Any) -> Any:
        given = list(given)
        found[len(given)] += 1
        return by_type(given)

    monkeypatch.setattr(rows, "by_type", counted)
    return found


def mirrored(out: str = "out") -> set[str]:
    """All rows that the mirror has, as JSON, with their part; each once, or this raises."""
    with closing(sqlite3.connect(Path(out) / "mirror.db")) as database:
        pieces = database.execute(
            "SELECT name, parent, objects FROM pieces JOIN collections ON collections.number = collection"
        ).fetchall()
    found = [json.dumps([name, part, row], sort_keys=True) for name, part, text in pieces for row in json.loads(text)]
    assert len(found) == len({*found})
    return {*found}


def holds_what_a_fresh_run_would(azure: Azure) -> None:
    assert verdicts(azure.run(out="fresh")) == {"complete"}
    assert (mirrored(), edges()) == (mirrored("fresh"), edges("fresh"))
    assert all(keys(name) == keys(name, "fresh") for name in azure.steps)


def test_nothing_is_made_anew_of_answers_that_are_the_same(azure: Azure, made: Counter[int]) -> None:
    for _ in range(3):
        made.clear()
        assert verdicts(azure.run()) == {"complete"}
    assert not made
    holds_what_a_fresh_run_would(azure)


def test_only_what_has_changed_is_made_anew(azure: Azure, made: Counter[int]) -> None:
    azure.run()
    answers = made.total()
    made.clear()
    tenant = azure.simulator.tenant
    machine = next(row for row in tenant.tables["resources"].values() if row["type"] == VM)
    tenant.add(machine | {"tags": {"team": "north"}})
    azure.run()
    assert (made.total(), answers > 3) == (1, True)
    tenant.remove([machine["id"]])
    azure.run()
    holds_what_a_fresh_run_would(azure)
    assert keys("contoso_machine") == azure.expected("contoso_machine")


def test_answers_are_made_anew_where_what_is_kept_of_them_is_decided_otherwise(
    azure: Azure, made: Counter[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    azure.run()
    answers = made.total()
    monkeypatch.setattr(rows, "_way_of_keeping", lambda: "another")
    azure.run()
    assert made.total() == 2 * answers


def test_a_type_that_was_read_a_second_time_is_not_mixed_with_earlier_answers(azure: Azure) -> None:
    """Where Azure counts another number than came, the rows of a type come in another answer, which may be newer."""
    azure.run()
    lost = min(azure.simulator.tenant.ids(VM))

    def without(asked: Asked, document: dict[str, Any]) -> None:
        if "order by" in asked.query and "where type" not in asked.query:
            document["data"] = [row for row in document["data"] if row["id"].lower() != lost]
            document["totalRecords"] = document["count"] = len(document["data"])

    for alter, again in ((without, True), (without, True), (lambda asked, document: None, False)):
        azure.simulator.requests.clear()
        azure.simulator.manager.alter = alter
        assert verdicts(azure.run()) == {"complete"}
        assert keys("contoso_machine") == azure.expected("contoso_machine")
        assert any("where type" in each.query for each in azure.simulator.queries) == again
    holds_what_a_fresh_run_would(azure)


def test_a_run_that_is_stopped_goes_on_with_what_it_took_over(azure: Azure, made: Counter[int]) -> None:
    azure.run()
    made.clear()
    stop = threading.Event()
    asked_for: list[str] = []

    def after_some(asked: Asked) -> None:
        if "order by" in asked.query and asked.query.startswith("resources"):
            asked_for.append(asked.query)
            if len(asked_for) == 3:
                stop.set()

    azure.simulator.manager.before = after_some
    with pytest.raises(Interrupted):
        azure.run(stop=stop)
    azure.simulator.manager.before = lambda asked: None
    assert verdicts(azure.run()) == {"complete"}
    assert not made
    holds_what_a_fresh_run_would(azure)


def test_rows_without_an_id_are_told_in_each_run(azure: Azure) -> None:
    def nameless(asked: Asked, document: dict[str, Any]) -> None:
        if "order by" in asked.query and document["data"]:
            document["data"][0]["id"] = None

    azure.simulator.manager.alter = nameless
    for _ in range(2):
        report = azure.run("contoso_machine")
        assert report.of("contoso_machine").verdict == "partial"
        assert "no id" in report.of("contoso_machine").reason
