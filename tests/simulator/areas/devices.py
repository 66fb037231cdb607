"""Devices, administrative units, domains, and what users have registered to sign in with.

Devices and administrative units are directory objects: ``demo`` adds them with ``tenant.add``. Sign-in activity is a
property of users. How to add to the demo is told in this package's docstring.
"""

from tests.simulator.areas.signing_in import REGISTRATION
from tests.simulator.demo_ids import group_id, user_id
from tests.simulator.lanes import REPORTS as REPORTS_LANE
from tests.simulator.licences import REPORTS
from tests.simulator.properties import ADMINISTRATIVE_UNIT
from tests.simulator.shelves import Shelf
from tests.simulator.tenant import Tenant

EXTERNAL_FEDERATIONS = "/directory/federationConfigurations/graph.samlOrWsFedExternalDomainFederation"
SHELVES = (
    Shelf("/domains", ("Domain.Read.All", "Directory.Read.All")),
    Shelf(
        "/domains/{id}/federationConfiguration",
        ("Domain-InternalFederation.Read.All", "Domain.Read.All"),
        options=frozenset(),
    ),
    Shelf(
        EXTERNAL_FEDERATIONS, ("Domain.Read.All", "Directory.Read.All"), options=frozenset(), navigations=("domains",)
    ),
    Shelf(
        REGISTRATION,
        ("AuditLog.Read.All",),
        REPORTS,
        options=frozenset({"$select", "$filter", "$top"}),
        page=1000,
        lane=REPORTS_LANE,
    ),
)
"""The endpoints of this area."""

CERTIFICATE = (
    "MIHoMIGboAMCAQICAQEwBQYDK2VwMB4xHDAaBgNVBAMME3N0cy5jb250b3NvLmV4YW1wbGUwHhcNMjYwMTAxMDAwMDAwWhcNMjcw"
    "MTAxMDAwMDAwWjAeMRwwGgYDVQQDDBNzdHMuY29udG9zby5leGFtcGxlMCowBQYDK2VwAyEAdrmBxIF+TEnkXNYvWc7thy/BsKXN"
    "XCdnedlOmeOplp0wBQYDK2VwA0EACHBOrghB14vFcRrWAvrrakVb/xIdieXSCQnJaxC4nEkpZYEDy1B7yoqmuuupCN9kIQ8/DHMX"
    "V/ZGlNWqrB2QBw=="
)
NEXT_CERTIFICATE = (
    "MIHoMIGboAMCAQICAQEwBQYDK2VwMB4xHDAaBgNVBAMME3N0cy5jb250b3NvLmV4YW1wbGUwHhcNMjYwMTAxMDAwMDAwWhcNMjgx"
    "MjMxMDAwMDAwWjAeMRwwGgYDVQQDDBNzdHMuY29udG9zby5leGFtcGxlMCowBQYDK2VwAyEAU0Ke1byXQEf0Bbl1W9HGnbMuMFhA"
    "+4yK6YAY/BBhg2cwBQYDK2VwA0EAS3WZZjdmDqH9yO3jat6V8MRoAfGfqceMZZHyHNvrQ9FGumYJCFanrB391x9AqNH+T7QnhCDG"
    "fgKFGrWDwWXfAw=="
)
"""Two of nobody's, whose keys nobody has: they end in January 2027 and in December 2028."""
FEDERATION = {
    "id": "fed00000-2f3e-4d5c-8b6a-7f8e9d0c1b01",
    "displayName": "Contoso sign-in",
    "issuerUri": "http://sts.contoso.example/adfs/services/trust",
    "metadataExchangeUri": "https://sts.contoso.example/adfs/services/trust/mex",
    "signingCertificate": CERTIFICATE,
    "passiveSignInUri": "https://sts.contoso.example/adfs/ls/",
    "preferredAuthenticationProtocol": "wsFed",
    "activeSignInUri": "https://sts.contoso.example/adfs/services/trust/2005/usernamemixed",
    "signOutUri": "https://sts.contoso.example/adfs/ls/",
    "passwordResetUri": "https://sts.contoso.example/adfs/portal/updatepassword/",
    "promptLoginBehavior": "nativeSupport",
    "isSignedAuthenticationRequestRequired": False,
    "nextSigningCertificate": NEXT_CERTIFICATE,
    "federatedIdpMfaBehavior": "acceptIfMfaDoneByFederatedIdp",
    "signingCertificateUpdateStatus": {
        "certificateUpdateResult": "Success",
        "lastRunDateTime": "2026-01-10T04:00:00Z",
    },
}
"""Who signs in the users of a federated domain."""
EXTERNAL_FEDERATION = {
    **{name: FEDERATION[name] for name in ("preferredAuthenticationProtocol", "signingCertificate")},
    "@odata.type": "#microsoft.graph.samlOrWsFedExternalDomainFederation",
    "id": "fed00000-2f3e-4d5c-8b6a-7f8e9d0c1b02",
    "displayName": "Fabrikam sign-in",
    "issuerUri": "http://sts.fabrikam.example/adfs/services/trust",
    "metadataExchangeUri": "https://sts.fabrikam.example/federationmetadata.xml",
    "passiveSignInUri": "https://sts.fabrikam.example/adfs/ls/",
    "domains": [{"id": "fabrikam.example"}, {"id": "fabrikam-sales.example"}],
}
"""Who signs in the guests from domains of another organization."""
SALES_UNIT = "ad000001-2f3e-4d5c-8b6a-7f8e9d0c1b01"


def demo(tenant: Tenant) -> None:
    """Add this area's objects to the demo."""
    tenant.add(ADMINISTRATIVE_UNIT, {"id": SALES_UNIT, "displayName": "Sales", "description": "Who sells"})
    for member in (user_id(1), group_id(3)):
        tenant.relate(SALES_UNIT, "members", member)
