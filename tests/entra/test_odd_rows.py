"""No object that Graph may give is rejected: each property null, left out, empty, unknown or new, in every listing."""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from integration import load
from integration.sdk.plugins import declared_steps
from integration.testing import GraphServer, run_steps

pytestmark = pytest.mark.every_area

MANAGER = load()
Json = dict[str, Any]

KNOWN = json.loads(files("integration.scaffold").joinpath("graph.json").read_text("utf-8"))
"""The types of Microsoft Graph v1.0 (its public CSDL)."""
KNOWN["types"] |= {
    "deviceManagement": {"properties": {"settings": "deviceManagementSettings", "subscriptionState": "String"}},
    "deviceManagementSettings": {
        "properties": {"deviceComplianceCheckinThresholdDays": "Int32", "secureByDefault": "Boolean"}
    },
    "sharepointSettings": {
        "properties": {
            "allowedDomainGuidsForSyncApp": "Collection(Guid)",
            "idleSessionSignOut": "idleSessionSignOut",
            "isLegacyAuthProtocolsEnabled": "Boolean",
            "sharingAllowedDomainList": "Collection(String)",
            "sharingCapability": "String",
        }
    },
    "idleSessionSignOut": {"properties": {"isEnabled": "Boolean", "signOutAfterInSeconds": "Int64"}},
    "allowedValue": {"base": "entity", "properties": {"isActive": "Boolean"}},
    "attributeSet": {"base": "entity", "properties": {"description": "String", "maxAttributesPerSet": "Int32"}},
    "delegatedPermissionClassification": {
        "base": "entity",
        "properties": {"classification": "String", "permissionId": "String", "permissionName": "String"},
    },
    "deviceEnrollmentConfiguration": {
        "base": "entity",
        "properties": {
            "assignments": "Collection(deviceCompliancePolicyAssignment)",
            "createdDateTime": "DateTimeOffset",
            "description": "String",
            "displayName": "String",
            "lastModifiedDateTime": "DateTimeOffset",
            "priority": "Int32",
            "version": "Int32",
        },
    },
    "deviceEnrollmentLimitConfiguration": {"base": "deviceEnrollmentConfiguration", "properties": {"limit": "Int32"}},
    "deviceEnrollmentPlatformRestriction": {
        "properties": {"personalDeviceEnrollmentBlocked": "Boolean", "platformBlocked": "Boolean"}
    },
    "deviceEnrollmentPlatformRestrictionsConfiguration": {
        "base": "deviceEnrollmentConfiguration",
        "properties": dict.fromkeys(
            ("androidRestriction", "iosRestriction", "macOSRestriction"), "deviceEnrollmentPlatformRestriction"
        ),
    },
    "healthIssue": {
        "base": "entity",
        "properties": {
            "createdDateTime": "DateTimeOffset",
            "displayName": "String",
            "domainNames": "Collection(String)",
            "healthIssueType": "String",
            "recommendations": "Collection(String)",
            "sensorDNSNames": "Collection(String)",
            "severity": "String",
            "status": "String",
        },
    },
    "sensor": {
        "base": "entity",
        "properties": {
            "createdDateTime": "DateTimeOffset",
            "displayName": "String",
            "domainName": "String",
            "healthStatus": "String",
            "openHealthIssuesCount": "Int64",
            "settings": "sensorSettings",
            "version": "String",
        },
    },
    "sensorSettings": {
        "properties": {
            "description": "String",
            "domainControllerDnsNames": "Collection(String)",
            "isDelayedDeploymentEnabled": "Boolean",
        }
    },
    "workflow": {
        "base": "entity",
        "properties": {
            "category": "String",
            "createdDateTime": "DateTimeOffset",
            "displayName": "String",
            "executionConditions": "workflowExecutionConditions",
            "isEnabled": "Boolean",
            "isSchedulingEnabled": "Boolean",
            "version": "Int32",
        },
    },
    "workflowExecutionConditions": {"properties": {"scope": "workflowScope", "trigger": "workflowTrigger"}},
    "workflowScope": {"properties": {"rule": "String"}},
    "workflowTrigger": {"properties": {"offsetInDays": "Int32", "timeBasedAttribute": "String"}},
}
"""Of types that the file does not know, as Microsoft Graph's reference has them."""
WAYS = ("filled", "holes", "null", "empty", "new", "bare")
"""What the properties are: all there, lists with nulls, null, without content, of unknown values, not there."""
DIRECTORY = "/roleManagement/directory"
MANAGEMENT = "/identityGovernance/entitlementManagement"
STORES = "/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations"
CATALOG_ROLES = "/roleManagement/entitlementManagement"
REVIEWS = "/identityGovernance/accessReviews/definitions"
LISTINGS: dict[str, tuple[str, ...]] = {
    "/applications": ("application",),
    "/deviceAppManagement/mobileApps": ("windowsWebApp", "mobileApp"),
    "/deviceManagement/deviceCompliancePolicies": ("windows10CompliancePolicy", "deviceCompliancePolicy"),
    "/deviceManagement/deviceConfigurations": ("iosCustomConfiguration", "deviceConfiguration"),
    "/deviceManagement/deviceEnrollmentConfigurations": (
        "deviceEnrollmentLimitConfiguration",
        "deviceEnrollmentPlatformRestrictionsConfiguration",
        "deviceEnrollmentConfiguration",
    ),
    "/deviceManagement/detectedApps": ("detectedApp",),
    "/deviceManagement/managedDevices": ("managedDevice",),
    "/deviceManagement/roleAssignments": ("deviceAndAppManagementRoleAssignment",),
    "/deviceManagement/roleDefinitions": ("roleDefinition",),
    "/devices": ("device",),
    "/directory/administrativeUnits": ("administrativeUnit",),
    "/directory/attributeSets": ("attributeSet",),
    "/directory/customSecurityAttributeDefinitions": ("customSecurityAttributeDefinition",),
    STORES: ("certificateBasedAuthPki",),
    f"{STORES}/certificateBasedAuthPki-filled-0001/certificateAuthorities": ("certificateAuthorityDetail",),
    "/directory/federationConfigurations/graph.samlOrWsFedExternalDomainFederation": (
        "samlOrWsFedExternalDomainFederation",
    ),
    "/directory/onPremisesSynchronization": ("onPremisesDirectorySynchronization",),
    "/domains": ("domain",),
    "/domains/federated/federationConfiguration": ("internalDomainFederation",),
    "/groups": ("group",),
    "/groupLifecyclePolicies": ("groupLifecyclePolicy",),
    "/groupSettings": ("groupSetting",),
    "/identity/conditionalAccess/authenticationContextClassReferences": ("authenticationContextClassReference",),
    "/identity/conditionalAccess/namedLocations": ("ipNamedLocation", "countryNamedLocation", "namedLocation"),
    "/identity/conditionalAccess/policies": ("conditionalAccessPolicy",),
    "/identity/conditionalAccess/templates": ("conditionalAccessTemplate",),
    "/oauth2PermissionGrants": ("oAuth2PermissionGrant",),
    "/identity/identityProviders": ("builtInIdentityProvider", "socialIdentityProvider"),
    "/identityProtection/riskyServicePrincipals": ("riskyServicePrincipal",),
    "/identityProtection/riskyUsers": ("riskyUser",),
    "/identityGovernance/lifecycleWorkflows/workflows": ("workflow",),
    "/identityGovernance/termsOfUse/agreements": ("agreement",),
    "/security/identities/healthIssues": ("healthIssue",),
    "/security/identities/sensors": ("sensor",),
    "/contacts": ("orgContact",),
    "/policies/activityBasedTimeoutPolicies": ("activityBasedTimeoutPolicy",),
    "/policies/appManagementPolicies": ("appManagementPolicy",),
    "/policies/claimsMappingPolicies": ("claimsMappingPolicy",),
    "/policies/homeRealmDiscoveryPolicies": ("homeRealmDiscoveryPolicy",),
    "/policies/tokenIssuancePolicies": ("tokenIssuancePolicy",),
    "/policies/tokenLifetimePolicies": ("tokenLifetimePolicy",),
    "/policies/authenticationStrengthPolicies": ("authenticationStrengthPolicy",),
    "/policies/crossTenantAccessPolicy/partners": ("crossTenantAccessPolicyConfigurationPartner",),
    "/policies/permissionGrantPolicies": ("permissionGrantPolicy",),
    "/policies/roleManagementPolicyAssignments": ("unifiedRoleManagementPolicyAssignment",),
    "/reports/authenticationMethods/userRegistrationDetails": ("userRegistrationDetails",),
    "/servicePrincipals": ("servicePrincipal",),
    "/servicePrincipals/microsoft.graph.agentIdentity": ("agentIdentity",),
    "/subscribedSkus": ("subscribedSku",),
    "/users": ("user",),
    REVIEWS: ("accessReviewScheduleDefinition",),
    f"{REVIEWS}/accessReviewScheduleDefinition-filled-0001/instances": ("accessReviewInstance",),
    f"{MANAGEMENT}/accessPackageAssignmentApprovals": ("accessPackageAssignmentRequest",),  # by the requests' ids
    f"{MANAGEMENT}/accessPackages": ("accessPackage",),
    f"{MANAGEMENT}/assignmentPolicies": ("accessPackageAssignmentPolicy",),
    f"{MANAGEMENT}/assignmentRequests": ("accessPackageAssignmentRequest",),
    f"{MANAGEMENT}/assignments": ("accessPackageAssignment",),
    f"{MANAGEMENT}/catalogs": ("accessPackageCatalog",),
    f"{MANAGEMENT}/connectedOrganizations": ("connectedOrganization",),
    f"{CATALOG_ROLES}/roleDefinitions": ("unifiedRoleDefinition",),
    f"{DIRECTORY}/roleAssignmentScheduleInstances": ("unifiedRoleAssignmentScheduleInstance",),
    f"{DIRECTORY}/roleAssignments": ("unifiedRoleAssignment",),
    f"{DIRECTORY}/roleDefinitions": ("unifiedRoleDefinition",),
    f"{DIRECTORY}/roleEligibilityScheduleInstances": ("unifiedRoleEligibilityScheduleInstance",),
}
SINGLES = {
    "/admin/sharepoint/settings": "sharepointSettings",
    "/deviceManagement": "deviceManagement",
    "/policies/adminConsentRequestPolicy": "adminConsentRequestPolicy",
    "/policies/authenticationMethodsPolicy": "authenticationMethodsPolicy",
    "/policies/authorizationPolicy": "authorizationPolicy",
    "/policies/crossTenantAccessPolicy": "crossTenantAccessPolicy",
    "/policies/crossTenantAccessPolicy/default": "crossTenantAccessPolicyConfigurationDefault",
    "/policies/defaultAppManagementPolicy": "tenantAppManagementPolicy",
    "/policies/deviceRegistrationPolicy": "deviceRegistrationPolicy",
}
RELATIONS = {
    "/deviceManagement/detectedApps": ("managedDevices",),
    "/deviceManagement/deviceCompliancePolicies": ("deviceStatuses",),
    "/deviceManagement/deviceConfigurations": ("deviceStatuses",),
    "/deviceManagement/roleDefinitions": ("roleAssignments",),
    "/applications": ("owners", "federatedIdentityCredentials"),
    "/devices": ("registeredUsers", "registeredOwners"),
    "/directory/administrativeUnits": ("members",),
    "/groups": ("members", "owners"),
    "/policies/appManagementPolicies": ("appliesTo",),
    "/servicePrincipals": (
        "owners",
        "ownedObjects",
        "memberOf",
        "appRoleAssignedTo",
        "delegatedPermissionClassifications",
    ),
    "/users": ("manager",),
    REVIEWS: ("instances",),
    f"{REVIEWS}/accessReviewScheduleDefinition-filled-0001/instances": ("decisions",),
    f"{MANAGEMENT}/accessPackages": ("resourceRoleScopes",),
    f"{MANAGEMENT}/accessPackageAssignmentApprovals": ("stages",),
    f"{MANAGEMENT}/catalogs": ("resources",),
}
CHILDREN = {
    "appRoleAssignedTo": "appRoleAssignment",
    "decisions": "accessReviewInstanceDecisionItem",
    "delegatedPermissionClassifications": "delegatedPermissionClassification",
    "deviceStatuses": "deviceComplianceDeviceStatus",
    "federatedIdentityCredentials": "federatedIdentityCredential",
    "instances": "accessReviewInstance",
    "managedDevices": "managedDevice",
    "resourceRoleScopes": "accessPackageResourceRoleScope",
    "roleAssignments": "roleAssignment",
    "resources": "accessPackageResource",
    "stages": "approvalStage",
}
NAMED = {
    f"{MANAGEMENT}/assignmentPolicies": ("accessPackage",),
    f"{MANAGEMENT}/assignmentRequests": ("accessPackage", "requestor"),
    f"{MANAGEMENT}/assignments": ("accessPackage", "assignmentPolicy", "target"),
    "/identityGovernance/lifecycleWorkflows/workflows": ("createdBy",),
    "/roleManagement/directory/roleAssignmentScheduleInstances": ("activatedUsing",),
    "resourceRoleScopes": ("role", "scope"),
}
"""Single objects that come expanded: null where what an object named is gone."""
ALWAYS = {
    "appId",
    "appRoleId",
    "clientId",
    "principalId",
    "principalType",
    "resourceId",
    "roleDefinitionId",
    "skuId",
    "tenantId",
}
"""What an object is about: Graph gives no object without it."""
PLANS = [
    {"servicePlanId": f"plan-{name}", "servicePlanName": name}
    for name in ("AAD_PREMIUM", "AAD_PREMIUM_P2", "AAD_WRKLDID_P1", "ATA", "Entra_Identity_Governance", "INTUNE_A")
]


