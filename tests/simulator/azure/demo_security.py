"""What Microsoft Defender for Cloud and Azure Advisor say of the demo's resources, with names as each writes them."""

from typing import Any

from tests.simulator.azure.tenant import AzureTenant, row_of

_AT = "2024-03-20T10:40:57.0460787Z"
_ID = "00000000-0000-4000-8000-{:012}"
_OPEN_PORTS, _NO_BACKUP = _ID.format(6301), _ID.format(6302)


def add_security(tenant: AzureTenant, subscription: str, machine: str) -> None:
    """Put plans, scores, assessments, alerts and recommendations there, for a subscription and a machine in it."""
    _plans(tenant, subscription)
    _assessments(tenant, machine)
    _alerts(tenant, subscription, machine)
    _advice(tenant, subscription, machine)


def _plans(tenant: AzureTenant, subscription: str) -> None:
    security = f"{subscription}/providers/Microsoft.Security"
    parts = [
        {"name": "AgentlessVmScanning", "isEnabled": "True"},
        {"name": "MdeDesignatedSubscription", "isEnabled": "False"},
        {"name": "FileIntegrityMonitoring", "isEnabled": "True", "operationStatus": {"code": "Failed"}},
    ]
    servers = {"pricingTier": "Standard", "subPlan": "P2", "enablementTime": _AT, "extensions": parts}
    servers |= {"resourcesCoverageStatus": "FullyCovered", "enforce": "False", "inherited": "False"}
    _put(tenant, f"{security}/pricings/VirtualMachines", "pricings", servers)
    registries = {"pricingTier": "Free", "deprecated": True, "replacedBy": ["Containers"]}
    _put(tenant, f"{security}/pricings/ContainerRegistry", "pricings", registries)
    score = {"max": 58, "current": 23.53, "percentage": 0.4057}
    secure = {"displayName": "ASC score", "score": score, "weight": 17}
    _put(tenant, f"{security}/secureScores/ascScore", "securescores", secure)
    counts = {"healthyResourceCount": 2, "unhealthyResourceCount": 1, "notApplicableResourceCount": 0}
    ports = {**secure, **counts, "displayName": "Secure management ports"}
    control = f"{security}/secureScores/ascScore/secureScoreControls/{_ID.format(6305)}"
    _put(tenant, control, "securescores/securescorecontrols", ports)


def _assessments(tenant: AzureTenant, machine: str) -> None:
    """One that something is wrong with, one that all is right with, and one of a machine that is not in Azure."""
    metadata = {
        "displayName": "Management ports should be closed",
        "description": "Ports for management are open to everybody.",
        "remediationDescription": "Close them.",
        "severity": "High",
        "assessmentType": "BuiltIn",
        "categories": ["Networking"],
        "threats": ["AccountBreach"],
        "userImpact": "Moderate",
        "implementationEffort": "Low",
        "policyDefinitionId": f"/providers/Microsoft.Authorization/policyDefinitions/{_ID.format(6101)}",
    }
    status = {"code": "Unhealthy", "cause": "OpenPorts", "description": "A rule lets everybody in."}
    wrong = {**status, "firstEvaluationDate": _AT, "statusChangeDate": _AT}
    elsewhere = {"Source": "OnPremise", "SourceComputerId": _ID.format(6303)}
    for number, (guid, state, details) in enumerate(
        (
            (_OPEN_PORTS, wrong, {"Source": "Azure", "Id": machine}),
            (_NO_BACKUP, {"code": "Healthy"}, {"source": "Azure", "id": machine}),
            (_ID.format(6304), {"code": "Unhealthy"}, elsewhere),
        )
    ):
        properties = {"displayName": metadata["displayName"], "status": state, "resourceDetails": details}
        path = "00000000-0000-4000-8000-000000004001"
        risk = {"level": "Critical", "riskFactors": ["Exposure to the internet"], "attackPathsReferences": [path]}
        more = {} if number else {"metadata": metadata, "risk": risk}
        _put(tenant, f"{machine}/providers/Microsoft.Security/assessments/{guid}", "assessments", properties | more)
    _findings(tenant, f"{machine}/providers/Microsoft.Security/assessments/{_OPEN_PORTS}", machine)


