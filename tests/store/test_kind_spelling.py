"""What counts as another spelling of the same id, and what as a change."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from integration.store.store import Store
from tests.support import Row, entity, publish

GROUP = "/subscriptions/00000000-0000-4000-8000-000000000101/resourceGroups/RG-Web"
THING = "/providers/Microsoft.Example/things/Thing-1"


def after(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """Publish a record, and again as it is now, and return how it is in the graph then."""
    step = entity("acme_thing")
    with closing(Store(Path("graph.db"))) as store:
        for properties in (before, now):
            store.begin("contoso.example")
            rows: list[Row] = [("key", json.dumps(properties))]
            publish(store, step, rows)
            store.commit()
        found = store.entity("key")
    assert found is not None
    kept: dict[str, Any] = json.loads(found[1])
    return kept


@pytest.mark.parametrize(
    "value",
    [
        GROUP,
        THING,
        f"{GROUP}{THING}",
        f"https://portal.azure.com/#@tenant/resource{GROUP}",
        f"https://management.azure.com{GROUP}",
        f"Allow {GROUP}",
        [THING, f"{GROUP}{THING}"],
        {"id": GROUP, GROUP: {"of": [{"id": THING}]}},
    ],
    ids=str,
)
def test_another_case_of_an_id_is_no_change(value: Any) -> None:
    text = json.dumps(value)
    now = json.loads(
        text.replace("RG-Web", "rg-web").replace("resourceGroups", "RESOURCEGROUPS").replace("Thing", "tHING")
    )
    assert now != value
    assert after({"value": value, "size": 1}, {"value": now, "size": 2}) == {"value": value, "size": 2}


def test_what_is_named_by_a_part_of_an_id_is_spelled_as_that() -> None:
    before = {"id": GROUP, "name": "RG-Web", "owner": "Web"}
    now = {"id": GROUP.lower(), "name": "rg-web", "owner": "web"}
    assert after(before, now) == {"id": GROUP, "name": "RG-Web", "owner": "web"}
    assert after({"name": "RG-Web"}, {"name": "rg-web"}) == {"name": "rg-web"}


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("https://contoso.example/Subscriptions/New", "https://contoso.example/subscriptions/new"),
        ("https://contoso.example/Providers/Microsoft.Web/a", "https://contoso.example/providers/microsoft.web/a"),
        ("/Providers/Callback", "/providers/callback"),
        ("/subscriptions/New", "/subscriptions/new"),
        (f"Allow {GROUP}", f"allow {GROUP}"),
        (f"owner={GROUP}", f"owner={GROUP.lower()}"),
        (GROUP, f"{GROUP}2"),
        ([GROUP, THING], [GROUP]),
        ({"id": "A"}, {"id": "a"}),
    ],
    ids=str,
)
def test_whatever_else_is_in_another_case_is_a_change(before: Any, now: Any) -> None:
    assert after({"value": before}, {"value": now}) == {"value": now}
