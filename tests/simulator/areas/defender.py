"""Microsoft Defender for Identity: its sensors, and where something is amiss.

How to add to the demo is told in this package's docstring.
"""

from typing import Any

from tests.simulator.licences import DEFENDER
from tests.simulator.properties import Json
from tests.simulator.shelves import Shelf
from tests.simulator.tenant import Tenant

SENSORS, ISSUES = "/security/identities/sensors", "/security/identities/healthIssues"
SHELVES = (
    Shelf(SENSORS, ("SecurityIdentitiesSensors.Read.All",), DEFENDER, options=frozenset({"$filter", "$top", "$skip"})),
    Shelf(
        ISSUES,
        ("SecurityIdentitiesHealth.Read.All",),
        DEFENDER,
        options=frozenset({"$select", "$filter", "$top", "$skip"}),
    ),
)
"""The endpoints of this area."""
_DOMAIN = "corp.contoso.example"


def demo(tenant: Tenant) -> None:
    """Add this area's objects to the demo."""
    tenant.contents.put(
        SENSORS,
        sensor(1, "DC1", healthStatus="notHealthyMedium", openHealthIssuesCount=1),
        sensor(2, "ADFS1", sensorType="adfsIntegrated", settings=None, deploymentStatus="outdated"),
    )
    tenant.contents.put(
        ISSUES,
        issue(1, f"dc1.{_DOMAIN}", f"gone.{_DOMAIN}"),
        issue(2, f"ADFS1.{_DOMAIN}", severity="low", status="closed"),
        issue(3, healthIssueType="Global", severity="high", description=None),
    )


def sensor(number: int, name: str, **differing: Any) -> Json:
    """A sensor, as a listing gives it."""
    return {
        "id": f"5e450000-0000-4000-8000-{number:012}",
        "createdDateTime": "2024-05-06T07:08:09Z",
        "deploymentStatus": "upToDate",
        "displayName": name,
        "domainName": _DOMAIN,
        "healthStatus": "healthy",
        "openHealthIssuesCount": 0,
        "sensorType": "domainControllerIntegrated",
        "serviceStatus": "running",
        "settings": {
            "description": f"Watches {name}",
            "domainControllerDnsNames": [f"{name}.{_DOMAIN}"],
            "isDelayedDeploymentEnabled": False,
        },
        "version": "2.239.18124.58593",
        **differing,
    }


def issue(number: int, *sensors: str, **differing: Any) -> Json:
    """A health issue, as a listing gives it."""
    return {
        "id": f"155e0000-0000-4000-8000-{number:012}",
        "additionalInformation": [],
        "createdDateTime": "2025-06-07T08:09:10Z",
        "description": "Auditing is not configured as required",
        "displayName": "Directory Services Object Auditing is not configured as required",
        "domainNames": [_DOMAIN],
        "healthIssueType": "Sensor",
        "issueTypeId": "1031",
        "lastModifiedDateTime": "2025-06-08T08:09:10Z",
        "recommendations": ["Configure the auditing of objects"],
        "recommendedActionCommands": [],
        "sensorDNSNames": [*sensors],
        "severity": "medium",
        "status": "open",
        **differing,
    }
