"""Every pair of every relation of a tenant made up here, compared with what was put in, also after changes."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration import load
from integration.testing import GraphServer, run_steps

pytestmark = pytest.mark.every_area

MANAGER = load()
TENANT = "aaaabbbb-0000-1111-2222-ccccdddd0000"
UNITS, ROLES = "/directory/administrativeUnits", "/roleManagement/directory/roleDefinitions"
ASSIGNMENTS = "/roleManagement/directory/roleAssignments"
KINDS = {
    "user": ("/users", 60),
    "group": ("/groups", 25),
    "device": ("/devices", 30),
    "servicePrincipal": ("/servicePrincipals", 12),
    "application": ("/applications", 8),
    "unit": (UNITS, 6),
    "role": (ROLES, 5),
}
"""Where each kind is listed, and how many there are."""
SKUS = [f"sku-{number:04}" for number in range(3)]
RELATIONS: dict[tuple[str, str], tuple[str, ...]] = {
    ("group", "members"): ("user", "group", "device"),
    ("group", "owners"): ("user", "servicePrincipal"),
    ("unit", "members"): ("user", "group", "device"),
    ("device", "registeredUsers"): ("user",),
    ("device", "registeredOwners"): ("user",),
    ("application", "owners"): ("user", "servicePrincipal"),
    ("servicePrincipal", "owners"): ("user", "servicePrincipal"),
    ("servicePrincipal", "memberOf"): ("group",),
    ("servicePrincipal", "ownedObjects"): ("application", "group", "servicePrincipal"),
    ("user", "manager"): ("user",),
}
"""What is related to what, and the kinds of the children."""
OF_KIND = {"user": "azure_user", "group": "azure_user_group", "device": "azure_device"}
OF_KIND |= {"servicePrincipal": "azure_service_principal", "application": "azure_application"}


class Model:
    """A tenant as plain sets, and the same at a server: every change is made to both."""

    def __init__(self, graph: GraphServer, seed: int) -> None:
        self.graph, self.rng = graph, random.Random(seed)
        self.objects: dict[str, list[str]] = {kind: [] for kind in KINDS}
        self.pairs: set[tuple[str, str, str, str, str]] = set()
        self.assigned: dict[str, tuple[str, str, str]] = {}
        self.licences: dict[str, set[str]] = {}
        self._numbers = iter(range(1_000_000))
        graph.add("/organization", {"id": TENANT, "displayName": "Contoso"})
        graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"id": "defaults", "isEnabled": True})
        graph.add("/subscribedSkus", *({"id": f"t_{sku}", "skuId": sku, "servicePlans": []} for sku in SKUS))
        graph.add(ASSIGNMENTS)
        for kind, (path, count) in KINDS.items():
            graph.add(path)
            for _ in range(count):
                self.appear(kind)
        for _ in range(600):
            self.relate()
        for _ in range(80):
            self.assign()
        for user in self.objects["user"][::3]:
            self.license(user)
        crowded = self.objects["device"][0], self.objects["group"][0]
        for user in self.objects["user"][:41]:
            self.link("device", crowded[0], "registeredUsers", "user", user)
            self.link("group", crowded[1], "owners", "user", user)

    def appear(self, kind: str) -> None:
        key = f"{kind}-{next(self._numbers):05}"
        self.objects[kind].append(key)
        self.graph.add(KINDS[kind][0], {"id": key, **self._more(kind, key)})
        for parent, relation in RELATIONS:
            if parent == kind:
                self.graph.relate(KINDS[kind][0], key, relation)

    def vanish(self) -> None:
        kind = self.rng.choice(["user", "group", "device", "servicePrincipal", "application", "unit"])
        key = self.rng.choice(self.objects[kind])
        self.objects[kind].remove(key)
        self.graph.remove(KINDS[kind][0], key)
        self.pairs = {pair for pair in self.pairs if key not in (pair[1], pair[4])}

    def relate(self) -> None:
        parent, relation = self.rng.choice(list(RELATIONS))
        child = self.rng.choice(RELATIONS[parent, relation])
        one, other = self.rng.choice(self.objects[parent]), self.rng.choice(self.objects[child])
        if relation != "manager" or not any(pair[1:3] == (one, "manager") for pair in self.pairs):
            self.link(parent, one, relation, child, other)

    def link(self, parent: str, one: str, relation: str, child: str, other: str) -> None:
        self.pairs.add((parent, one, relation, child, other))
        self.graph.relate(KINDS[parent][0], one, relation, other)

    def unrelate(self) -> None:
        parent, one, relation, child, other = self.rng.choice(sorted(self.pairs))
        self.pairs.remove((parent, one, relation, child, other))
        self.graph.unrelate(KINDS[parent][0], one, relation, other)

    def assign(self) -> None:
        key = f"Assignment-{next(self._numbers):05}-aB"
        principal = self.rng.choice(self.objects[self.rng.choice(["user", "group", "servicePrincipal"])])
        place = self.rng.choice(["device", "user", "group", "servicePrincipal", "application"])
        object, unit = self.rng.choice(self.objects[place]), self.rng.choice(self.objects["unit"])
        scope = self.rng.choice(["/", "/", f"/{object}", f"/administrativeUnits/{unit}", "/attributeSets/x"])
        self.assigned[key] = (principal, self.rng.choice(self.objects["role"]), scope)
        names = ("principalId", "roleDefinitionId", "directoryScopeId")
        self.graph.add(ASSIGNMENTS, {"id": key, **dict(zip(names, self.assigned[key], strict=True))})

    def resign(self) -> None:
        key = self.rng.choice(sorted(self.assigned))
        del self.assigned[key]
        self.graph.remove(ASSIGNMENTS, key)

    def license(self, user: str) -> None:
        self.licences[user] = set(self.rng.sample(SKUS, self.rng.randrange(1, 3)))
        self.graph.add("/users", {"id": user, **self._more("user", user)})

    def change(self, times: int) -> None:
        for _ in range(times):
            what = self.rng.choice(["appear", "vanish", "relate", "relate", "unrelate", "assign", "resign", "license"])
            if what == "appear":
                self.appear(self.rng.choice(list(KINDS)))
            elif what == "license":
                self.license(self.rng.choice(self.objects["user"]))
            else:
                getattr(self, what)()

    def _more(self, kind: str, key: str) -> dict[str, Any]:
        states = [{"skuId": sku, "state": "Active"} for sku in sorted(self.licences.get(key, ()))]
        named = {"displayName": key, "licenseAssignmentStates": states} if kind == "user" else {"displayName": key}
        return {**named, "appId": f"app-id-of-{key}"} if kind in ("application", "servicePrincipal") else named

    def key(self, id: str) -> str:
        return f"app-id-of-{id}" if id in self.objects["application"] else id

    def expected(self) -> dict[str, set[tuple[str, str]]]:
        """The pairs of each type of relationship, as they follow from what Graph's relations mean."""
        found: dict[str, set[tuple[str, str]]] = {type: set() for type in TYPES}
        for parent, one, relation, child, other in self.pairs:
            found[_type(parent, relation, child)].add(self._ends(one, relation, other))
        alive = {id: kind for kind, ids in self.objects.items() for id in ids}
        for key, (principal, role, scope) in self.assigned.items():
            if principal in alive:
                who = OF_KIND[alive[principal]]
                found[f"{who}_has_ad_role_definition"].add((principal, role))
                found[f"{who}_assigned_ad_role_assignment"].add((principal, key))
            found["azure_ad_role_assignment_uses_definition"].add((key, role))
            allows, of_unit = "azure_ad_role_assignment_allows", scope.removeprefix("/administrativeUnits/")
            if scope == "/":
                found[f"{allows}_account"].add((key, TENANT))
            elif of_unit != scope:
                found[f"{allows}_administrative_unit"].add((key, of_unit))
            elif scope[1:] in alive:
                what = OF_KIND[alive[scope[1:]]].removeprefix("azure_")
                found[f"{allows}_{what}"].add((key, self.key(scope[1:])))
        for user, skus in self.licences.items():
            if user in alive:
                found["azure_user_assigned_subscribed_sku"] |= {(user, f"azure_subscribed_sku:{sku}") for sku in skus}
        return found

    def _ends(self, one: str, relation: str, other: str) -> tuple[str, str]:
        of_child = relation in ("owners", "registeredUsers", "registeredOwners", "manager", "memberOf")
        return (other, self.key(one)) if of_child else (one, self.key(other))


