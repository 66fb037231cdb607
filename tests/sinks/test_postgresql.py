"""Pushes of the graph into a real PostgreSQL: afterwards it holds exactly the graph, whatever came before."""

import json
import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from integration import Step
from integration.store.store import Store
from steps.entra.group import azure_user_assigned_group, azure_user_group, azure_user_group_has_user
from steps.entra.user import azure_user
from tests.sinks.postgresql import collect, expected, held, push, query
from tests.support import Row, entity, named, worn

USER, GROUP, ASSIGNED, HAS = azure_user, azure_user_group, azure_user_assigned_group, azure_user_group_has_user
STEPS = (USER, GROUP, ASSIGNED, HAS)
TABLES = ("about", "revisions", "verdicts", "entities", "relationships")
AWKWARD: dict[str, Any] = {
    "quotes": "it's \"so\"", "backslash": "C:\\new\\table\\u0000", "lines": "a\tb\r\nc\x1f", "text": "Ünal 🙂 \u2028",
    "empty": "", "list": ["a", 1, True], "none": [], "big": 2**63, "negative": -1.5e-9, "yes": True, "zero": 0,
    "_rawData": [{"name": "default", "rawData": {"id": None, "nested": {"a": [{}]}}}],
}  # fmt: skip


@pytest.fixture
def url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store(Path("graph.db"))) as store:
        yield store


def keys(url: str, store: Store) -> list[str]:
    return [record["_key"] for record in held(url, store.scope)]


def written(url: str) -> dict[str, list[Any]]:
    """Return where each row is and which transaction wrote it: both differ where it is written again."""
    where = "SELECT ctid::text, xmin::text FROM integration.{}"
    return {table: sorted(query(url, where.format(table))) for table in TABLES}


def test_a_full_push_holds_exactly_the_graph(url: str, store: Store) -> None:
    users = [*named("user-1", **AWKWARD), *named("user\t2\\\n", "Ünal", **{"tag.Cost Center": "7"})]
    has: list[Row] = [("group-1", "user\t2\\\n", None), ("group-1", "user-1", '{"displayName":"HAS","since":7}')]
    collect(store, {USER: users, GROUP: named("group-1"), HAS: has})
    push(url, store, STEPS)
    assert held(url, store.scope) == expected(store, STEPS)
    assert len(keys(url, store)) == 6


def test_the_same_push_again_writes_nothing(url: str, store: Store) -> None:
    collect(store, {USER: named("user-1", "user-2"), GROUP: named("group-1"), HAS: worn(("group-1", "user-1"))})
    push(url, store, STEPS)
    before = written(url)
    push(url, store, STEPS)
    assert written(url) == before


@pytest.mark.parametrize("damage", ["SET properties = '{}' WHERE _key = 'user-2'", "SET _class = '{Key}'"])
def test_what_somebody_changed_is_set_right_where_all_is_compared(url: str, store: Store, damage: str) -> None:
    collect(store, {USER: named("user-1", "user-2", size=1), HAS: worn(("group-1", "user-1"))})
    push(url, store, STEPS)
    query(url, f"UPDATE integration.entities {damage}")
    push(url, store, STEPS)
    assert held(url, store.scope) != expected(store, STEPS)
    push(url, store, STEPS, compare_all=True)
    assert held(url, store.scope) == expected(store, STEPS)
    before = written(url)
    push(url, store, STEPS, compare_all=True)
    assert written(url) == before  # what is right is not written again


def test_a_push_sends_what_changed_and_leaves_the_rest_alone(url: str, store: Store) -> None:
    collect(store, {USER: named("user-1", "user-2", "user-3", size=1), HAS: worn(("group-1", "user-1"))})
    push(url, store, STEPS)
    before = written(url)
    changed = [*named("user-1", size=1), *named("user-2", size=2), *named("user-4", size=4)]
    collect(store, {USER: changed, HAS: worn(("group-1", "user-4"))})
    push(url, store, STEPS)
    assert held(url, store.scope) == expected(store, STEPS)
    assert keys(url, store) == ["user-1", "user-2", "user-4", "group-1|has|user-4"]
    assert len(set(before["entities"]) & set(written(url)["entities"])) == 1


def test_a_graph_that_was_made_anew_is_compared_and_what_is_right_is_not_written_again(url: str, store: Store) -> None:
    collect(store, {USER: named(*(f"user-{number}" for number in range(50))), HAS: worn(("group-1", "user-1"))})
    push(url, store, STEPS)
    before = written(url)
    with closing(Store(Path("anew.db"))) as anew:
        collect(anew, {USER: named(*(f"user-{number}" for number in range(1, 51))), HAS: worn(("group-1", "user-2"))})
        assert (anew.scope, anew.revision) == (store.scope, store.revision)
        assert anew.lineage != store.lineage
        push(url, anew, STEPS)
        assert held(url, anew.scope) == expected(anew, STEPS)
    assert len(set(before["entities"]) & set(written(url)["entities"])) == 49


