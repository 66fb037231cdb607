"""How long the ready-made questions take on a graph of N users and on one of a tenth of that.

The graph has a tenth as many groups as users, and ten times as many memberships: the n-th group has 1/n of the users
and a few more. Seven of ten groups are in another group, any other, so that there are long paths and cycles. Questions
about an entity of another type are left out.
"""

import argparse
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

import orjson

from integration import Step, load
from integration.ask.questions import Question, load_questions
from integration.ask.then import open_graph
from integration.sdk.plugins import declared_steps
from integration.sdk.schema import load_schema
from integration.store.store import Store

_CHUNK = 4_000
_TIMES = 3
_NUMBER = "30"
_NAMES = "Ada Alan Barbara Donald Edsger Frances Grace Hedy".split()
_FILLER = {
    f"{name}{number}": "Contoso Research, Building 7, Redmond" for name in ("department", "office") for number in "1234"
}
"""Makes the objects as large as Graph's."""

Row = tuple[str | None, ...]


def main() -> int:
    """Make the graphs, ask every question, print how long the answers take."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.questions", description=__doc__)
    parser.add_argument("--users", type=int, default=100_000, metavar="N", help="default: %(default)s")
    users: int = parser.parse_args().users
    with tempfile.TemporaryDirectory() as folder:
        seconds: list[dict[str, tuple[int, float]]] = []
        for size in (users // 10, users):
            path = Path(folder, f"{size}.db")
            started = time.perf_counter()
            asked = make(path, size)
            print(f"{size:,} users: made in {time.perf_counter() - started:.1f} s", file=sys.stderr, flush=True)
            seconds.append(dict(measure(path, asked)))
    print(f"{'question':<42}{'rows':>9}{f'{users // 10:,} users':>16}{f'{users:,} users':>16}{'ratio':>8}")
    for name, (rows, large) in seconds[1].items():
        small = seconds[0][name][1]
        print(f"{name:<42}{rows:>9,}{small:>14.4f} s{large:>14.4f} s{large / small:>8.1f}")
    return 0


def make(path: Path, users: int) -> Mapping[str, Mapping[str, str]]:
    """Make a graph, and return what can be asked of it: in words, the value of each class's parameters."""
    rng = random.Random(users)
    steps = declared_steps(load())
    user, group = (_step(steps, name) for name in ("User", "UserGroup"))
    memberships, nestings = (_step(steps, "HAS", group, member) for member in (user, group))
    user_keys, group_keys = _keys(rng, users), _keys(rng, users // 10)
    with closing(Store(path)) as store:
        store.begin("benchmark")
        for step in steps:
            store.show(step, load_schema(step))
        _publish(store, user, ((key, _properties("user", number)) for number, key in enumerate(user_keys)))
        _publish(store, group, ((key, _properties("group", number)) for number, key in enumerate(group_keys)))
        _publish(store, memberships, _members(rng, group_keys, user_keys))
        nested = ((rng.choice(group_keys), key, None) for key in group_keys if rng.random() < 0.7)
        _publish(store, nestings, nested)
        for step in steps:
            if step not in (user, group, memberships, nestings):
                _publish(store, step, ())
        store.keep_verdicts((step.name, "complete", "", 0, 0.0) for step in steps)
        store.commit()
    usual = users // 100  # has a little more than 100 users at any size
    return {
        "by key": {user.name: user_keys[usual], group.name: group_keys[usual]},
        "by name": {user.name: f"user{usual}@contoso.example", group.name: f"group{usual}@contoso.example"},
        "the largest group": {user.name: user_keys[usual], group.name: group_keys[0]},
    }


def measure(path: Path, asked: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, tuple[int, float]]]:
    """Yield each question, with the rows of its answer and the seconds that the whole of it takes."""
    for question in load_questions(load()).values():
        entities = any(parameter.types for parameter in question.parameters)
        for case, values in (asked if entities else {"": {}}).items():
            given = [[*each.types, ""][0] for each in question.parameters]
            if any(type and type not in values for type in given):
                continue
            parameters = [values.get(type, _NUMBER) for type in given]
            answers = [_ask(path, question, parameters) for _ in range(_TIMES)]
            yield f"{question.name} {case}".strip(), min(answers, key=lambda answer: answer[1])


def _ask(path: Path, question: Question, parameters: Sequence[str]) -> tuple[int, float]:
    started = time.perf_counter()
    with open_graph(path) as inquiry:
        rows = sum(1 for _ in inquiry.ask(question, parameters).rows)
    return rows, time.perf_counter() - started


def _step(steps: Iterable[Step], class_name: str, *ends: Step) -> Step:
    """Return the type of Entra's with a class, and between two others where these are named."""
    names = tuple(end.name for end in ends) or None
    entra = (step for step in steps if step.module.startswith("entra."))
    (found,) = (step for step in entra if step.class_name == class_name and step.ends == names)
    return found


def _keys(rng: random.Random, count: int) -> list[str]:
    return [str(uuid.UUID(int=rng.getrandbits(128))) for _ in range(count)]


def _properties(kind: str, number: int) -> str:
    address = f"{kind}{number}@contoso.example"
    properties = {
        "displayName": f"{_NAMES[number % len(_NAMES)]} Example {number}",
        "mail": address,
        "userPrincipalName": address,
        "userType": "Guest" if number % 20 == 0 else "Member",
        "accountEnabled": number % 50 != 0,
    }
    return orjson.dumps({**properties, **_FILLER}).decode()


def _members(rng: random.Random, groups: Sequence[str], users: Sequence[str]) -> Iterator[Row]:
    """Yield memberships, ten times as many as users."""
    sizes = [len(users) // number for number in range(1, len(groups) + 1)]
    more = (10 * len(users) - sum(sizes)) // len(groups)
    for group, size in zip(groups, sizes, strict=True):
        yield from ((group, user, None) for user in rng.sample(users, min(size + more, len(users))))


def _publish(store: Store, step: Step, rows: Iterable[Row]) -> None:
    publication = store.publication(step)
    rows = iter(rows)
    while chunk := list(islice(rows, _CHUNK)):
        publication.add(chunk)
    publication.publish(complete=True, strict=False)
    publication.discard()


if __name__ == "__main__":
    sys.exit(main())
