"""Entitlement management against an independent computation, on the demo and on tenants made up at random."""

import json
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from integration import Report, load, plan, run
from integration.config.settings import Config
from integration.sdk.plugins import declared_steps
from integration.text.secret import Secret
from tests.simulator import Simulator, Tenant, demo_tenant, license_tenant
from tests.simulator.areas.governance import FINANCE, GONE, MANAGEMENT
from tests.simulator.demo_ids import group_id, user_id
from tests.simulator.properties import APPLICATION, SERVICE_PRINCIPAL

pytestmark = pytest.mark.every_area

MODULES = ("entra.access_package", "entra.connected_organization")
MANAGER = load()
TYPES = [step.name for step in declared_steps(MANAGER) if step.module.startswith(MODULES)]
ON_DEMAND = {"azure_access_packages_request", "azure_access_packages_approver",
             "azure_user_created_access_packages_request", "azure_access_packages_approver_is_user",
             "azure_access_packages_services_has_request", "azure_access_packages_request_has_approver"}  # fmt: skip
Json = dict[str, Any]
Edge = tuple[str, str, str, Json]
SEEDS = range(6)
SUBJECTS = ["user", "User", "servicePrincipal", "notSpecified"]


def read(simulator: Simulator, only: list[str] | None = None, out: str = "out") -> Report:
    config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
    return run(MANAGER, plan(MANAGER, only=TYPES if only is None else only), config, out=out)


def recorded(table: str) -> Iterator[tuple[str, str, Json]]:
    with closing(sqlite3.connect(Path("out") / "graph.db")) as database:
        for key, type, properties in database.execute(f"SELECT _key, _type, properties FROM {table}"):
            if type in TYPES:
                yield key, type, json.loads(properties or "{}")


def strange(seed: int) -> Tenant:
    """The demo, with policies, assignments, packages and resources as no page of a reference shows them."""
    rng, tenant = random.Random(seed), demo_tenant()
    put, packages = tenant.contents.put, [*tenant.contents.values(f"{MANAGEMENT}/accessPackages")]
    policies = tenant.contents.keys(f"{MANAGEMENT}/assignmentPolicies")
    principals = [*tenant.objects(SERVICE_PRINCIPAL)]
    people = [None, GONE, *map(user_id, range(1, 6))]
    origins = [*principals, group_id(1), group_id(2), GONE, None]

    def subjects() -> list[Json] | None:
        some: list[Json] = [
            {"userId": rng.choice(people)},
            {"groupId": group_id(rng.randint(1, 4))},
            {"managerLevel": 1},
            {},
        ]
        return rng.choice((None, [], rng.choices(some, k=rng.randint(1, 5))))

    for number in range(12):
        package = rng.choice([None, *({"id": each["id"]} for each in packages)])
        stages: Any = rng.choice([None, [{"primaryApprovers": subjects()} for _ in range(rng.randint(0, 3))], [{}]])
        row: Json = {"id": f"policy-{seed}-{number:03}", "displayName": rng.choice([None, "", "P"])}
        row |= {"accessPackage": package, "specificAllowedTargets": subjects()}
        row |= {"requestApprovalSettings": rng.choice([None, {"stages": stages}])}
        row |= {"expiration": rng.choice([None, {}, {"endDateTime": "2027-01-01T00:00:00Z"}])}
        put(f"{MANAGEMENT}/assignmentPolicies", row)
        target = rng.choice([None, {}, {"objectId": rng.choice(people), "subjectType": rng.choice(SUBJECTS)}])
        until = rng.choice([None, f"20{rng.randint(26, 40)}-01-01T00:00:00Z"])
        row = {"id": f"assignment-{seed}-{number:03}", "target": target, "accessPackage": package}
        row |= {"state": rng.choice(["delivered", "Delivered", "expired", "partiallyDelivered", None])}
        row |= {"schedule": rng.choice([None, {}, *[{"expiration": {"endDateTime": until}}] * 4])}
        row |= {"assignmentPolicy": rng.choice([None, {"id": rng.choice(policies)}])}
        put(f"{MANAGEMENT}/assignments", row)
        row = {"id": f"resource-{seed}-{number:03}", "originId": rng.choice(origins)}
        row |= {"originSystem": rng.choice(["AadGroup", "AadApplication", "aadapplication", "SharePointOnline", None])}
        put(f"{MANAGEMENT}/catalogs/{rng.choice(tenant.contents.keys(f'{MANAGEMENT}/catalogs'))}/resources", row)
        role = rng.choice([None, {}, {"displayName": rng.choice(["Member", "Owner", "User", None])}])
        scope = rng.choice([None, {}, {"originId": rng.choice(origins), "originSystem": row["originSystem"]}])
        given = {"id": f"given-{seed}-{number:03}", "role": role, "scope": scope}
        chosen = rng.choice(packages)
        chosen["resourceRoleScopes"].append(given)
        put(f"{MANAGEMENT}/accessPackages", chosen)
    return tenant


