"""What is left of a recording: few objects, and still one consistent tenant."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import requests

from integration import CassetteError, load
from integration.recording import sample
from integration.recording.api import Taken
from integration.recording.cut import Cut
from integration.recording.features import cover
from integration.recording.msgraph.api import RecordedGraph
from integration.recording.msgraph.scrubber import GraphScrubber
from integration.recording.pseudonyms import Pseudonyms
from integration.sdk.plugins import declared_steps
from tests.recording.test_recording import members_in, recorded, rows
from tests.simulator import synthetic_tenant

GRAPH = "https://graph.microsoft.com/v1.0"
USER, GROUP = "#microsoft.graph.user", "#microsoft.graph.group"


def page(*rows: Any, following: str | None = None) -> Taken:
    return Taken(200, {}, {"value": list(rows), "@odata.count": len(rows)}, following)


def cut(taken: Mapping[str, Taken], keep: int = 1) -> Cut:
    api = RecordedGraph(GraphScrubber(Pseudonyms(bytes(32)), plain=["kind"]))
    api.taken = {GRAPH + target: _at_home(answer) for target, answer in taken.items()}
    return Cut([api], keep)


def _at_home(answer: Taken) -> Taken:
    return replace(answer, following=GRAPH + answer.following if answer.following else None)


def answer(cut: Cut, target: str) -> Any:
    request = requests.Request("GET", GRAPH + target).prepare()
    return json.loads(cut.send(request).raw.read())


def ids(cut: Cut, target: str) -> list[str]:
    return [row["id"] for row in answer(cut, target)["value"]]


def test_the_first_and_the_last_page_are_left_and_lead_to_each_other() -> None:
    pages = [
        page({"id": "1"}, {"id": "2"}, following="/x?p=2"),
        page({"id": "3"}, following="/x?p=3"),
        page({"id": "4"}),
    ]
    left = cut(dict(zip(("/x", "/x?p=2", "/x?p=3"), pages, strict=True)))
    assert ids(left, "/x") == ["1"]
    assert answer(left, "/x")["@odata.nextLink"] == f"{GRAPH}/x?p=2"
    assert ids(left, "/x?p=2") == ["4"]
    assert "@odata.nextLink" not in answer(left, "/x?p=2")
    with pytest.raises(CassetteError, match=r"asked for /x\?p=3 only the second time"):
        answer(left, "/x?p=3")


def test_objects_that_show_something_new_are_left() -> None:
    values: list[dict[str, Any]] = [
        {"a": None},
        {"a": None},
        {"a": "text"},
        {"a": "text"},
        {"a": "é"},
        {"kind": "b"},
        {"flag": True},
        {"flag": False},
    ]
    left = cut({"/x": page(*({"id": str(number), **value} for number, value in enumerate(values)))})
    assert ids(left, "/x") == ["0", "2", "4", "5", "6", "7"]


def test_a_child_is_left_where_its_collection_kept_it() -> None:
    users = [{"id": f"u{number}"} for number in range(5)]
    groups = [{"id": "g1"}, {"id": "g2"}, {"id": "g3"}]
    members = {
        "/groups/g1/members": page(*({**user, "@odata.type": USER} for user in users)),
        "/groups/g2/members": page(),
        "/groups/g3/members": page({"id": "g3", "@odata.type": GROUP}, {"id": "u4", "@odata.type": USER}),
    }
    left = cut({"/users": page(*users), "/groups": page(*groups), **members})
    assert ids(left, "/groups") == ["g1", "g2", "g3"]
    kept = ids(left, "/users")
    assert "u0" in kept
    assert ids(left, "/groups/g1/members") == kept
    assert answer(left, "/groups/g1/members")["@odata.count"] == len(kept)
    assert ids(left, "/groups/g2/members") == []
    assert "g3" in ids(left, "/groups/g3/members")


def test_a_parent_whose_children_are_refused_is_left() -> None:
    refused = Taken(404, {}, {"error": {"code": "NotFound"}})
    members = {f"/groups/g{number}/members": page() for number in range(4)}
    left = cut(
        {"/groups": page(*({"id": f"g{number}"} for number in range(5))), **members, "/groups/g4/members": refused}
    )
    assert ids(left, "/groups") == ["g0", "g4"]


def test_lists_inside_an_object_are_cut_to_what_they_show() -> None:
    domains = [{"name": f"d{number}", "isDefault": number == 7} for number in range(9)]
    organization = {"id": "1", "verifiedDomains": domains, "phones": ["1", "2", "3"], "plan": {"services": ["a", "b"]}}
    (row,) = answer(cut({"/organization": page(organization)}), "/organization")["value"]
    assert [domain["name"] for domain in row["verifiedDomains"]] == ["d0", "d7"]
    assert (row["phones"], row["plan"]) == (["1"], {"services": ["a"]})


def test_of_many_values_of_one_property_the_common_ones_are_left() -> None:
    kinds = ["a", *(f"k{number}" for number in range(40)), "a", "k7"]
    left = cut({"/x": page(*({"id": str(number), "kind": kind} for number, kind in enumerate(kinds)))}, keep=2)
    assert {"0", "8"} < set(ids(left, "/x"))
    assert len(ids(left, "/x")) < 8


def test_few_objects_cover_what_many_show() -> None:
    shows = {"a": {1}, "b": {2}, "c": {1, 2, 3}, "d": {4}}
    assert list(cover(shows, [], 9, [])) == ["c", "d"]
    assert list(cover(shows, ["b"], 1, ["a"])) == ["a", "b", "c"]
    assert list(cover({}, [], 9, [])) == []


def test_of_a_large_collection_a_sample_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "SAMPLE", 40)
    types = tuple(step.name for step in declared_steps(load()))
    recording = recorded(synthetic_tenant(400, 60, 3000), types=types)
    assert all(result.verdict == "complete" and result.count for result in recording.results.values())
    path = recording.cassettes["azure_user_group_has_user"]
    users = rows(recording.cassettes["azure_user"], "/users")
    assert {user["userType"] for user in users} == {"Member", "Guest"}
    members = {row["id"] for each in members_in(path).values() for row in each if row["@odata.type"] == USER}
    assert members <= {user["id"] for user in users}