def properties(type: str | None) -> dict[str, str]:
    """The properties of a type and of its base types."""
    found: dict[str, str] = {}
    while type in KNOWN["types"]:
        found = {**KNOWN["types"][type].get("properties", {}), **found}
        type = KNOWN["types"][type].get("base")
    return found


PLAIN: dict[str, tuple[Any, Any, Any]] = {
    "Boolean": (True, False, True),
    "Date": ("2025-05-01", "2025-05-01", "2025-05-01"),
    "DateTimeOffset": ("2025-05-01T12:30:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z"),
    "Duration": ("PT8H", "PT0S", "P365D"),
    "Guid": ("5ec4e700-2f3e-4d5c-8b6a-7f8e9d0c1b01", "00000000-0000-0000-0000-000000000000", "not-a-guid"),
    "Int32": (7, 0, 2147483647),
    "Int64": (7, 0, 9223372036854775807),
    "String": ("some text", "", "other: text"),
}


def value(edm: str, way: str, depth: int = 0) -> Any:
    """A value of an Edm type, in one of the ways."""
    if way == "null":
        return None
    if edm.startswith("Collection("):
        of = edm.removeprefix("Collection(").removesuffix(")")
        one = value(of, way, depth + 1)
        listed = [] if way == "empty" or one is None else [one]
        return [*listed, None] if way == "holes" and of not in KNOWN["types"] else listed
    if edm in KNOWN["enumerations"]:
        return "unknownFutureValue" if way == "new" else "enabled"
    if edm in KNOWN["types"] and depth < 4:
        inner = {name: value(each, way, depth + 1) for name, each in properties(edm).items()}
        return {**inner, "newInGraph": {"a": [1]}} if way == "new" else inner
    at = {"empty": 1, "new": 2}.get(way, 0)
    return PLAIN[edm][at] if edm in PLAIN else None