DAMAGES = {
    "entities were removed": "DELETE FROM integration.entities WHERE _key IN ('user-1', 'user-2')",
    "all relationships were removed": "TRUNCATE integration.relationships",
    "an entity was put there": "INSERT INTO integration.entities SELECT _scope, 'user-0', _type, _class, properties"
    " FROM integration.entities WHERE _key = 'user-1'",
}


@pytest.mark.parametrize("is_changed", [False, True], ids=["the same graph", "a changed one"])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_type_of_which_there_are_more_or_fewer_records_than_were_left_is_compared(
    url: str, store: Store, damage: str, is_changed: bool
) -> None:
    users, has = [f"user-{number}" for number in range(1, 9)], [("group-1", f"user-{number}") for number in range(1, 9)]
    collect(store, {USER: named(*users), GROUP: named("group-1"), HAS: worn(*has)})
    push(url, store, STEPS)
    before = written(url)
    query(url, damage)
    if is_changed:
        collect(store, {USER: named(*users[1:], "user-9"), GROUP: named("group-1"), HAS: worn(*has[3:])})
    push(url, store, STEPS)
    assert held(url, store.scope) == expected(store, STEPS)
    assert set(before["entities"]) & set(written(url)["entities"])


def test_a_destination_that_is_too_far_behind_is_compared(url: str, store: Store) -> None:
    collect(store, {USER: named("user-1", "user-2"), HAS: worn(("group-1", "user-1"), ("group-1", "user-2"))})
    push(url, store, STEPS)
    collect(store, {USER: named("user-2", "user-3"), HAS: worn(("group-1", "user-2"))})
    for _ in range(60):
        collect(store, {})
    assert not store.remembers(1)
    push(url, store, STEPS)
    assert held(url, store.scope) == expected(store, STEPS)


@pytest.mark.parametrize("seed", range(6))
def test_any_series_of_runs_and_pushes_ends_with_the_graph(url: str, store: Store, seed: int) -> None:
    chance = random.Random(seed)
    users, groups = [f"user-{number}" for number in range(12)], [f"group-{number}" for number in range(4)]
    collect(store, {})
    push(url, store, STEPS)
    for _ in range(10):
        found: dict[Step, list[Row]] = {
            USER: [row for key in users if chance.random() < 0.7 for row in named(key, size=chance.randrange(3))],
            GROUP: named(*(key for key in groups if chance.random() < 0.7)),
            HAS: worn(*((group, user) for group in groups for user in users if chance.random() < 0.3)),
        }
        chosen = [step for step in found if chance.random() < 0.7]
        incomplete = [step for step in chosen if chance.random() < 0.3]
        before = set(keys(url, store))
        collect(store, {step: found[step] for step in chosen}, incomplete)
        if chance.random() < 0.7:
            push(url, store, chosen, incomplete)
            kept = {step.name for step in STEPS} - {step.name for step in chosen if step not in incomplete}
            lost = before - set(keys(url, store))
            assert not [key for key in lost if kind_of(key) in kept]
    push(url, store, STEPS)
    assert held(url, store.scope) == expected(store, STEPS)


def kind_of(key: str) -> str:
    return HAS.name if "|" in key else USER.name if key.startswith("user") else GROUP.name


def test_a_type_that_is_not_complete_deletes_nothing_and_catches_up_later(url: str, store: Store) -> None:
    collect(store, {USER: named("user-1", "user-2", "user-3")})
    push(url, store, STEPS)
    collect(store, {USER: named("user-2", "user-3", "user-4")})
    push(url, store, STEPS, incomplete=[USER])
    assert keys(url, store) == ["user-1", "user-2", "user-3", "user-4"]
    collect(store, {USER: [*named("user-2", size=2), *named("user-5")]}, incomplete=[USER])
    push(url, store, STEPS, incomplete=[USER])
    assert keys(url, store) == ["user-1", "user-2", "user-3", "user-4", "user-5"]
    collect(store, {USER: named("user-2", "user-5")})
    push(url, store, STEPS)
    assert keys(url, store) == ["user-2", "user-5"]
    assert held(url, store.scope) == expected(store, STEPS)


def test_a_graph_that_was_made_anew_and_is_not_complete_catches_up_later(url: str, store: Store) -> None:
    collect(store, {USER: named("user-1", "user-2", "user-3")})
    push(url, store, STEPS)
    with closing(Store(Path("anew.db"))) as anew:
        collect(anew, {USER: named("user-2", size=2)}, incomplete=[USER])
        push(url, anew, STEPS, incomplete=[USER])
        assert keys(url, anew) == ["user-1", "user-2", "user-3"]
        collect(anew, {USER: named("user-2", size=2)})
        push(url, anew, STEPS)
        assert held(url, anew.scope) == expected(anew, STEPS)


