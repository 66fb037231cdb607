"""A made-up tenant of any size: the same arguments give the same tenant."""

import random
from array import array
from itertools import accumulate

from tests.simulator.made_up import fill
from tests.simulator.made_up.sizes import Sizes
from tests.simulator.made_up.values import guid as _guid
from tests.simulator.properties import CONTACT, DEVICE, GROUP, ORGANIZATION_ID, SERVICE_PRINCIPAL, USER, Json
from tests.simulator.tenant import Tenant

_GIVEN = (
    "Ada",
    "Zoë",
    "Ünal",
    "Łukasz",
    "Æsa",
    "Ngọc",
    "Иво",
    "Ελένη",
    "花子",
    "ليلى",
    "Ana",
    "Bo",
    "Cy",
    "Dee",
    "Eli",
    "Fay",
)
_SURNAMES = ("Example", "Beispiel", "Ejemplo", "Exemple", "Örnek", "Пример", "Παράδειγμα", "例", "مثال", "Esimerkki")
_DEPARTMENTS = ("Finance", "Sales", "Engineering", "Support", "Legal", None)
_LICENCES = ("11111111-aaaa-4bbb-8ccc-222222222222", "33333333-aaaa-4bbb-8ccc-444444444444")
_EMPTY_SHARE, _SKEW, _LARGEST_SHARE, _OTHER_SHARE = 0.06, 1.1, 0.9, 0.04