def _findings(tenant: AzureTenant, assessment: str, machine: str) -> None:
    """What an assessment rests on, of which one thing is right by now."""
    for name, code in (("CVE-2024-0001", "Unhealthy"), ("CVE-2024-0002", "Healthy")):
        properties = {
            "id": "178345",
            "displayName": "A service with a known hole",
            "category": "Network",
            "description": "What the service does.",
            "impact": "Others can run what they like.",
            "remediation": "Update it.",
            "status": {"code": code, "severity": "High", "cause": "Outdated", "description": "It is old."},
            "resourceDetails": {"source": "Azure", "id": machine},
            "additionalData": {
                "assessedResourceType": "ServerVulnerability",
                "cve": [{"title": name, "link": f"https://cve.example/{name}"}],
                "patchable": True,
            },
            "timeGenerated": "2024-01-20T04:00:00Z",
        }
        _put(tenant, f"{assessment}/subAssessments/{name}", "assessments/subassessments", properties)


def _alerts(tenant: AzureTenant, subscription: str, machine: str) -> None:
    """An alert with large names, as Azure Resource Graph writes them, and a resolved one with small ones."""
    about = [{"Type": "AzureResource", "AzureResourceId": machine.upper()}, {"Type": "AAD", "AadTenantId": tenant.id}]
    large = {
        "AlertDisplayName": "Failed sign-ins to a machine",
        "AlertType": "VM_BruteForce",
        "Description": "Somebody tries passwords.",
        "Severity": "High",
        "Status": "Active",
        "Intent": "PreAttack",
        "CompromisedEntity": "vm-web-01",
        "IsIncident": False,
        "VendorName": "Microsoft",
        "ProductName": "Microsoft Defender for Cloud",
        "ResourceIdentifiers": about,
        "RemediationSteps": ["Close the port."],
        "Techniques": ["T1110"],
        "AlertUri": "https://portal.azure.example/alert",
        "TimeGeneratedUtc": _AT,
        "StartTimeUtc": _AT,
        "EndTimeUtc": _AT,
        "ProcessingEndTimeUtc": _AT,
    }
    small = {name[0].lower() + name[1:]: value for name, value in large.items()} | {"status": "Resolved"}
    for number, properties in enumerate((large, small), 6311):
        id = f"{subscription}/providers/Microsoft.Security/locations/westeurope/alerts/{_ID.format(number)}"
        _put(tenant, id, "locations/alerts", properties)


def _advice(tenant: AzureTenant, subscription: str, machine: str) -> None:
    """Advice that comes of an assessment, and advice on a whole subscription."""
    ports = {
        "category": "Security",
        "impact": "High",
        "impactedField": "Microsoft.Compute/virtualMachines",
        "impactedValue": "vm-web-01",
        "lastUpdated": _AT,
        "recommendationTypeId": _ID.format(6321),
        "shortDescription": {"problem": "Management ports are open", "solution": "Close management ports"},
        "extendedProperties": {"assessmentKey": _OPEN_PORTS, "score": "8"},
        "resourceMetadata": {"resourceId": machine, "source": machine},
        "suppressionIds": [_ID.format(6322)],
        "recommendationStatus": "New",
    }
    savings = {"category": "Cost", "impact": "Medium", "extendedProperties": {"savingsAmount": "12"}}
    for number, (of, properties) in enumerate(((machine, ports), (subscription, savings)), 6323):
        id = f"{of}/providers/Microsoft.Advisor/recommendations/{_ID.format(number)}"
        row = row_of(id, "microsoft.advisor/recommendations", tenantId=tenant.id, properties=properties)
        tenant.add(row, "advisorresources")


def _put(tenant: AzureTenant, id: str, kind: str, properties: dict[str, Any]) -> None:
    row = row_of(id, f"microsoft.security/{kind}", tenantId=tenant.id, properties=properties)
    tenant.add(row, "securityresources")