@pytest.mark.parametrize("known", [True, False], ids=["known", "compared"])
def test_a_type_that_is_never_complete_is_still_pushed_by_its_changes(url: str, store: Store, known: bool) -> None:
    collect(store, {USER: named("user-1")}, incomplete=[USER])
    push(url, store, STEPS, incomplete=[USER])
    if not known:
        query(url, "UPDATE integration.revisions SET lineage = 'another'")
        push(url, store, STEPS, incomplete=[USER])
    assert query(url, "SELECT revision, behind FROM integration.revisions GROUP BY 1, 2") == [(1, False)]


def test_two_tenants_in_one_database_are_kept_apart(url: str, store: Store) -> None:
    with closing(Store(Path("fabrikam.db"))) as other, closing(Store(Path("anew.db"))) as anew:
        for each, size, tenant in ((store, 1, "contoso.example"), (other, 2, "fabrikam.example")):
            collect(each, {USER: named("user-1", "user-2", size=size), HAS: worn(("g", "user-1"))}, tenant=tenant)
            push(url, each, STEPS)
        collect(store, {USER: named("user-2", size=3), HAS: []})
        push(url, store, STEPS)
        assert held(url, other.scope) == expected(other, STEPS)
        collect(anew, {USER: named("user-3"), HAS: worn(("g", "user-3"))}, tenant="fabrikam.example")
        push(url, anew, STEPS)
        assert held(url, other.scope) == expected(anew, STEPS)
        assert held(url, store.scope) == expected(store, STEPS)
        verdicts = query(url, "SELECT _scope, count(*) FROM integration.verdicts GROUP BY 1 ORDER BY 1")
        assert verdicts == sorted([(store.scope, 4), (other.scope, 4)])


def test_a_nul_character_becomes_the_replacement_character_and_no_record_is_lost(url: str, store: Store) -> None:
    collect(store, {USER: named("user-1", text="a\0b", quoted="\\u0000", both="\\\0"), GROUP: named("group-1")})
    push(url, store, STEPS)
    user, _ = held(url, store.scope)
    assert (user["text"], user["quoted"], user["both"]) == ("a\ufffdb", "\\u0000", "\\\ufffd")
    before = written(url)
    with closing(Store(Path("anew.db"))) as anew:
        collect(anew, {USER: named("user-1", text="a\0b", quoted="\\u0000", both="\\\0"), GROUP: named("group-1")})
        push(url, anew, STEPS)
    assert written(url)["entities"] == before["entities"]


def test_a_key_that_moves_to_another_type_is_there_once(url: str, store: Store) -> None:
    collect(store, {USER: named("a", "b"), GROUP: named("c", "d")})
    push(url, store, STEPS)
    collect(store, {USER: named("b"), GROUP: named("d")})
    collect(store, {USER: named("b", "c"), GROUP: named("a", "d")})
    push(url, store, STEPS)
    assert held(url, store.scope) == expected(store, STEPS)
    assert len(keys(url, store)) == 4


def test_a_key_that_another_type_has_taken_meanwhile_stays(url: str, store: Store) -> None:
    collect(store, {USER: named("a", "b")})
    push(url, store, STEPS)
    collect(store, {USER: named("b"), GROUP: []})
    collect(store, {GROUP: named("a")})
    push(url, store, [GROUP])
    assert keys(url, store) == ["b", "a"]
    push(url, store, STEPS)
    assert held(url, store.scope) == expected(store, STEPS)


def test_a_type_whose_class_has_changed_is_of_the_new_class(url: str, store: Store) -> None:
    collect(store, {USER: named("user-1"), HAS: worn(("group-1", "user-1"))})
    push(url, store, STEPS)
    person, uses = entity(USER.name, class_name="Person"), Step(**{**vars_of(HAS), "class_name": "USES"})
    collect(store, {person: named("user-1"), uses: worn(("group-1", "user-1"))})
    push(url, store, [person, uses])
    assert held(url, store.scope) == expected(store, [person, uses])
    assert keys(url, store) == ["user-1", "group-1|uses|user-1"]


def test_a_type_may_get_a_second_class(url: str, store: Store) -> None:
    collect(store, {USER: named("user-1", "user-2")})
    push(url, store, [USER])
    both = Step(**{**vars_of(USER), "further_classes": ("Person",)})
    collect(store, {both: named("user-1", "user-2")})
    push(url, store, [both])
    assert held(url, store.scope) == expected(store, [both])
    assert {tuple(record["_class"]) for record in held(url, store.scope)} == {("User", "Person")}


def vars_of(step: Step) -> dict[str, Any]:
    return {name: getattr(step, name) for name in step.__dataclass_fields__}


def test_verdicts_are_those_of_the_last_push(url: str, store: Store) -> None:
    statement = "SELECT _type, verdict, reason FROM integration.verdicts ORDER BY 1"
    collect(store, {USER: named("user-1")})
    push(url, store, [USER, GROUP], incomplete=[GROUP])
    assert query(url, statement) == [(USER.name, "complete", ""), (GROUP.name, "failed", "HTTP 403")]
    push(url, store, [USER])
    assert query(url, statement) == [(USER.name, "complete", "")]
    assert json.dumps(query(url, "SELECT count, seconds FROM integration.verdicts")) == "[[1, 0.1]]"
