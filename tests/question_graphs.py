"""Graphs in which questions are asked: made up at random, saved as a run saves them, once for all tests of a module."""

import json
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from integration import load
from integration.ask.query import Inquiry
from integration.ask.questions import load_questions
from integration.ask.then import open_graph
from integration.sdk.plugins import declared_steps
from integration.sdk.schema import load_schema
from integration.store.store import Store
from tests.support import publish

GRAPH = Path("graph.db")
MANAGER = load()
STEPS = {step.name: step for step in declared_steps(MANAGER)}
QUESTIONS = load_questions(MANAGER)
DAY = 86_400_000
TENANT = "contoso.example"

Json = dict[str, Any]
Rows = list[Json]


@dataclass
class Made:
    """Properties of entities by type and key; ends of relationships, with their own properties, by type."""

    entities: dict[str, dict[str, Json]] = field(default_factory=dict)
    ends: dict[str, dict[tuple[str, str], Json]] = field(default_factory=dict)

    def of(self, type: str) -> dict[str, Json]:
        return self.entities.get(type, {})

    def pairs(self, type: str) -> Iterable[tuple[str, str]]:
        return self.ends.get(type, {})

    def fill(self, rng: random.Random, type: str, number: int, **choices: Sequence[object]) -> list[str]:
        """Make so many entities, whose properties are chosen by chance, and return their keys."""
        self.entities[type] = {
            f"{type}:{n}": {"displayName": f"{type} {n}", **{name: rng.choice(of) for name, of in choices.items()}}
            for n in range(number)
        }
        return list(self.entities[type])

    def join(
        self,
        rng: random.Random,
        type: str,
        starts: Sequence[str],
        stops: Sequence[str],
        most: int,
        *,
        least: int = 0,
        **given: list[Any],
    ) -> None:
        """Make relationships between some of the starts and stops by chance, and choose their properties likewise."""
        pairs = {(rng.choice(starts), rng.choice(stops)) for _ in range(rng.randint(least, most))}
        self.ends[type] = {pair: {name: rng.choice(of) for name, of in given.items()} for pair in sorted(pairs)}

    def targets(self, type: str, start: str) -> set[str]:
        return {end for origin, end in self.pairs(type) if origin == start}

    def sources(self, type: str, end: str) -> set[str]:
        return {start for start, target in self.pairs(type) if target == end}

    def name(self, key: str) -> str:
        """Return the display name of a user, group, service principal or role; the key where it is nothing."""
        kinds = ("azure_user", "azure_user_group", "azure_service_principal", "azure_ad_role_definition")
        return next((self.of(kind)[key]["displayName"] for kind in kinds if key in self.of(kind)), key)

    def type(self, key: str) -> str:
        kinds = ("azure_user", "azure_user_group", "azure_service_principal")
        held = self.of("azure_ad_role_assignment").values()
        is_outside = any(of["principalId"] == key and of.get("principalOrganizationId") == "PARTNER" for of in held)
        return next((kind for kind in kinds if key in self.of(kind)), "another tenant" if is_outside else "not found")

    def members(self, group: str) -> set[str]:
        """Return the users in a group, through any number of groups; none where there is no such group."""
        if group not in self.of("azure_user_group"):
            return set()
        seen, ahead = {group}, [group]
        while ahead:
            found = self.targets("azure_user_group_has_group", ahead.pop()) - seen
            seen |= found
            ahead += found
        return {user for each in seen for user in self.targets("azure_user_group_has_user", each)}

    def people(self, principal: str) -> set[str]:
        """Return the users that a principal is or has."""
        return self.members(principal) | ({principal} & self.of("azure_user").keys())

    def privileged(self) -> Iterator[tuple[str, str, str]]:
        """Yield how a principal has a privileged role, the principal, and the role."""
        for type, how in (("azure_ad_role_assignment", "holds"), ("azure_ad_role_eligibility", "can take")):
            for of in self.of(type).values():
                principal, role = of["principalId"], of["roleDefinitionId"]
                if self.of("azure_ad_role_definition").get(role, {}).get("isPrivileged"):
                    yield how, principal, role
                    for timed in self.of("azure_privileged_access_group_eligibility").values():
                        if timed["groupId"] == principal:
                            yield "can take", timed["principalId"], role


def save(made: Made, path: Path = GRAPH) -> None:
    """Write the graph as a run does, one in which every type is shown."""
    _close()
    path.write_bytes(_without_records())
    with closing(Store(path)) as store:
        store.begin(TENANT)
        for type, found in made.entities.items():
            publish(store, STEPS[type], [(key, _json(properties)) for key, properties in found.items()])
        for type, ends in made.ends.items():
            publish(store, STEPS[type], [(*pair, _json(given) if given else None) for pair, given in ends.items()])
        store.commit()


@cache
def _without_records() -> bytes:
    """Return the graph of a run that found nothing: to make the views of all types takes longer than all else."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / GRAPH
        with closing(Store(path)) as store:
            store.begin(TENANT)
            for step in STEPS.values():
                store.show(step, load_schema(step))
            store.keep_verdicts((name, "complete", "", 0, 0.0) for name in STEPS)
            store.commit()
        return path.read_bytes()


def saved_graphs(made_up: Callable[[int], Made], seeds: range) -> Any:
    """Return the fixture ``saved`` of a module, for its tests' ``tenant``: what is made up, and where it is saved."""

    @pytest.fixture(scope="module", params=seeds)
    def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, Path]:
        made, path = made_up(request.param), tmp_path_factory.mktemp("graph") / GRAPH
        save(made, path)
        return made, path

    return saved


@pytest.fixture
def tenant(saved: tuple[Made, Path]) -> Made:
    """A tenant whose graph is in the current folder."""
    made, path = saved
    GRAPH.symlink_to(path)
    return made


def ask(name: str, *values: str) -> Rows:
    """Return the answer to a question about the graph in the current folder."""
    answer = _opened(GRAPH.resolve()).ask(QUESTIONS[name], values)
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


_open = ExitStack()


@lru_cache(1)
def _opened(path: Path) -> Inquiry:
    """Return a graph that stays open until another one is asked: SQLite reads the views of all types to open it."""
    _open.close()
    return _open.enter_context(open_graph(path))


def _close() -> None:
    _opened.cache_clear()
    _open.close()


def _json(properties: Json) -> str:
    return json.dumps({name: value for name, value in properties.items() if value is not None})
