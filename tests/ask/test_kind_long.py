"""Groups nested thousands deep: what is asked of them costs what they are, and what is answered can be read."""

import json
from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from integration import load
from integration.ask.cycles import shortest_cycles
from integration.ask.query import Inquiry, read_graph
from integration.ask.questions import load_questions
from integration.ask.then import open_graph
from integration.cli import main
from integration.sdk.plugins import declared_steps
from integration.sdk.schema import load_schema
from integration.store.store import Store
from tests.support import Row, named, publish, worn

STEPS = {step.name: step for step in declared_steps(load())}
GRAPH = Path(".integration/graph.db")
QUESTIONS = load_questions(load())
MANY = 2999


def save(groups: int, edges: Sequence[tuple[int, int]], members: Sequence[int] = ()) -> None:
    keys = [f"g{number:04}" for number in range(groups)]
    rows: dict[str, list[Row]] = {
        "azure_user": named("ada"),
        "azure_user_group": named(*keys),
        "azure_user_group_has_user": worn(*((keys[group], "ada") for group in members)),
        "azure_user_group_has_group": worn(*((keys[source], keys[target]) for source, target in edges)),
    }
    GRAPH.parent.mkdir(exist_ok=True)
    with closing(Store(GRAPH)) as store:
        store.begin("contoso.example")
        for name, of in rows.items():
            publish(store, STEPS[name], of)
            store.show(STEPS[name], load_schema(STEPS[name]))
        store.keep_verdicts((name, "complete", "", 0, 0.0) for name in rows)
        store.commit()


def ask(*question: str) -> list[dict[str, str]]:
    done = CliRunner().invoke(main, ["query", *question, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return list(json.loads(done.stdout))


def statements_of(question: str) -> int:
    """Return how many statements SQLite is asked for one question."""
    asked: list[str] = []
    with read_graph(GRAPH) as database:
        inquiry = Inquiry(database)
        database.set_trace_callback(asked.append)
        list(inquiry.ask(QUESTIONS[question], []).rows)
        database.set_trace_callback(None)
    return len(asked)


def test_a_long_chain_has_no_cycle_and_no_cost() -> None:
    save(MANY, [(at, at + 1) for at in range(MANY - 1)])
    assert ask("groups-in-themselves") == []
    assert statements_of("groups-in-themselves") < 10


def test_a_long_ring_is_found_once_for_each_of_its_groups() -> None:
    save(MANY, [(at, (at + 1) % MANY) for at in range(MANY)])
    rows = ask("groups-in-themselves")
    assert [row["key"] for row in rows] == [f"g{number:04}" for number in range(MANY)]
    path = rows[5]["path"].split(" › ")  # noqa: RUF001
    assert (path[0], path[1], path[10], path[-1]) == ("g0005", "g0006", "… 2,980 more …", "g0005")
    assert statements_of("groups-in-themselves") < 10


def test_paths_of_a_long_chain_are_short_to_read() -> None:
    save(MANY, [(at, at + 1) for at in range(MANY - 1)], [MANY - 1])
    rows = ask("all-members", "g0000")
    assert len(rows) == MANY
    assert max(len(row["path"]) for row in rows) < 250
    paths = {row["key"]: row["path"].split(" › ") for row in rows}  # noqa: RUF001
    assert paths["ada"] == [*(f"g{at:04}" for at in range(10)), "… 2,979 more …",
                            *(f"g{at:04}" for at in range(MANY - 10, MANY)), "ada"]  # fmt: skip
    assert paths["g0019"] == [f"g{at:04}" for at in range(20)]
    back = {row["key"]: row["path"].split(" › ") for row in ask("groups-of", "ada")}  # noqa: RUF001
    assert back["g0000"][:2] == ["g0000", "g0001"]
    assert back["g0000"][10:] == ["… 2,980 more …", *(f"g{at:04}" for at in range(MANY - 9, MANY)), "ada"]
    assert back["g2990"] == [*(f"g{at:04}" for at in range(2990, MANY)), "ada"]
    (row,) = ask("membership-path", "g0000", "ada")
    assert row["path"].split(" › ")[10] == "… 2,980 more …"  # noqa: RUF001


NODES = st.integers(0, 7)


@given(st.sets(st.tuples(NODES, NODES), max_size=24))
@settings(max_examples=300, deadline=None)
def test_cycles_are_shortest_ones_of_exactly_what_leads_to_itself(pairs: set[tuple[int, int]]) -> None:
    edges = [(str(source), str(target)) for source, target in sorted(pairs)]
    found = {cycle[0]: cycle for cycle in shortest_cycles(edges)}
    for cycle in found.values():
        assert cycle[0] == cycle[-1]
        assert set(pairwise(cycle)) <= set(edges)
    for key in map(str, range(8)):
        steps, reached, length = 0, {key}, None
        while steps < 9 and length is None:
            steps += 1
            reached = {target for source, target in edges if source in reached}
            length = steps if key in reached else None
        assert (len(found[key]) - 1 if key in found else None) == length


def test_sql_says_the_same_of_cycles_as_of_paths() -> None:
    save(8, [(0, 1), (1, 2), (2, 0), (1, 0), (3, 3), (4, 5), (5, 6), (6, 4), (6, 5), (7, 0)])
    with open_graph(GRAPH) as inquiry:
        cycles = inquiry.select("SELECT key, value FROM json_each(cycles('azure_user_group_has_group'))")
        paths = inquiry.select(
            "SELECT _key, shortest_path(_key, _key, 'azure_user_group_has_group') AS path FROM azure_user_group"
            " WHERE path IS NOT NULL"
        )
        lengths = [{key: path.count("g") for key, path in answer.rows} for answer in (cycles, paths)]
    assert lengths[0] == lengths[1]
    assert len(lengths[0]) == 7
