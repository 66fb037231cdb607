"""A list that comes within an object (``$expand``) is whole, or its type is not complete: whatever cut it short."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import steps
from tests.little_tenant import GROUPS, LittleTenant, read, serving

pytestmark = pytest.mark.every_area

MANAGEMENT = "/identityGovernance/entitlementManagement"
ROLE = {"id": "role-0001", "displayName": "Role", "rolePermissions": []}
ROLES = "/roleManagement/directory/roleDefinitions"
Records = list[tuple[str, str]]
MOST = 20
"""As many as Graph expands at most, without a word (Known issues with Microsoft Graph)."""


class Place(NamedTuple):
    """Where a list comes within an object: a type that is made of it, the listing, and the way to the list."""

    type: str
    path: str
    way: tuple[str, ...]
    module: str

    def row(self, listed: Any, **beside: Any) -> dict[str, Any]:
        """Return an object with the list, and what is said beside it."""
        *above, name = self.way
        inner: dict[str, Any] = {name: listed, **beside}
        for each in reversed(above):
            inner = {each: {"id": "inner-0001", **inner}}
        empty: dict[str, Any] = {"includes": [], "excludes": []}
        return {"id": "object-0001", "displayName": "One", "roleDefinitionId": ROLE["id"], **empty, **inner}


GRANTS, POLICIES = "/policies/permissionGrantPolicies", "/policies/roleManagementPolicyAssignments"
COMPLIANCE, CONFIGURATION = "/deviceManagement/deviceCompliancePolicies", "/deviceManagement/deviceConfigurations"
PLACES = [
    Place("azure_permission_grant_policy", GRANTS, ("includes",), "permission_grant_policy"),
    Place("azure_permission_grant_policy", GRANTS, ("excludes",), "permission_grant_policy"),
    Place("intune_compliance_policy", COMPLIANCE, ("assignments",), "device_policy"),
    Place("intune_compliance_policy_assigned_azure_user_group", COMPLIANCE, ("assignments",), "device_policy"),
    Place("intune_device_configuration", CONFIGURATION, ("assignments",), "device_policy"),
    Place("intune_managed_application", "/deviceAppManagement/mobileApps", ("assignments",), "managed_application"),
    Place("azure_access_packages_catalog", f"{MANAGEMENT}/catalogs", ("accessPackages",), "access_package_catalog"),
    Place("azure_role_management_policy", POLICIES, ("policy", "rules"), "role_management_policy"),
    Place("azure_role_management_policy_assigned_user", POLICIES, ("policy", "rules"), "role_management_policy"),
    Place("azure_privileged_access_group_policy", POLICIES, ("policy", "rules"), "privileged_access_group_policy"),
    Place(
        "azure_privileged_access_group_policy_assigned_user",
        POLICIES,
        ("policy", "rules"),
        "privileged_access_group_policy",
    ),
    Place(
        "azure_custom_security_attribute_definition",
        "/directory/customSecurityAttributeDefinitions",
        ("allowedValues",),
        "custom_security_attribute",
    ),
    Place(
        "intune_device_enrollment_configuration",
        "/deviceManagement/deviceEnrollmentConfigurations",
        ("assignments",),
        "device_enrollment",
    ),
    Place(
        "azure_external_domain_federation",
        "/directory/federationConfigurations/graph.samlOrWsFedExternalDomainFederation",
        ("domains",),
        "domain_federation",
    ),
]
SINGLE = {
    "_packages": "target, accessPackage, assignmentPolicy and requestor",
    "_partners": "identitySynchronization",
    "lifecycle_workflow": "createdBy",
    "role_assignment_schedule": "activatedUsing",
}
"""Modules that expand single objects alone, which nothing cuts short."""
SHARED = {"_pim_rules"}
"""Modules that write down an expansion for the modules of places."""
each_place = pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.type}-{place.way[-1]}")


def item(number: int) -> dict[str, Any]:
    """Return an object that each of the lists may have, and that every type shows."""
    id = f"{number:08}-0000-4000-8000-000000000000"
    target = {"@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": id}
    approver = {"@odata.type": "#microsoft.graph.singleUser", "userId": id}
    return {
        "id": "Approval_EndUser_Assignment" if number == 1 else f"Notification_Admin_{id}",
        "permissionType": id,
        "target": target,
        "setting": {"approvalStages": [{"primaryApprovers": [approver]}]},
        "notificationRecipients": [id],
        "isActive": True,
    }


def items(first: int, last: int) -> list[dict[str, Any]]:
    return [item(number) for number in range(first, last + 1)]


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        tenant.always("/subscribedSkus", 403, {"error": {"code": "Authorization_RequestDenied"}})
        tenant.always(ROLES, 200, {"value": [ROLE]})
        tenant.always("/groups", 200, {"value": [{"id": GROUPS[0], "displayName": "One that roles are assigned to"}]})
        yield tenant


def made_of(
    tenant: LittleTenant, place: Place, row: dict[str, Any], *, fresh: bool = True
) -> tuple[str, str, list[tuple[str, str]]]:
    """Return the verdict on the type, its reason, and its records where one object comes."""
    tenant.always(place.path, 200, {"value": [row]})
    result = read(tenant, place.type, fresh=fresh).of(place.type)
    return result.verdict, result.reason, rows_of(place.type)


def rows_of(type: str) -> Records:
    """Return the keys and properties of a type in the graph of the run."""
    of_type = "SELECT _key, properties FROM {} WHERE _type = ? ORDER BY _key"
    with closing(sqlite3.connect(Path("out/graph.db"))) as graph:
        return [row for name in ("entities", "relationships") for row in graph.execute(of_type.format(name), (type,))]


def test_every_expansion_is_looked_at() -> None:
    folder = Path(steps.__file__ or "").parent
    expanding = {path.stem for path in folder.rglob("*.py") if re.search(r"\bexpand\b *=|, expand\b", path.read_text())}
    assert expanding == {place.module for place in PLACES} | SINGLE.keys() | SHARED


@each_place
def test_what_a_list_goes_on_with_elsewhere_is_read(place: Place, tenant: LittleTenant) -> None:
    whole = made_of(tenant, place, place.row(items(1, 3)))
    assert whole[0] == "complete"
    rest = f"{place.path}/object-0001/{'/'.join(place.way)}"
    link = f"{tenant.url}/v1.0{rest}?$skiptoken=1"
    tenant.always(rest, 200, {"value": items(3, 3)})
    for said in ("@odata.nextLink", "@nextLink", "@odata.nextlink"):
        came = made_of(tenant, place, place.row(items(1, 2), **{f"{place.way[-1]}{said}": link}))
        assert came == whole


@each_place
@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_rest_that_is_refused_makes_the_type_partial_and_deletes_nothing(
    status: int, place: Place, tenant: LittleTenant
) -> None:
    _, _, before = made_of(tenant, place, place.row(items(1, 3)))
    rest = f"{place.path}/object-0001/{'/'.join(place.way)}"
    tenant.always(rest, status, {"error": {"code": "Refused"}})
    name = place.way[-1]
    for row in (
        place.row(items(1, 2), **{f"{name}@odata.nextLink": f"{tenant.url}/v1.0{rest}?$skiptoken=1"}),
        place.row(items(1, MOST)),
    ):
        for fresh in (True, False):
            verdict, reason, after = made_of(tenant, place, row, fresh=fresh)
            assert (verdict, "partial" in reason or name in reason) == ("partial", True)
            assert {key for key, _ in after} >= {key for key, _ in before}


@each_place
def test_a_list_that_is_as_long_as_graph_expands_is_asked_for_by_itself(place: Place, tenant: LittleTenant) -> None:
    tenant.always(f"{place.path}/object-0001/{'/'.join(place.way)}", 200, {"value": items(1, MOST + 5)})
    whole = made_of(tenant, place, place.row(items(1, MOST + 5)))
    assert (whole[0], tenant.count(f"{place.path}/object-0001/{'/'.join(place.way)}")) == ("complete", 0)
    assert made_of(tenant, place, place.row(items(1, MOST))) == whole


@each_place
def test_a_list_that_did_not_come_is_told_and_null_is_none(place: Place, tenant: LittleTenant) -> None:
    row = place.row(None)
    assert made_of(tenant, place, row)[0] == "complete"
    for name in place.way:
        lacks = json.loads(json.dumps(row))
        (lacks if name == place.way[0] else lacks[place.way[0]]).pop(name)
        verdict, reason, _ = made_of(tenant, place, lacks)
        assert verdict == "partial"
        assert f"{name} is missing" in reason or "is partial" in reason


@each_place
def test_a_rest_on_another_host_is_not_asked_for(place: Place, tenant: LittleTenant) -> None:
    with serving(LittleTenant()) as elsewhere:
        link = {f"{place.way[-1]}@odata.nextLink": f"{elsewhere.url}/v1.0{place.path}/object-0001/rest"}
        verdict, _, _ = made_of(tenant, place, place.row(items(1, 2), **link))
        assert (verdict in ("failed", "skipped"), elsewhere.asked) == (True, [])
