"""What Microsoft Intune asks of devices, and how it sets them up: compliance policies and device configurations."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family
from integration.sdk.row import Row
from steps.entra._intune import INTUNE, kind_of, targets_of

COMPLIANCE, CONFIGURATION = "intune_compliance_policy", "intune_device_configuration"
_READ = ["DeviceManagementConfiguration.Read.All"]
_CLASSES = ["Configuration", "ControlPolicy"]
_PLATFORMS = {
    "android": "android",
    "aosp": "android",
    "editionupgrade": "windows",
    "ios": "ios",
    "macos": "macOS",
    "sharedpc": "windows",
    "windows": "windows",
}
"""Platforms by the beginnings of the names of Graph's types. Source: subtypes in the v1.0 CSDL."""


@entity_step(_CLASSES, permissions=_READ, licences=INTUNE, per_row=True)
def intune_compliance_policy(ctx: Context) -> Iterator[Entity]:
    """What Intune asks of the devices of a platform for these to be compliant, and whose devices are asked."""
    for policy in _policies(ctx, "/deviceManagement/deviceCompliancePolicies"):
        yield _entity(policy, "compliance")


@entity_step(_CLASSES, permissions=_READ, licences=INTUNE, per_row=True)
def intune_device_configuration(ctx: Context) -> Iterator[Entity]:
    """Settings that Intune gives to devices, and whose; those of the settings catalog are in no stable API."""
    for configuration in _policies(ctx, "/deviceManagement/deviceConfigurations"):
        yield _entity(configuration, "config")


@relationship_family(COMPLIANCE, "ASSIGNED", ["azure_user_group"], per_row=True)
def intune_compliance_policy_assigned(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A compliance policy is for the devices of a group, or is not: ``exclude`` says which, and wins over the other."""
    yield from assigned(ctx, from_type)


@relationship_family(CONFIGURATION, "ASSIGNED", ["azure_user_group"], per_row=True)
def intune_device_configuration_assigned(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A configuration is for the devices of a group, or is not: ``exclude`` says which, and wins over the other."""
    yield from assigned(ctx, from_type)


def _policies(ctx: Context, path: str) -> Iterator[Row]:
    """Yield policies with their assignments. What else Graph has of a policy may be a secret, such as a product key."""
    return ctx.graph.list(path, expand="assignments", top=None)


def _entity(policy: Row, category: str) -> Entity:
    kind = kind_of(policy)
    return Entity(
        policy["id"],
        policy,
        name=policy["displayName"] or policy["id"],
        category=category,
        policyType=kind,
        platform=_platform(kind),
        **targets_of(policy),
    )


def _platform(kind: str | None) -> str | None:
    """Return what a policy's type is for; ``None`` where its name does not say."""
    name = (kind or "").lower()
    return next((platform for begins, platform in _PLATFORMS.items() if name.startswith(begins)), None)


def assigned(ctx: Context, from_type: str) -> Iterator[Relationship]:
    """Yield the groups that the policies of a type are for, or are not for."""
    for policy in ctx.entities(from_type):
        excluded = set(policy.properties.get("excludeGroupIds") or ())
        for id in sorted(excluded.union(policy.properties.get("includeGroupIds") or ())):
            yield Relationship(policy.key, id, exclude=id in excluded)
