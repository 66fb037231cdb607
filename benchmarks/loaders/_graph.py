"""The graph that is pushed and loaded: an account, its users and groups, and who is a member of what."""

import random
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from integration import Context, Entity, Report, Step
from integration.sdk.report import StepResult
from integration.store.publication import RecordRow
from integration.store.store import Store

_ROWS = 10_000


def _nothing(ctx: Context) -> Iterator[Entity]:
    """A type of the benchmark."""
    return iter(())


def _relationship(source: Step, verb: str, target: Step, name: str) -> Step:
    return Step(name=name, class_name=verb, run=_nothing, ends=(source.name, target.name))


ACCOUNT = Step(name="bench_account", class_name="Account", run=_nothing)
GROUP = Step(name="bench_group", class_name="UserGroup", run=_nothing)
USER = Step(name="bench_user", class_name="User", run=_nothing)
HAS_GROUP = _relationship(ACCOUNT, "HAS", GROUP, "bench_account_has_group")
HAS_USER = _relationship(ACCOUNT, "HAS", USER, "bench_account_has_user")
HAS_MEMBER = _relationship(GROUP, "HAS", USER, "bench_group_has_user")
ASSIGNED = _relationship(USER, "ASSIGNED", GROUP, "bench_user_assigned_group")
STEPS = (ACCOUNT, GROUP, USER, HAS_GROUP, HAS_USER, HAS_MEMBER, ASSIGNED)
COMPLETE = Report(results=tuple(StepResult(type=step.name, verdict="complete") for step in STEPS))


def make(path: Path, entities: int, relationships: int) -> Store:
    """Make a graph: nine users for each group; all belong to the account, the other relationships are memberships."""
    groups, users = (
        [f"{number:036x}" for number in range(entities // 10)],
        [f"{number:036x}" for number in range(entities // 10, entities - 1)],
    )
    rng = random.Random(entities)
    memberships: set[tuple[str, str]] = set()
    while len(memberships) < (relationships - entities + 1) // 2:
        memberships.add((rng.choice(groups), rng.choice(users)))
    store = Store(path)
    store.begin("benchmark")
    account = f"{0:035x}a"
    _publish(store, ACCOUNT, [(account, _properties(account, "Contoso"))])
    _publish(store, GROUP, ((key, _properties(key, "sg")) for key in groups))
    _publish(store, USER, ((key, _user(key)) for key in users))
    _publish(store, HAS_GROUP, ((account, key, None) for key in groups))
    _publish(store, HAS_USER, ((account, key, None) for key in users))
    _publish(store, HAS_MEMBER, ((group, user, None) for group, user in sorted(memberships)))
    _publish(store, ASSIGNED, ((user, group, None) for group, user in memberships))
    store.commit()
    return store


def change(store: Store, changes: int) -> None:
    """Rename so many users in another revision."""
    store.begin("benchmark")
    users = islice(store.entities(USER.name), changes)
    renamed = [(key, _user(key, f"Renamed {store.revision}")) for key, _ in users]
    _publish(store, USER, renamed, complete=False)
    store.commit()


def _publish(store: Store, step: Step, rows: Iterable[RecordRow], *, complete: bool = True) -> None:
    publication, rows = store.publication(step), iter(rows)
    while batch := list(islice(rows, _ROWS)):
        publication.add(batch)
    publication.publish(complete=complete, strict=False)
    publication.discard()


def _properties(key: str, name: str, **more: Any) -> str:
    return orjson.dumps({"id": key, "name": name, "displayName": name, "createdOn": 1_700_000_000_000, **more}).decode()


def _user(key: str, name: str = "Ada Example") -> str:
    address = f"{key[-8:]}@contoso.example"
    return _properties(
        key, name, firstName="Ada", lastName="Example", mail=address, email=address, userPrincipalName=address,
        username=address, jobTitle="Engineer", department=f"Department {key[-1]}", officeLocation="Zürich",
        usageLocation="CH", preferredLanguage="de-CH", businessPhones=["+41 44 000 00 00"], userType="Member",
        accountEnabled=True, active=True,
    )  # fmt: skip
