"""The ready-made questions against an independent computation, and the files that they come from."""

import random
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from integration import DeclarationError, QueryError, hookimpl, load
from integration.ask.choice import find_question
from integration.ask.questions import Question, load_questions
from integration.ask.then import open_graph
from integration.sdk.plugins import declared_steps
from integration.sdk.schema import load_schema
from integration.store.store import Store
from tests.support import Row, named, publish, worn, write
from tests.terminal.terminals import on_terminal, plain

GRAPH = Path("graph.db")
STEPS = {step.name: step for step in declared_steps(load())}
QUESTIONS = load_questions(load())
ARROW = " › "  # noqa: RUF001 - between the names of a path
MINE = """
[users-called]
description = "Users of a name."
parameters.name = { description = "the name" }
sql = "SELECT _key FROM azure_user WHERE displayName = :name"
"""


@dataclass
class Tenant:
    """What the graph holds: an edge leads from a group to its member."""

    graph: "nx.DiGraph[str]"
    users: dict[str, dict[str, Any]]
    groups: list[str]

    def members(self, kind: Sequence[str] | dict[str, Any], group: str) -> set[str]:
        return {key for key in self.graph.successors(group) if key in kind}


def random_tenant(seed: int) -> Tenant:
    """Return a tenant whose groups are nested in trees, diamonds and cycles; some are empty, some in themselves."""
    rng = random.Random(seed)
    groups = [f"{rng.choice('gG')}roup-{number}" for number in range(rng.randint(1, 16))]
    users = {
        f"{rng.choice('uU')}ser-{number}": {
            "userType": rng.choice(["Guest", "Member"]),
            "accountEnabled": rng.random() < 0.7,
            "userPrincipalName": f"user-{number}@contoso.example",
        }
        for number in range(rng.randint(1, 20))
    }
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from([*groups, *users])
    graph.add_edges_from((rng.choice(groups), rng.choice(groups)) for _ in range(rng.randint(0, 2 * len(groups))))
    graph.add_edges_from((rng.choice(groups), rng.choice(list(users))) for _ in range(rng.randint(0, 30)))
    return Tenant(graph, users, groups)


def save(tenant: Tenant, path: Path = GRAPH) -> None:
    """Write the graph as a run does."""
    users: list[Row] = [row for key, properties in tenant.users.items() for row in named(key, **properties)]
    edges = {
        "azure_user_group_has_user": [edge for edge in tenant.graph.edges if edge[1] in tenant.users],
        "azure_user_group_has_group": [edge for edge in tenant.graph.edges if edge[1] in tenant.groups],
    }
    with closing(Store(path)) as store:
        store.begin("contoso.example")
        for step in STEPS.values():
            store.show(step, load_schema(step))
        publish(store, STEPS["azure_user"], users)
        publish(store, STEPS["azure_user_group"], named(*tenant.groups))
        for name, ends in edges.items():
            publish(store, STEPS[name], worn(*ends))
        store.keep_verdicts((name, "complete", "", 0, 0.0) for name in STEPS)
        store.commit()


@pytest.fixture(scope="module", params=range(12))
def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Tenant, Path]:
    tenant, path = random_tenant(request.param), tmp_path_factory.mktemp("graph") / GRAPH
    save(tenant, path)
    return tenant, path


@pytest.fixture
def tenant(saved: tuple[Tenant, Path]) -> Tenant:
    """A tenant whose graph is in the current folder."""
    tenant, path = saved
    GRAPH.symlink_to(path)
    return tenant


def ask(name: str, *values: str) -> list[dict[str, Any]]:
    with open_graph(GRAPH) as inquiry:
        answer = inquiry.ask(QUESTIONS[name], values)
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def keys(rows: list[dict[str, Any]]) -> list[str]:
    return [row["key"] for row in rows]


def by_name(found: Iterator[str] | set[str] | list[str]) -> list[str]:
    return sorted(found, key=lambda key: (key.lower(), key))


def is_shortest(tenant: Tenant, path: str, start: str, goal: str) -> bool:
    """Tell whether a path that leads somewhere else leads there as shortly as any."""
    names = path.split(ARROW)
    return (
        names[0] == start
        and names[-1] == goal
        and nx.is_path(tenant.graph, names)
        and len(names) - 1 == (nx.shortest_path_length(tenant.graph, start, goal))
    )


def shortest_cycle(tenant: Tenant, group: str) -> int | None:
    lengths = [
        1 + int(nx.shortest_path_length(tenant.graph, member, group))
        for member in tenant.graph.successors(group)
        if nx.has_path(tenant.graph, member, group)
    ]
    return min(lengths, default=None)


def test_direct_members(tenant: Tenant) -> None:
    for group in tenant.groups:
        rows = ask("group-members", group)
        assert keys(rows) == by_name(tenant.graph.successors(group))
        assert all((row["type"] == "azure_user") == (row["key"] in tenant.users) for row in rows)


def test_all_members(tenant: Tenant) -> None:
    for group in tenant.groups:
        rows = ask("all-members", group)
        assert keys(rows) == by_name(nx.descendants(tenant.graph, group))
        assert all(is_shortest(tenant, row["path"], group, row["key"]) for row in rows)


