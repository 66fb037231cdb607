"""The Microsoft Entra tenant, and what it has."""

from collections.abc import Iterator
from typing import Any

from integration import (
    BadAnswer,
    BadRequest,
    Context,
    Entity,
    Forbidden,
    NotFound,
    Relationship,
    entity_step,
    relationship_family,
)
from steps._words import says


@entity_step("Account", permissions=["Organization.Read.All"], optional=["Policy.Read.All"])
def azure_account(ctx: Context) -> Iterator[Entity]:
    """A Microsoft Entra tenant: the organization, its domains and its security defaults."""
    organizations = list(ctx.graph.list("/organization", select=None, top=None))
    if len(organizations) != 1:
        found = f"{len(organizations)} organizations" if organizations else "no organization"
        raise BadAnswer(f"Graph named {found}, where each tenant has one", path="/organization")
    for organization in organizations:
        name = organization.get("displayName") or organization["id"]
        domains = _domains(organization.get("verifiedDomains"))
        quota = organization.get("directorySizeQuota")
        quota = quota if isinstance(quota, dict) else {}
        yield Entity(
            ctx.config.instance_id or organization["id"],
            organization,
            name=name,
            displayName=ctx.config.instance_name or name,
            vendor="Microsoft",
            country=organization.get("country") or organization.get("countryLetterCode"),
            defaultDomain=next((domain["name"] for domain in domains if domain.get("isDefault")), None),
            initialDomain=next((domain["name"] for domain in domains if domain.get("isInitial")), None),
            verifiedDomains=[domain["name"] for domain in domains],
            federatedDomains=[domain["name"] for domain in domains if says(domain.get("type"), "Federated")],
            securityDefaultsEnabled=_security_defaults(ctx),
            directorySizeUsed=quota.get("used"),
            directorySizeQuota=quota.get("total"),
            webLink=f"https://entra.microsoft.com/{organization['id']}/#view/Microsoft_AAD_IAM/TenantOverview.ReactView",
        )


@relationship_family(
    "azure_account",
    "HAS",
    [
        "azure_ad_role_definition",
        "azure_admin_consent_request_policy",
        "azure_administrative_unit",
        "azure_app_management_policy",
        "azure_application",
        "azure_attribute_set",
        "azure_authentication_methods_policy",
        "azure_authentication_strength_policy",
        "azure_authorization_policy",
        "azure_certificate_authority",
        "azure_conditional_access_service",
        "azure_cross_tenant_access_policy",
        "azure_defender_identity_health_issue",
        "azure_defender_identity_sensor",
        "azure_device",
        "azure_device_registration_policy",
        "azure_directory_synchronization",
        "azure_domain",
        "azure_external_domain_federation",
        "azure_group_lifecycle_policy",
        "azure_group_setting",
        "azure_identity_provider",
        "azure_lifecycle_workflow",
        "azure_permission_grant_policy",
        "azure_service_principal",
        "azure_sharepoint_settings",
        "azure_sts_policy",
        "azure_subscribed_sku",
        "azure_terms_of_use_agreement",
        "azure_user",
        "azure_user_group",
        "intune_compliance_policy",
        "intune_device_configuration",
        "intune_device_enrollment_configuration",
        "intune_managed_application",
        "intune_managed_device",
        "intune_role_definition",
        "intune_settings",
    ],
    per_row=True,
    types={("azure_account", "azure_user_group"): "azure_account_has_group"},
)
def azure_account_has(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """An entity belongs to the tenant."""
    account = ctx.one(from_type)
    for entity in ctx.entities(to_type):
        yield Relationship(account.key, entity.key)


def _domains(found: Any) -> list[dict[str, Any]]:
    """Return the domains that have a name."""
    listed = found if isinstance(found, list) else []
    return [domain for domain in listed if isinstance(domain, dict) and isinstance(domain.get("name"), str)]


def _security_defaults(ctx: Context) -> bool | None:
    """Tell whether security defaults are on; ``None`` where Graph refuses to say."""
    try:
        policy = ctx.graph.get("/policies/identitySecurityDefaultsEnforcementPolicy", select=None)
    except (BadRequest, Forbidden, NotFound):
        return None
    enabled: bool | None = policy.get("isEnabled")
    return enabled
