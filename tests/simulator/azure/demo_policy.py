"""Azure Policy in the demo: rules, initiatives and where they hold, most of Microsoft's rules unused."""

from typing import Any

from tests.simulator.azure.tenant import AzureTenant, row_of

MADE = "2024-03-20T10:40:57.0460787Z"
_ID = "00000000-0000-4000-8000-{:012}"
_WHO = _ID.format(6001)
_AUTHORIZATION = "/providers/Microsoft.Authorization"
_OWN = {"createdBy": _WHO, "createdOn": MADE, "updatedBy": _WHO, "updatedOn": MADE}


def add_policies(tenant: AzureTenant, production: str, tests: str) -> None:
    """Put rules of both kinds there: used by themselves, in an initiative, or not at all."""
    root = f"/providers/Microsoft.Management/managementGroups/{tenant.id}"
    used, in_set, unused = (_of_microsoft(tenant, number) for number in (6101, 6102, 6103))
    definition = _definition(category="Tags", policy_type="Custom", metadata=_OWN)
    own = _put(tenant, f"{root}{_AUTHORIZATION}/policyDefinitions/tags", definition)
    ids = {"taggedGroups": in_set, "taggedResources": in_set.upper(), "tags": own}
    members = [
        {"policyDefinitionReferenceId": name, "policyDefinitionId": id, "parameters": {}} for name, id in ids.items()
    ]
    initiative = {
        "displayName": "What web servers keep to",
        "description": "Rules for web servers.",
        "policyType": "Custom",
        "metadata": {"category": "Security Center", "version": "1.0.0", **_OWN},
        "policyDefinitions": members,
    }
    web = _put(tenant, f"{root}{_AUTHORIZATION}/policySetDefinitions/web", initiative)
    microsoft = {**initiative, "policyType": "BuiltIn", "policyDefinitions": [{"policyDefinitionId": unused}]}
    _put(tenant, f"{_AUTHORIZATION}/policySetDefinitions/{_ID.format(6104)}", microsoft)
    identities = f"/subscriptions/{_ID.format(101)}/resourceGroups/RG-Web/providers/Microsoft.ManagedIdentity"
    identity = {"type": "SystemAssigned", "principalId": _ID.format(6201), "tenantId": tenant.id}
    shared = {"type": "UserAssigned", "userAssignedIdentities": {f"{identities}/userAssignedIdentities/id-web": {}}}
    for scope, name, of, more in (
        (root, "web", web, identity),
        (production, "allowed", used.upper(), shared),
        (tests, "tags", own, None),
    ):
        properties = {
            "displayName": f"Assignment {name}",
            "description": "Holds everywhere below.",
            "scope": scope,
            "policyDefinitionId": of,
            "definitionVersion": "1.*.*",
            "assignmentType": "Custom",
            "enforcementMode": "Default" if more else "DoNotEnforce",
            "notScopes": [f"{production}/resourceGroups/MC_rg-aks"] if scope == root else [],
            "parameters": {"effect": {"value": "Deny"}},
            "overrides": [] if more else [{"kind": "policyEffect", "value": "Disabled"}],
            "nonComplianceMessages": [{"message": "Ask the platform team."}],
            "metadata": {"assignedBy": "Platform team", **_OWN},
        }
        given = {"identity": more, "location": "westeurope" if more else ""}
        _put(tenant, f"{scope}{_AUTHORIZATION}/policyAssignments/{name}", properties, **given)
    assignment = f"{root}{_AUTHORIZATION}/policyAssignments/web"
    exemption = {
        "displayName": "The old web server",
        "description": "Is to be replaced.",
        "policyAssignmentId": assignment.upper(),
        "policyDefinitionReferenceIds": ["tags"],
        "exemptionCategory": "Waiver",
        "assignmentScopeValidation": "Default",
        "resourceSelectors": [{"name": "west", "selectors": [{"kind": "resourceLocation", "in": ["westeurope"]}]}],
        "expiresOn": "2030-01-01T00:00:00Z",
    }
    _put(tenant, f"{production}/resourceGroups/RG-Web{_AUTHORIZATION}/policyExemptions/old", exemption)
    _states(tenant, production, assignment, own, web)


def _states(tenant: AzureTenant, subscription: str, assignment: str, definition: str, initiative: str) -> None:
    """What is found of two machines, of which one keeps to the rule."""
    group = f"{subscription}/resourceGroups/RG-Web"
    for number, (machine, state) in enumerate((("vm-web-01", "NonCompliant"), ("vm-web-02", "Compliant")), 6111):
        properties = {
            "resourceId": f"{group}/providers/Microsoft.Compute/virtualMachines/{machine}",
            "resourceType": "Microsoft.Compute/virtualMachines",
            "resourceLocation": "westeurope",
            "resourceGroup": "rg-web",
            "complianceState": state,
            "timestamp": MADE,
            "policyAssignmentId": assignment.lower(),
            "policyAssignmentName": "web",
            "policyAssignmentVersion": "1.0.0",
            "policyAssignmentScope": assignment.partition(_AUTHORIZATION)[0],
            "policyDefinitionId": definition.lower(),
            "policyDefinitionName": "tags",
            "policyDefinitionVersion": "2.0.1",
            "policyDefinitionAction": "audit",
            "policyDefinitionCategory": "tags",
            "policyDefinitionReferenceId": "tags",
            "policyDefinitionGroupNames": ["order"],
            "policySetDefinitionId": initiative.lower(),
            "policySetDefinitionName": "web",
            "policySetDefinitionVersion": "3.0.0",
            "policySetDefinitionCategory": "security center",
            "managementGroupIds": f"mg-platform,{tenant.id}",
        }
        id = f"{subscription}/providers/Microsoft.PolicyInsights/policyStates/{_ID.format(number)}"
        more = {"tenantId": tenant.id, "properties": properties}
        tenant.add(row_of(id, "microsoft.policyinsights/policystates", **more), "policyresources")


def _of_microsoft(tenant: AzureTenant, number: int) -> str:
    definition = _definition(category="Security Center", policy_type="BuiltIn", metadata={})
    return _put(tenant, f"{_AUTHORIZATION}/policyDefinitions/{_ID.format(number)}", definition)


def _definition(*, category: str, policy_type: str, metadata: dict[str, Any]) -> dict[str, Any]:
    return {
        "displayName": f"A rule on {category.lower()}",
        "description": "What it demands.",
        "policyType": policy_type,
        "mode": "Indexed",
        "metadata": {"category": category, "version": "2.0.1", **metadata},
        "parameters": {"effect": {"type": "String", "defaultValue": "Audit", "allowedValues": ["Audit", "Deny"]}},
        "policyRule": {
            "if": {"field": "type", "equals": "Microsoft.Compute/virtualMachines"},
            "then": {"effect": "[parameters('effect')]"},
        },
    }


def _put(tenant: AzureTenant, id: str, properties: dict[str, Any], **given: Any) -> str:
    kind = id.split("/")[-2]
    more = {"tenantId": tenant.id, "properties": properties, **given}
    tenant.add(row_of(id, f"microsoft.authorization/{kind}", **more), "policyresources")
    return id
