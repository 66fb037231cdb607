"""Eligibilities for directory roles: who may activate which role, and where in the tenant it would hold."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from steps._forms import required_text
from steps._words import says
from steps.entra._apps import application_keys
from steps.entra._roles import DIRECTORY, OBJECTS, PIM, PRINCIPALS, in_scope, named, names, role_names, scope_of

READ = ["RoleEligibilitySchedule.Read.Directory"]
_SCOPES = ["azure_account", "azure_administrative_unit", "azure_attribute_set", *OBJECTS]
_DIRECT = "Direct"
"""How somebody is eligible who was made so: rows for the members of an eligible group say the group's right again."""


@entity_step("AccessPolicy", permissions=READ, licences=PIM, needs=["azure_ad_role_definition"])
def azure_ad_role_eligibility(ctx: Context) -> Iterator[Entity]:
    """Somebody may activate a directory role, in the tenant or in a part of it (Privileged Identity Management)."""
    roles = role_names(ctx)
    for row in _eligibilities(ctx):
        permanent = row["endDateTime"] is None
        yield Entity(row["id"], row, isPermanent=permanent, **names(row, roles), **scope_of(row))


@relationship_family(PRINCIPALS, "ASSIGNED", "azure_ad_role_eligibility", permissions=READ, licences=PIM)
def azure_principal_assigned_ad_role_eligibility(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Somebody is eligible for a directory role by himself; the members of an eligible group are so through it."""
    direct = (row for row in _eligibilities(ctx) if says(row["memberType"], _DIRECT))
    for row in named(ctx, direct, from_type):
        yield Relationship(row["principalId"], row["id"])


@relationship_step(
    "azure_ad_role_eligibility",
    "USES",
    "azure_ad_role_definition",
    permissions=READ,
    licences=PIM,
    per_row=True,
    type="azure_ad_role_eligibility_uses_definition",
)
def azure_ad_role_eligibility_uses_definition(ctx: Context) -> Iterator[Relationship]:
    """An eligibility is one for a directory role."""
    for row in _eligibilities(ctx):
        if required_text(row, "roleDefinitionId"):
            yield Relationship(row["id"], row["roleDefinitionId"])


@relationship_family("azure_ad_role_eligibility", "ALLOWS", _SCOPES, permissions=READ, licences=PIM)
def azure_ad_role_eligibility_allows(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """An eligibility would hold in the tenant, in an administrative unit, over an attribute set, or on one object."""
    for eligibility, place in in_scope(ctx, list(_eligibilities(ctx)), to_type):
        yield Relationship(eligibility, place)


@relationship_step("azure_ad_role_eligibility", "ALLOWS", "azure_application", permissions=READ, licences=PIM)
def azure_ad_role_eligibility_allows_application(ctx: Context) -> Iterator[Relationship]:
    """An eligibility would hold on one application."""
    eligibilities = list(_eligibilities(ctx))
    for eligibility, application in in_scope(ctx, eligibilities, "azure_application", application_keys(ctx)):
        yield Relationship(eligibility, application)


def _eligibilities(ctx: Context) -> Iterator[Any]:
    """Yield what can be activated now: instances, since schedules also hold what is not yet, and requests have gaps."""
    path = f"{DIRECTORY}/roleEligibilityScheduleInstances"
    return ctx.graph.list(path, schema="azure_ad_role_eligibility", also=["appScopeId"], top=None)
