"""Which application a resource of a catalog is: Graph names its service principal, and the appId in a description."""

from collections.abc import Iterator

import pytest

from tests.little_tenant import LittleTenant, read, serving

pytestmark = pytest.mark.every_area

CATALOGS = "/identityGovernance/entitlementManagement/catalogs"
TYPE = "azure_application_assigned_access_packages_catalog"
APP, OTHER, PRINCIPAL = (f"0000000{number}-0000-4000-8000-000000000000" for number in (1, 2, 3))


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        tenant.always("/subscribedSkus", 403, {"error": {"code": "Authorization_RequestDenied"}})
        tenant.always(CATALOGS, 200, {"value": [{"id": "c", "displayName": "C", "accessPackages": []}]})
        tenant.always("/applications", 200, {"value": [{"id": "object", "appId": APP, "displayName": "App"}]})
        yield tenant


@pytest.mark.parametrize(
    ("principal", "description", "count"),
    [
        (APP, "Somebody's words", 1),
        (None, f"AppId: {APP}", 1),
        (None, f"AppId:{APP.upper()}", 1),
        (APP, f"AppId: {OTHER}", 1),
        (None, f"AppId: {OTHER}", 0),
        (None, f"Like the one with the AppId: {APP}", 0),
        (None, None, 0),
    ],
)
def test_it_is_the_one_of_its_service_principal_or_the_one_that_its_description_tells(
    principal: str | None, description: str | None, count: int, tenant: LittleTenant
) -> None:
    rows = [{"id": PRINCIPAL, "appId": principal, "displayName": "App"}] if principal else []
    tenant.always("/servicePrincipals", 200, {"value": rows})
    resource = {"id": "r", "originSystem": "AadApplication", "originId": PRINCIPAL, "description": description}
    tenant.always(f"{CATALOGS}/c/resources", 200, {"value": [resource]})
    result = read(tenant, TYPE).of(TYPE)
    assert (result.verdict, result.count) == ("complete", count)