def _type(parent: str, relation: str, child: str) -> str:
    """The type of the relationship that a pair of Graph's makes."""
    if relation == "members":
        whole = "azure_administrative_unit" if parent == "unit" else "azure_user_group"
        name = "group" if (whole, child) == ("azure_user_group", "group") else OF_KIND[child].removeprefix("azure_")
        return f"{whole}_has_{name}"
    if relation == "memberOf":
        return "azure_user_group_has_service_principal"
    if relation == "manager":
        return "azure_user_manages_user"
    if parent == "device":
        return "azure_user_has_device" if relation == "registeredUsers" else "azure_user_owns_device"
    owner, owned = (child, parent) if relation == "owners" else (parent, child)
    if owner == "user":
        return {"group": "azure_user_owns_group"}.get(owned, f"azure_user_owns_{OF_KIND[owned].removeprefix('azure_')}")
    name = {"servicePrincipal": "principal", "group": "user_group", "application": "application"}[owned]
    return f"azure_service_principal_owns_{name}"


def _types() -> Iterator[str]:
    for (parent, relation), children in RELATIONS.items():
        yield from (_type(parent, relation, child) for child in children)
    for who in ("azure_user", "azure_user_group", "azure_service_principal"):
        yield from (f"{who}_has_ad_role_definition", f"{who}_assigned_ad_role_assignment")
    for what in ("account", "administrative_unit", *(kind.removeprefix("azure_") for kind in OF_KIND.values())):
        yield f"azure_ad_role_assignment_allows_{what}"
    yield from ("azure_ad_role_assignment_uses_definition", "azure_user_assigned_subscribed_sku")


TYPES = list(dict.fromkeys(_types()))


@pytest.mark.parametrize("seed", [1, 2])
def test_every_pair_is_there_and_no_other(seed: int, graph: GraphServer, tmp_path: Path) -> None:
    graph.page_size = 17
    model = Model(graph, seed)
    for changes in (0, 40, 150):
        model.change(changes)
        ran = run_steps(*TYPES, source=graph, manager=MANAGER, out=tmp_path / "run")
        assert {type: ran.report.of(type).reason for type in TYPES if ran.verdicts[type] != "complete"} == {}
        expected = model.expected()
        assert all(expected.values())
        found = {
            type: {(record["_fromEntityKey"], record["_toEntityKey"]) for record in ran.records[type]} for type in TYPES
        }
        wrong = {type: found[type] ^ expected[type] for type in TYPES if found[type] != expected[type]}
        assert wrong == {}
