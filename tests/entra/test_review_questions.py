"""The question about access reviews, against an independent computation, on tenants made up at random."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.question_graphs import DAY, Json, Made, ask, save

pytestmark = pytest.mark.every_area

DECISION = "azure_access_review_decision"
WHOSE, WHAT = f"{DECISION}_reviewed_user", f"{DECISION}_evaluates_user_group"
SEEDS = range(20)


def made_up(seed: int) -> Made:
    """Return users in groups, and what was decided about them; some of both are gone."""
    made, rng = Made(), random.Random(seed)
    users, groups = [f"user-{n}" for n in range(4)], [f"group-{n}" for n in range(3)]
    made.entities["azure_user"] = {key: {"displayName": f"The {key}"} for key in users[:3]}
    made.entities["azure_user_group"] = {
        key: {"displayName": f"The {key}", "isAssignableToRole": rng.choice([True, False, None])} for key in groups[:2]
    }
    made.ends["azure_user_group_has_user"] = {(rng.choice(groups), rng.choice(users)): {} for _ in range(4)}
    made.ends["azure_user_group_has_group"] = {(rng.choice(groups), rng.choice(groups)): {} for _ in range(2)}
    words = ["Approve", "Deny", "Deny", "Deny", "DontKnow", "NotReviewed"]
    made.entities[DECISION] = {
        f"decision-{n}": {"decision": rng.choice(words), "reviewedOn": rng.choice([None, DAY, 2 * DAY, 3 * DAY])}
        for n in range(12)
    }
    made.ends[WHOSE] = {(key, rng.choice(users)): {} for key in made.of(DECISION)}
    made.ends[WHAT] = {(key, rng.choice(groups)): {} for key in made.of(DECISION) if rng.random() < 0.8}
    return made


def denied(made: Made) -> Iterator[Json]:
    for user, of_user in made.of("azure_user").items():
        for group, of_group in made.of("azure_user_group").items():
            told: dict[str, list[int]] = {"Approve": [], "Deny": []}
            for key, of in made.of(DECISION).items():
                if {user} == made.targets(WHOSE, key) and {group} == made.targets(WHAT, key):
                    told.setdefault(of["decision"], []).append(of["reviewedOn"] or 0)
            last = max(told["Deny"], default=-1)
            if user in made.members(group) and last >= max(told["Approve"], default=0):
                on = datetime.fromtimestamp(last / 1000, UTC).date().isoformat() if last else None
                row = {"user": of_user["displayName"], "group": of_group["displayName"], "deniedOn": on, "key": user}
                yield {**row, "isAssignableToRole": of_group["isAssignableToRole"]}


def in_order(rows: list[Json]) -> list[list[tuple[str, str]]]:
    return sorted(sorted((name, str(value)) for name, value in row.items()) for row in rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_was_denied_and_is_a_member_all_the_same_is_told(seed: int) -> None:
    made = made_up(seed)
    save(made)
    as_stored = {True: 1, False: 0, None: None}
    wanted = [{**row, "isAssignableToRole": as_stored[row["isAssignableToRole"]]} for row in denied(made)]
    assert in_order(ask("denied-access-that-stays")) == in_order(wanted)


def test_the_tenants_show_all_there_is_to_tell() -> None:
    rows = [row for made in map(made_up, SEEDS) for row in denied(made)]
    assert {row["deniedOn"] is None for row in rows} == {True, False}
    assert len(rows) < len(SEEDS) * 6