def test_all_groups_of_a_member(tenant: Tenant) -> None:
    for member in tenant.graph:
        rows = ask("groups-of", member)
        assert keys(rows) == by_name(nx.ancestors(tenant.graph, member))
        assert all(is_shortest(tenant, row["path"], row["key"], member) for row in rows)


def test_how_somebody_is_a_member(tenant: Tenant) -> None:
    for member in tenant.graph:
        group = tenant.groups[0]
        rows = ask("membership-path", group, member)
        if member == group:
            assert [row["path"].count(ARROW) for row in rows] == [n for n in [shortest_cycle(tenant, group)] if n]
        else:
            assert len(rows) == nx.has_path(tenant.graph, group, member)
            assert all(is_shortest(tenant, row["path"], group, member) for row in rows)


def test_guests_in_a_group(tenant: Tenant) -> None:
    guests = {key for key, user in tenant.users.items() if user["userType"] == "Guest"}
    for group in tenant.groups:
        rows = ask("guests-in", group)
        assert keys(rows) == by_name(nx.descendants(tenant.graph, group) & guests)
        assert all(is_shortest(tenant, row["path"], group, row["key"]) for row in rows)


def test_groups_in_themselves(tenant: Tenant) -> None:
    rows = ask("groups-in-themselves")
    lengths = {group: length for group in tenant.groups if (length := shortest_cycle(tenant, group))}
    assert keys(rows) == by_name(list(lengths))
    for row in rows:
        names = row["path"].split(ARROW)
        assert names[0] == names[-1] == row["key"]
        assert nx.is_path(tenant.graph, names)
        assert len(names) - 1 == lengths[row["key"]]


def test_groups_and_users_without_memberships(tenant: Tenant) -> None:
    empty = {group for group in tenant.groups if not tenant.graph.out_degree(group)}
    alone = {user for user in tenant.users if not tenant.graph.in_degree(user)}
    assert keys(ask("empty-groups")) == by_name(empty)
    assert keys(ask("users-without-groups")) == by_name(alone)


def test_disabled_users_that_are_members(tenant: Tenant) -> None:
    disabled = {user: tenant.graph.in_degree(user) for user, of in tenant.users.items() if not of["accountEnabled"]}
    expected = [(-groups, user.lower(), user) for user, groups in disabled.items() if groups]
    assert [(-row["groups"], row["key"].lower(), row["key"]) for row in ask("disabled-members")] == sorted(expected)


def test_the_largest_groups(tenant: Tenant) -> None:
    expected = []
    for group in tenant.groups:
        users, groups = tenant.members(tenant.users, group), tenant.members(tenant.groups, group)
        if users or groups:
            expected.append((-len(users | groups), group.lower(), group, len(users), len(groups)))
    rows = ask("largest-groups")
    found = [(-row["members"], row["key"].lower(), row["key"], row["users"], row["groups"]) for row in rows]
    assert found == sorted(expected)


def test_the_random_tenants_have_what_the_questions_are_about() -> None:
    tenants = [random_tenant(seed) for seed in range(12)]
    cycles = [shortest_cycle(tenant, group) for tenant in tenants for group in tenant.groups]
    assert {None, 1, 2, 3} <= set(cycles)
    longest = [
        length for tenant in tenants for _, each in nx.shortest_path_length(tenant.graph) for length in each.values()
    ]
    assert max(longest) >= 5


def test_a_question_of_a_file(tmp_path: Path) -> None:
    save(Tenant(nx.DiGraph(), {"Ada": {}, "Bob": {}}, []))
    questions = load_questions(load(), [write(tmp_path, {"mine.toml": MINE}) / "mine.toml"])
    assert questions.keys() - QUESTIONS.keys() == {"users-called"}
    with open_graph(GRAPH) as inquiry:
        assert list(inquiry.ask(questions["users-called"], ["Ada"]).rows) == [("Ada",)]


def test_a_plugin_contributes_questions(tmp_path: Path) -> None:
    class Plugin:
        @hookimpl
        def integration_questions(self) -> list[Path]:
            return [write(tmp_path, {"mine.toml": MINE}) / "mine.toml"]

    assert load_questions(load(Plugin()))["users-called"].description == "Users of a name."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "not TOML"),
        ("users = 1", "users: 1 is not of type"),
        ('[Users]\nsql = "SELECT 1"\ndescription = "All."', '"Users" does not match'),
        ('[users]\ndescription = "All."', 'users: "sql" is a required property'),
        ('[users]\nsql = "SELECT 1"', 'users: "description" is a required property'),
        ('[users]\nsql = "SELECT 1"\ndescription = "One.\\nTwo."', "users.description: "),
        ('[users]\nsql = "SELECT 1"\ndescription = "All."\nsort = "name"', "'sort' was unexpected"),
        ('[users]\nsql = "SELECT 1"\ndescription = "All."\nparameters.of = "all"', "users.parameters.of: "),
        ('[users]\nsql = "SELECT 1"\ndescription = "All."\nwith = []', "users.with: "),
        (
            '[users]\nsql = "SELECT 1"\ndescription = "All."\nwith = ["helt"]',
            "users: no file of questions has with.helt",
        ),
        ("[with]\nall = 1", "with.all: 1 is not of type"),
        ('[with]\nheld = "held(x) AS (SELECT 1)"', "with.held is in another file of questions too"),
        ('[group-members]\nsql = "SELECT 1"\ndescription = "All."', "the question group-members is in "),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = write(tmp_path, {"mine.toml": text}) / "mine.toml"
    with pytest.raises(DeclarationError) as error:
        load_questions(load(), [path])
    assert str(error.value).startswith(f"{path}: ")
    assert said in str(error.value)


