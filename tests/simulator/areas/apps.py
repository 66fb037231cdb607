"""Applications, service principals, their credentials, and what they may do.

Applications, service principals and grants are directory objects: ``demo`` adds them with ``tenant.add``, and their
credentials, roles and scopes as properties. How to add to the demo is told in this package's docstring.
"""

from tests.simulator.demo_ids import SERVICE_PRINCIPAL_ID, user_id
from tests.simulator.properties import APPLICATION
from tests.simulator.shelves import Shelf
from tests.simulator.tenant import Tenant

_READ = ("Application.Read.All", "Directory.Read.All")

SHELVES = (
    Shelf("/applications/{id}/federatedIdentityCredentials", _READ, options=frozenset({"$select", "$filter", "$top"})),
    Shelf("/servicePrincipals/{id}/appRoleAssignedTo", _READ, options=frozenset({"$select", "$filter", "$top"})),
    Shelf("/servicePrincipals/{id}/delegatedPermissionClassifications", _READ, options=frozenset({"$select"})),
)
"""The endpoints of this area."""

FINANCE_JOB = "9e8d7c6b-5a49-4838-a716-0f1e2d3c4a01"


def demo(tenant: Tenant) -> None:
    """Add this area's objects to the demo."""
    tenant.add(
        APPLICATION,
        {
            "id": FINANCE_JOB,
            "appId": "0f0e0d0c-1b2a-4394-8a5b-6c7d8e9f0a01",
            "displayName": "finance-batch-job",
            "createdDateTime": "2023-03-01T08:00:00Z",
            "publisherDomain": "contoso.example",
            "signInAudience": "AzureADMyOrg",
        },
    )
    tenant.relate(FINANCE_JOB, "owners", user_id(1))
    tenant.contents.put(
        f"/applications/{FINANCE_JOB}/federatedIdentityCredentials",
        {
            "id": "fed00001-2f3e-4d5c-8b6a-7f8e9d0c1b01",
            "name": "deploys",
            "issuer": "https://token.actions.githubusercontent.com",
            "subject": "repo:contoso/finance:ref:refs/heads/main",
            "description": "Deployment from GitHub",
            "audiences": ["api://AzureADTokenExchange"],
        },
    )
    tenant.contents.put(
        f"/servicePrincipals/{SERVICE_PRINCIPAL_ID}/appRoleAssignedTo",
        {
            "id": "AssignmentOfAdaToTheFinanceBatchJob-000001",
            "deletedDateTime": None,
            "appRoleId": "00000000-0000-0000-0000-000000000000",
            "createdDateTime": "2024-05-06T07:08:09Z",
            "principalDisplayName": "Ada Example",
            "principalId": user_id(1),
            "principalType": "User",
            "resourceDisplayName": "finance-batch-job",
            "resourceId": SERVICE_PRINCIPAL_ID,
        },
    )