def rows(type: str) -> Iterator[Json]:
    """An object of a type in each of the ways."""
    known = properties(type)
    for way in WAYS:
        key = f"{type}-{way}-0001"
        of_type = {} if way == "bare" else {name: value(edm, way) for name, edm in known.items()}
        always = {name: f"{name}-{key}" for name in known if name in ALWAYS}
        yield {**of_type, **always, "id": key, "@odata.type": f"#microsoft.graph.{type}"}


def named(where: str, type: str, way: str) -> Iterator[Json]:
    """An object of a type in each of the ways, with the single objects that come expanded there in one of them."""
    for row in rows(type):
        yield {**row, **{name: None if way == "null" else {"id": f"{name}-0001"} for name in NAMED.get(where, ())}}


@pytest.mark.parametrize("way", WAYS[:-1])
def test_no_object_is_rejected(way: str, graph: GraphServer) -> None:
    graph.add("/organization", {"id": "aaaabbbb-0000-1111-2222-ccccdddd0000", "displayName": "Contoso"})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"id": "defaults", "isEnabled": True})
    for path, type in SINGLES.items():
        methods = {"authenticationMethodConfigurations": [{"id": "Fido2"}]}
        known = {name: value(edm, way) for name, edm in properties(type).items()}
        graph.put(path, {**known, **(methods if path.endswith("MethodsPolicy") else {}), "id": f"{type}-1"})
    for path, types in LISTINGS.items():
        graph.add(path, *(row for type in types for row in rows(type)))
    graph.add("/domains", {"id": "federated", "authenticationType": "Federated", "isRoot": True})
    graph.add("/subscribedSkus", {"id": "t_1", "skuId": "s", "capabilityStatus": "Enabled", "servicePlans": PLANS})
    for assignment in rows("unifiedRoleManagementPolicyAssignment"):
        of_roles = {"scopeId": "/", "scopeType": "DirectoryRole", "policy": None}
        of_group = {"scopeId": "group-filled-0001", "scopeType": "Group", "policy": None}
        of_group["id"] = f"{assignment['id']}-of-a-group"
        for each in (of_roles, of_group):
            graph.add("/policies/roleManagementPolicyAssignments", {**assignment, **each})
    for partner in rows("crossTenantAccessPolicyConfigurationPartner"):
        graph.add("/policies/crossTenantAccessPolicy/partners", {**partner, "identitySynchronization": None})
    for path in NAMED.keys() & LISTINGS.keys():
        graph.add(path, *named(path, LISTINGS[path][0], way))
    for path, relations in RELATIONS.items():
        for row in rows(LISTINGS[path][0]):
            for relation in relations:
                graph.relate(path, row["id"], relation)
    for path, relation in (
        ("/applications", "federatedIdentityCredentials"),
        ("/servicePrincipals", "appRoleAssignedTo"),
        ("/servicePrincipals", "delegatedPermissionClassifications"),
        ("/deviceManagement/detectedApps", "managedDevices"),
        ("/deviceManagement/deviceCompliancePolicies", "deviceStatuses"),
        ("/deviceManagement/roleDefinitions", "roleAssignments"),
        (REVIEWS, "instances"),
        (f"{REVIEWS}/accessReviewScheduleDefinition-filled-0001/instances", "decisions"),
        (f"{MANAGEMENT}/accessPackages", "resourceRoleScopes"),
        (f"{MANAGEMENT}/catalogs", "resources"),
        (f"{MANAGEMENT}/accessPackageAssignmentApprovals", "stages"),
    ):
        graph.relate(path, f"{LISTINGS[path][0]}-filled-0001", relation, *named(relation, CHILDREN[relation], way))
    for store in rows("certificateBasedAuthPki"):
        graph.add(f"{STORES}/{store['id']}/certificateAuthorities")
    for row in rows("unifiedRoleAssignment"):
        over = "/AccessPackageCatalog/accessPackageCatalog-filled-0001"
        graph.add(f"{CATALOG_ROLES}/roleAssignments", {**row, "appScopeId": over})
    for instances in ("eligibilityScheduleInstances", "assignmentScheduleInstances"):
        graph.add(f"/identityGovernance/privilegedAccess/group/{instances}")
    every = [step.name for step in declared_steps(MANAGER) if step.module.startswith("entra.")]
    report = run_steps(*every, source=graph, manager=MANAGER).report
    found = [f"{result.type}: {result.reason}" for result in report.results if result.verdict != "complete"]
    new = "what nobody has read before is to be added to LISTINGS, SINGLES or RELATIONS of this file"
    assert not found, "\n".join([*found, new])
    assert report.of("azure_device").count == len(WAYS)
