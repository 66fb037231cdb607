"""A type that the graph holds and whose step is not installed any more: nothing passes for it, and nobody hides it."""

from contextlib import closing

import pytest
from click.testing import CliRunner, Result

from integration import load
from integration.cli import main
from integration.engine.delivery import push
from integration.sdk.schema import Schema
from integration.store.store import Store
from tests.store.saved_graph import GRAPH, save, user
from tests.support import entity, named, publish

BADGE = entity("contoso_badge", class_name="Key")


@pytest.fixture(autouse=True)
def _graph() -> None:
    save([user("key-x", "Ada")])
    with closing(Store(GRAPH)) as store:
        store.begin("contoso.example")
        publish(store, BADGE, named("badge-1", "badge-2"))
        store.show(BADGE, Schema(BADGE, GRAPH, {"properties": {"displayName": {}}}))
        store.keep_verdicts([("azure_user", "complete", "", 1, 0.0), ("contoso_badge", "complete", "", 2, 0.0)])
        store.commit()


def integration(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_a_push_does_not_say_that_it_was_delivered() -> None:
    report = push(load(), ["files:records"], out=GRAPH.parent)
    assert [result.type for result in report.results] == ["azure_user"]
    assert "contoso_badge" in report.not_chosen
    assert "contoso_badge" in report.incomplete


@pytest.mark.parametrize("form", [[], ["--json"], ["--all"]])
def test_diff_says_that_its_changes_are_not_shown(form: list[str]) -> None:
    done = integration("diff", "--exit-code", *form)
    assert "contoso_badge are not shown: no installed step declares that any more" in done.stderr
    assert done.exit_code == 1
    assert "not shown" not in integration("diff", "--type", "azure_user").stderr


def test_it_can_be_asked_for_all_the_same() -> None:
    done = integration("query", "--sql", "SELECT count(*) AS badges FROM contoso_badge", "--csv")
    assert done.stdout.split() == ["badges", "2"]