def milliseconds(time: str | None) -> int | None:
    return None if time is None else int(datetime.fromisoformat(time).timestamp() * 1000)


class Truth:
    """What there is to be read, computed from what the tenant holds and from nothing that the steps use."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.catalogs, self.packages = self.rows("catalogs"), self.rows("accessPackages")
        self.policies, self.assignments = self.rows("assignmentPolicies"), self.rows("assignments")
        self.requests, self.organizations = self.rows("assignmentRequests"), self.rows("connectedOrganizations")
        registered = {row["appId"] for row in tenant.objects(APPLICATION).values()}
        services = {id: row["appId"] for id, row in tenant.objects(SERVICE_PRINCIPAL).items()}
        self.own = {id: app for id, app in services.items() if app in registered}

    def rows(self, name: str) -> list[Json]:
        return [*self.tenant.contents.values(f"{MANAGEMENT}/{name}")]

    def resources(self) -> Iterator[tuple[str, Json]]:
        for catalog in self.catalogs:
            for row in self.rows(f"catalogs/{catalog['id']}/resources"):
                yield catalog["id"], row

    def stages(self) -> Iterator[tuple[str, Json]]:
        for request in self.requests:
            for row in self.rows(f"accessPackageAssignmentApprovals/{request['id']}/stages"):
                yield request["id"], row

    def entities(self) -> set[tuple[str, str]]:
        found = {
            (f"azure_access_packages_catalog_{row['id']}", "azure_access_packages_catalog") for row in self.catalogs
        }
        found |= {(row["id"], "azure_access_packages_services") for row in self.packages}
        found |= {(row["id"], "azure_access_packages_policy") for row in self.policies}
        found |= {(row["id"], "azure_access_packages_service_assignment") for row in self.assignments}
        found |= {(row["id"], "azure_access_packages_request") for row in self.requests}
        found |= {(row["id"], "azure_connected_organization") for row in self.organizations}
        found |= {(row["id"], "azure_access_package_resource") for _, row in self.resources()}
        return found | {
            (f"{row['id']}/requestApproverKey", "azure_access_packages_approver") for _, row in self.stages()
        }

    def edges(self) -> Iterator[tuple[str, str, str]]:
        for container in self.catalogs:
            for inside in container["accessPackages"]:
                yield f"azure_access_packages_catalog_{container['id']}", "contains", inside["id"]
        for id, row in self.resources():
            catalog = f"azure_access_packages_catalog_{id}"
            yield catalog, "has", row["id"]
            system = (row["originSystem"] or "").lower()
            if row["originId"] and system in ("aadgroup", "aadapplication"):
                yield row["id"], "is", row["originId"]
            if system == "aadapplication" and row["originId"] in self.own:
                yield self.own[row["originId"]], "assigned", catalog
        for policy in self.policies:
            if policy["accessPackage"]:
                yield policy["accessPackage"]["id"], "has", policy["id"]
                for each in policy["specificAllowedTargets"] or []:
                    if "groupId" in each:
                        yield each["groupId"], "assigned", policy["accessPackage"]["id"]
            for each in policy["specificAllowedTargets"] or []:
                if asking := each.get("userId") or each.get("groupId") or each.get("connectedOrganizationId"):
                    yield policy["id"], "allows", asking
            for stage in (policy["requestApprovalSettings"] or {}).get("stages") or []:
                for each in stage.get("primaryApprovers") or []:
                    if approver := each.get("userId") or each.get("groupId"):
                        yield policy["id"], "assigned", approver
        for row in self.assignments:
            if row["accessPackage"]:
                yield row["accessPackage"]["id"], "has", row["id"]
            if row["assignmentPolicy"]:
                yield row["id"], "contains", row["assignmentPolicy"]["id"]
            target = row["target"] or {}
            if target.get("objectId") and target["subjectType"].lower() in ("user", "serviceprincipal"):
                yield target["objectId"], "assigned", row["id"]
        for user, package in self.holding():
            yield user, "assigned", package
        for row in self.requests:
            yield row["requestor"]["objectId"], "created", row["id"]
            yield row["accessPackage"]["id"], "has", row["id"]
        for request, stage in self.stages():
            yield request, "has", f"{stage['id']}/requestApproverKey"
            if stage["reviewedBy"]:
                yield f"{stage['id']}/requestApproverKey", "is", stage["reviewedBy"]["id"]
        for row in self.organizations:
            for source in row["identitySources"]:
                if "tenantId" in source:
                    yield row["id"], "is", f"azure_external_tenant:{source['tenantId'].lower()}"
        for package, origin, system in self.given():
            if system in ("aadgroup", "aadapplication"):
                yield package, "allows", origin
            if system == "aadapplication" and origin in self.own:
                yield package, "has", self.own[origin]

    def given(self) -> dict[tuple[str, str, str], set[str]]:
        """The names of the roles that each package gives in each origin."""
        found: dict[tuple[str, str, str], set[str]] = {}
        for package in self.packages:
            for each in package["resourceRoleScopes"]:
                scope, role = each["scope"] or {}, each["role"] or {}
                if origin := scope.get("originId"):
                    names = found.setdefault((package["id"], origin, (scope["originSystem"] or "").lower()), set())
                    names |= {role["displayName"]} if role.get("displayName") else set()
        return found

    def holding(self) -> dict[tuple[str, str], int | None]:
        """Until when each user has each package."""
        found: dict[tuple[str, str], list[int | None]] = {}
        for row in self.assignments:
            target = row["target"] or {}
            is_user = target.get("objectId") and target["subjectType"].lower() == "user"
            if is_user and row["accessPackage"] and (row["state"] or "").lower() == "delivered":
                ends = ((row["schedule"] or {}).get("expiration") or {}).get("endDateTime")
                found.setdefault((target["objectId"], row["accessPackage"]["id"]), []).append(milliseconds(ends))
        return {pair: None if None in ends else max(each or 0 for each in ends) for pair, ends in found.items()}


MAKERS: list[Callable[[], Tenant]] = [demo_tenant, *((lambda seed=seed: strange(seed)) for seed in SEEDS)]


@pytest.mark.parametrize("make", MAKERS, ids=["demo", *map(str, SEEDS)])
def test_every_record_is_the_one_that_the_tenant_has(make: Callable[[], Tenant]) -> None:
    tenant = make()
    truth = Truth(tenant)
    with Simulator(tenant) as simulator:
        report = read(simulator)
    assert {type: report.of(type).reason for type in TYPES if report.of(type).verdict != "complete"} == {}
    assert {result.type: result.problems.get("rejected") for result in report.results if result.type in TYPES} == (
        dict.fromkeys(TYPES)
    )
    assert {(key, type) for key, type, _ in recorded("entities")} == truth.entities()
    edges = {key: of for key, _, of in recorded("relationships")}
    assert {*edges} == {"|".join(edge) for edge in truth.edges()}
    ends = {pair: edges["|".join((pair[0], "assigned", pair[1]))].get("expiresOn") for pair in truth.holding()}
    assert ends == truth.holding()
    roles = {(package, origin): names for (package, origin, system), names in truth.given().items()
             if system in ("aadgroup", "aadapplication")}  # fmt: skip
    told = {(package, origin): edges[f"{package}|allows|{origin}"].get("role") for package, origin in roles}
    assert told == {pair: ", ".join(sorted(names)) or None for pair, names in roles.items()}


def test_what_a_policy_asks_for_and_who_approves_is_told() -> None:
    with Simulator(demo_tenant()) as simulator:
        read(simulator)
    found = {key: of for key, type, of in recorded("entities") if type == "azure_access_packages_policy"}
    asking, opened, automatic, chosen = (found[key] for key in sorted(found))
    assert asking["approvalRequiredForAdd"] is True
    assert asking["approverUserIds"] == sorted([GONE, user_id(1)])
    assert asking["approverGroupIds"] == [group_id(7)]
    assert asking["approverKinds"] == ["groupMembers", "requestorManager", "singleUser"]
    assert (asking["allowedUserIds"], asking["allowedGroupIds"]) == ([user_id(4)], [group_id(3)])
    assert (asking["reviewEnabled"], asking["accessPackageId"]) == (True, FINANCE)
    assert (asking["expirationDuration"], "expiresOn" in asking) == ("P365D", False)
    ends = opened["expirationEndOn"]
    assert (opened["expirationEndDateTimeOn"], opened["expiresOn"], ends) == (ends, ends, 1814313600000)
    assert opened["allowedConnectedOrganizationIds"]
    assert (opened["approvalRequiredForAdd"], automatic["autoAssign"]) == (False, True)
    assert chosen["allowedTargetScope"] == "allMemberUsers"


def test_who_was_deleted_is_kept_and_counted() -> None:
    with Simulator(demo_tenant()) as simulator:
        report = read(simulator)
    dangling = {type: report.of(type).problems.get("danglingEnds", {}).get("count", 0) for type in TYPES}
    assert {type: count for type, count in dangling.items() if count} == {
        "azure_access_package_resource_is_user_group": 1,
        "azure_access_packages_policy_assigned_user": 1,
        "azure_access_packages_services_allows_user_group": 1,
        "azure_user_assigned_access_packages_service_assignment": 1,
        "azure_user_assigned_access_packages_services": 1,
        "azure_user_created_access_packages_request": 1,
    }


def test_nobody_s_reasons_are_kept() -> None:
    with Simulator(demo_tenant()) as simulator:
        read(simulator)
    kept = b"".join(path.read_bytes() for path in Path("out").rglob("*") if path.is_file())
    assert b"somebody is known to me" not in kept
    assert b"I work for somebody now" not in kept


def test_a_tenant_without_a_licence_is_skipped_in_words() -> None:
    tenant = demo_tenant()
    license_tenant(tenant, ["AAD_PREMIUM"])
    with Simulator(tenant) as simulator:
        report = read(simulator)
    results = [report.of(type) for type in TYPES]
    assert {result.verdict for result in results} == {"skipped"}
    assert "not licensed: the tenant has no AAD_PREMIUM_P2 or Entra_Identity_Governance" in {
        result.reason for result in results
    }
    assert report.exit_code() == 0


def test_without_the_permission_each_type_says_which_one_it_lacks() -> None:
    reading = ("User.Read.All", "GroupMember.Read.All", "Application.Read.All", "LicenseAssignment.Read.All")
    with Simulator(demo_tenant(), roles=reading) as simulator:
        report = read(simulator)
    first = report.of("azure_access_packages_catalog")
    assert first.verdict == "failed"
    assert "EntitlementManagement.Read.All" in first.reason
    assert report.of("azure_access_packages_services").verdict == "failed"


def test_a_full_read_takes_few_requests_and_leaves_out_what_only_grows() -> None:
    with Simulator(demo_tenant()) as simulator:
        read(simulator, [type for type in TYPES if type not in ON_DEMAND])
        stats, place = simulator.stats, MANAGEMENT.removeprefix("/")
    asked = {path.removeprefix(f"{place}/"): n for path, n in stats.requests.items() if path.startswith(place)}
    inner = {path.removeprefix(f"{place}/"): n for path, n in stats.inner.items() if path.startswith(place)}
    assert asked == dict.fromkeys(
        ("catalogs", "accessPackages", "assignmentPolicies", "assignments", "connectedOrganizations"), 1
    )
    parents = {"catalogs": 3, "accessPackages": 3}
    assert Counter(path.partition("/")[0] for path in inner) == parents
    assert {*inner.values()} == {1}
    assert not ON_DEMAND & {step.name for step in plan(MANAGER).steps}
