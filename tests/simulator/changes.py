"""Random changes to a tenant: what a directory sees in a day."""

import random
from typing import TYPE_CHECKING
from uuid import UUID

from tests.simulator.properties import DELETED, USER

if TYPE_CHECKING:
    from tests.simulator.tenant import Tenant

_KINDS = (
    "add user",
    "rename",
    "disable",
    "delete user",
    "restore",
    "purge",
    "add group",
    "delete group",
    "retitle",
    "join",
    "leave",
)
_WEIGHTS = (10, 15, 8, 6, 4, 2, 4, 2, 4, 25, 20)


def random_changes(tenant: "Tenant", n: int, seed: int) -> None:
    """Make n changes to users, groups and memberships, decided by the seed and by what is there.

    A change that finds nothing to act on (a restore where nothing is deleted) is drawn again.
    """
    rng = random.Random(f"changes-{seed}")
    users, groups, deleted = list(tenant.users), list(tenant.groups), _deleted(tenant)
    done = 0
    while done < n:
        done += _change(tenant, rng, rng.choices(_KINDS, _WEIGHTS)[0], users, groups, deleted)


def _deleted(tenant: "Tenant") -> list[str]:
    return [tenant.ids[place] for place in tenant.of_kind[USER] if tenant.state[place] == DELETED]


def _change(
    tenant: "Tenant", rng: random.Random, what: str, users: list[str], groups: list[str], deleted: list[str]
) -> bool:
    match what:
        case "add user":
            identity = _guid(rng)
            name = f"New Example {identity[:6]}"
            upn = f"new.{identity[:8]}@contoso.example"
            users.append(
                tenant.add_user({"id": identity, "displayName": name, "userPrincipalName": upn, "accountEnabled": True})
            )
        case "rename" if users:
            tenant.update(rng.choice(users), displayName=f"Renamed Ejemplo {rng.getrandbits(24):x}")
        case "disable" if users:
            identity = rng.choice(users)
            tenant.update(identity, accountEnabled=not tenant.users[identity]["accountEnabled"])
        case "delete user" if len(users) > 1:
            deleted.append(_take(rng, users))
            tenant.delete(deleted[-1])
        case "restore" if deleted:
            users.append(_take(rng, deleted))
            tenant.restore(users[-1])
        case "purge" if deleted:
            tenant.purge(_take(rng, deleted))
        case "add group":
            identity = _guid(rng)
            unified = ["Unified"] if rng.random() < 0.3 else []
            name = f"sg-new-{identity[:6]}"
            groups.append(
                tenant.add_group(
                    {"id": identity, "displayName": name, "groupTypes": unified, "securityEnabled": not unified}
                )
            )
        case "delete group" if len(groups) > 1:
            tenant.delete(_take(rng, groups))
        case "retitle" if groups:
            tenant.update(rng.choice(groups), description=f"Description {rng.getrandbits(24):x}")
        case "join" if groups and users:
            return _join(tenant, rng, users, groups)
        case "leave" if groups:
            return _leave(tenant, rng, groups)
        case _:
            return False
    return True


def _join(tenant: "Tenant", rng: random.Random, users: list[str], groups: list[str]) -> bool:
    group, member = rng.choice(groups), rng.choice(groups if rng.random() < 0.1 else users)
    if tenant.place[member] in tenant.members[tenant.place[group]]:
        return False
    tenant.add_member(group, member)
    return True


def _leave(tenant: "Tenant", rng: random.Random, groups: list[str]) -> bool:
    group = rng.choice(groups)
    members = tenant.members[tenant.place[group]]
    if not members:
        return False
    tenant.remove_member(group, tenant.ids[rng.choice(members)])
    return True


def _take(rng: random.Random, items: list[str]) -> str:
    at = rng.randrange(len(items))
    items[at], items[-1] = items[-1], items[at]
    return items.pop()


def _guid(rng: random.Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))