@pytest.mark.parametrize(
    "own", ["", "WITH three(x) AS (SELECT x + 1 FROM two) ", "with  recursive three(x) AS (SELECT 3) "]
)
def test_what_questions_share_stands_before_what_they_have_themselves(tmp_path: Path, own: str) -> None:
    """In another file, built on each other, and on what the question itself has."""
    shared = {
        "one": "one(x) AS (SELECT 1)",
        "two": "two(x) AS (SELECT one.x + 1 FROM one)",
        "last": "last(x) AS (SELECT x FROM three)",
    }
    names = ["one", "two", *(["last"] if own else [])]
    last = "last" if own else "two"
    mine = f'[count]\ndescription = "All."\nwith = {names}\nsql = "{own}SELECT x FROM {last}"'
    tables = "\n".join(f'{name} = "{text}"' for name, text in shared.items())
    folder = write(tmp_path, {"mine.toml": mine, "shared.toml": f"[with]\n{tables}"})
    questions = load_questions(load(), [folder / "mine.toml", folder / "shared.toml"])
    assert "with" not in questions
    save(random_tenant(0))
    with open_graph(GRAPH) as inquiry:
        assert list(inquiry.ask(questions["count"], []).rows) == [(3 if own else 2,)]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"none\.toml cannot be read: No such file"):
        load_questions(load(), [tmp_path / "none.toml"])


def test_a_file_says_what_its_questions_are_about(tmp_path: Path) -> None:
    write(tmp_path, {"named.toml": f'title = "People"\n{MINE}', "other.toml": MINE.replace("users-called", "others")})
    found = load_questions(load(), [tmp_path / "named.toml", tmp_path / "other.toml"])
    assert (found["users-called"].title, found["others"].title) == ("People", "other.toml")
    assert not [name for name, question in QUESTIONS.items() if question.title.endswith(".toml")]


def test_a_terminal_gets_the_names_of_all_questions_below_what_they_are_about() -> None:
    code, shown = on_terminal(80, "query")
    lines = plain(shown)
    listed = lines[: lines.index("")]
    assert (code, max(map(len, lines)) <= 80, len(listed) < 90) == (0, True, True)
    titles = [line for line in listed if not line.startswith(" ")]
    assert titles == sorted({question.title for question in QUESTIONS.values()})
    below = [name for line in listed if line.startswith(" ") for name in re.split(" {2,}", line.strip())]
    assert sorted(below) == sorted(question.usage for question in QUESTIONS.values())


def test_a_wrong_question_names_its_file(tmp_path: Path) -> None:
    save(Tenant(nx.DiGraph(), {"Ada": {}}, []))
    wrong = Question("users", "All.", (), "SELECT nickname FROM azure_user", tmp_path / "mine.toml")
    with open_graph(GRAPH) as inquiry, pytest.raises(QueryError, match=r"mine\.toml: users: .* nickname"):
        inquiry.ask(wrong, [])


def test_an_unknown_question_is_refused_with_the_nearest() -> None:
    with pytest.raises(QueryError, match=r"there is no question all-member \(did you mean all-members\?\)"):
        find_question(QUESTIONS, "all-member")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("mfa", "users-without-mfa"),
        ("MFA owners", "owners-without-mfa"),
        ("inactive", "sleeping-users DAYS"),
        ("risky", "at-risk"),
        ("consent", "apps-for-all-users"),
        ("break glass", "exempt-everywhere"),
        ("guest", "privileged-guests"),
        ("phishing-resistance", "administrators-without-phishing-resistance"),
        ("expire", "expiring-credentials DAYS"),
    ],
)
def test_a_word_finds_the_questions_that_speak_of_it(words: str, name: str) -> None:
    with pytest.raises(QueryError) as refused:
        find_question(QUESTIONS, words)
    first, *found = str(refused.value).split("\n  ")
    assert first.endswith("; integration query lists those that there are, and of these speak of it:")
    assert name in [each.partition(":")[0] for each in found]


def test_of_a_word_that_many_questions_have_a_screen_is_listed() -> None:
    with pytest.raises(QueryError) as refused:
        find_question(QUESTIONS, "a")
    *listed, more = str(refused.value).split("\n  ")
    assert len(listed) == 16
    assert re.fullmatch(r"… and \d+ more", more)


@pytest.mark.parametrize("words", ["submarine", " ", "-"])
def test_a_word_that_no_question_has_finds_none(words: str) -> None:
    with pytest.raises(QueryError, match=r"lists those that there are$"):
        find_question(QUESTIONS, words)
