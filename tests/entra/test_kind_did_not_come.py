"""What was asked to come with an object, and did not: no word that there is nothing, as null is one."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.little_tenant import LittleTenant, read, serving

pytestmark = pytest.mark.every_area

MANAGEMENT = "/identityGovernance/entitlementManagement"
POLICY, ASSIGNMENT = "azure_access_packages_policy", "azure_access_packages_service_assignment"
PACKAGE, CATALOG = "azure_access_packages_services", "azure_access_packages_catalog"
WHOLE = {"id": "a", "state": "delivered", "accessPackage": {"id": "p"}, "assignmentPolicy": {"id": "q"}}
LEFT_OUT = [
    (ASSIGNMENT, "assignments", WHOLE, "target"),
    (f"azure_user_assigned_{PACKAGE.removeprefix('azure_')}", "assignments", WHOLE, "target"),
    (f"{PACKAGE}_has_service_assignment", "assignments", {"id": "a", "target": None}, "accessPackage"),
    (f"{ASSIGNMENT}_contains_policy", "assignments", {"id": "a", "target": None}, "assignmentPolicy"),
    (f"{PACKAGE}_has_policy", "assignmentPolicies", {"id": "q"}, "accessPackage"),
    (f"azure_user_group_assigned_{PACKAGE.removeprefix('azure_')}", "assignmentPolicies", {"id": "q"}, "accessPackage"),
    (CATALOG, "catalogs", {"id": "c"}, "accessPackages"),
    (f"{CATALOG}_contains_services", "catalogs", {"id": "c"}, "accessPackages"),
    ("azure_user_created_access_packages_request", "assignmentRequests", {"id": "r"}, "requestor"),
]


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        tenant.always("/subscribedSkus", 403, {"error": {"code": "Authorization_RequestDenied"}})
        yield tenant


@pytest.mark.parametrize(("type", "path", "row", "name"), LEFT_OUT)
def test_it_makes_the_type_partial_where_null_does_not(
    type: str, path: str, row: dict[str, Any], name: str, tenant: LittleTenant
) -> None:
    path = path if path.startswith("/") else f"{MANAGEMENT}/{path}"
    tenant.always(path, 200, {"value": [row]})
    left_out = read(tenant, type).of(type)
    assert left_out.verdict == "partial"
    assert f"{row['id']}: {name} is missing" in left_out.reason
    tenant.always(path, 200, {"value": [{**row, name: None}]})
    assert read(tenant, type, fresh=True).of(type).verdict == "complete"