def synthetic_tenant(
    users: int = 1000, groups: int = 100, memberships: int = 5000, seed: int = 1, *, sizes: Sizes | None = None
) -> Tenant:
    """A tenant with exactly these numbers of listed users, groups and direct memberships.

    With ``sizes`` it has that much of everything else; without, only what groups need as members.

    Group sizes are skewed: a few hold most of the tenant, most hold under 20, some hold nobody. Members are mostly
    users; there are nested groups, a group that contains itself, a cycle, devices, service principals and contacts.
    Raises ValueError where the groups cannot hold that many members.
    """
    rng = random.Random(seed)
    domain = {
        "capabilities": "Email",
        "isDefault": True,
        "isInitial": True,
        "name": "contoso.example",
        "type": "Managed",
    }
    organization = {"id": ORGANIZATION_ID, "displayName": "Contoso Synthetic Tenant", "tenantType": "AAD"}
    tenant = Tenant({**organization, "verifiedDomains": [domain]})
    for n in range(users):
        tenant.add(USER, _user(n, rng))
    for n in range(groups):
        tenant.add(GROUP, _group(n, rng))
    for n in range(sizes.devices if sizes else max(1, users // 20)):
        tenant.add(
            DEVICE,
            {"id": _guid(rng), "displayName": f"LAPTOP-{n:05}", "operatingSystem": "Windows", "accountEnabled": True},
        )
    for n in range(sizes.service_principals if sizes else max(1, users // 100)):
        app = {
            "id": _guid(rng),
            "appId": _guid(rng),
            "displayName": f"batch-job-{n}",
            "servicePrincipalType": "Application",
        }
        tenant.add(SERVICE_PRINCIPAL, app)
    for n in range(max(1, users // 200)):
        tenant.add(CONTACT, {"id": _guid(rng), "displayName": f"Contact {n}", "mail": f"contact.{n}@fabrikam.example"})
    _link(tenant, memberships, rng)
    if sizes:
        fill(tenant, sizes, seed)
    tenant.log.clear()
    return tenant


def _link(tenant: Tenant, memberships: int, rng: random.Random) -> None:
    groups = tenant.of_kind[GROUP].tolist()
    people = tenant.of_kind[USER].tolist()
    others = [place for kind in (DEVICE, SERVICE_PRINCIPAL, CONTACT) for place in tenant.of_kind[kind]]
    rng.shuffle(groups)
    filled = groups[: max(1, round(len(groups) * (1 - _EMPTY_SHARE)))] if groups else []
    edges: set[tuple[int, int]] = set()
    if len(filled) > 2 and memberships >= 3:
        edges |= {(filled[0], filled[0]), (filled[1], filled[2]), (filled[2], filled[1])}
    room = int(memberships * _OTHER_SHARE)
    while filled and len(edges) < room:
        edges.add((rng.choice(filled), rng.choice(filled if rng.random() < 0.5 else others)))
    members: dict[int, list[int]] = {group: [] for group in filled}
    for group, member in sorted(edges):
        members[group].append(member)
    for group, size in zip(filled, _sizes(len(filled), memberships - len(edges), len(people)), strict=True):
        tenant.members[group] = array("i", sorted(members[group] + rng.sample(people, size)))
        for owner in rng.sample(people, min(len(people), 1)):
            tenant.owners[group].append(owner)


def _sizes(groups: int, total: int, people: int) -> list[int]:
    """How many users each group holds: a power law with a ceiling, summing to the total."""
    if total > groups * people:
        raise ValueError(f"{groups} groups of {people} users cannot hold {total} memberships")
    sizes, left = [0] * groups, total
    ceiling = max(1, int(people * _LARGEST_SHARE))
    weights = [1 / (rank + 1) ** _SKEW for rank in range(groups)]
    tails = list(accumulate(reversed(weights)))[::-1]
    for rank in range(groups):
        sizes[rank] = min(ceiling, round(left * weights[rank] / tails[rank]))
        left -= sizes[rank]
    for rank in range(groups):
        more = min(people - sizes[rank], left)
        sizes[rank] += more
        left -= more
    return sizes


def _user(n: int, rng: random.Random) -> Json:
    given, surname = rng.choice(_GIVEN), rng.choice(_SURNAMES)
    guest, synced = rng.random() < 0.08, rng.random() < 0.4
    address = f"guest.{n}@fabrikam.example" if guest else f"user.{n}@contoso.example"
    user: Json = {
        "id": _guid(rng),
        "displayName": f"{given} {surname} {n}",
        "givenName": given,
        "surname": surname,
        "userPrincipalName": address.replace("@", "_") + "#EXT#@contoso.example" if guest else address,
        "mail": None if rng.random() < 0.1 else address,
        "accountEnabled": rng.random() >= 0.07,
        "userType": "Guest" if guest else "Member",
        "createdDateTime": f"20{rng.randint(15, 25)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T08:30:00Z",
        "department": rng.choice(_DEPARTMENTS),
        "jobTitle": rng.choice(("Analyst", "Clerk", None)),
        "usageLocation": rng.choice(("GB", "DE", "JP")),
        "assignedLicenses": [] if guest else _ASSIGNED[rng.randrange(2)],
    }
    if guest:
        user["externalUserState"] = "Accepted" if rng.random() < 0.8 else "PendingAcceptance"
    elif synced:
        user |= {
            "onPremisesSyncEnabled": True,
            "onPremisesSamAccountName": f"user{n}",
            "onPremisesImmutableId": f"immutable-{n}",
            "onPremisesLastSyncDateTime": "2026-01-14T05:31:07Z",
        }
    if user["mail"]:
        user["proxyAddresses"] = [f"SMTP:{address}"]
    return user


_ASSIGNED: tuple[list[Json], ...] = tuple([{"disabledPlans": [], "skuId": sku}] for sku in _LICENCES)


def _group(n: int, rng: random.Random) -> Json:
    unified, dynamic = rng.random() < 0.3, rng.random() < 0.1
    types = [name for name, has in (("Unified", unified), ("DynamicMembership", dynamic)) if has]
    return {
        "id": _guid(rng),
        "displayName": f"{'team' if unified else 'sg'}-{rng.choice(('büro', 'finance', '東京', 'sales', 'ops'))}-{n}",
        "description": rng.choice(("Everybody concerned", None)),
        "createdDateTime": f"20{rng.randint(15, 25)}-06-15T09:30:12Z",
        "groupTypes": types,
        "mail": f"team.{n}@contoso.example" if unified else None,
        "mailEnabled": unified,
        "mailNickname": f"group-{n}",
        "securityEnabled": not unified,
        "membershipRule": '(user.department -eq "Finance")' if dynamic else None,
        "membershipRuleProcessingState": "On" if dynamic else None,
        "visibility": rng.choice(("Private", "Public")) if unified else None,
    }
