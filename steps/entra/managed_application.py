"""Applications that Microsoft Intune gives to devices, to whom, and those that it finds on devices."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family
from steps._forms import object_at, objects_in, text_in
from steps.entra._intune import INTUNE, kind_of, targets_of

MANAGED = "intune_managed_application"
_LISTED = "/deviceAppManagement/mobileApps"


@entity_step("Application", permissions=["DeviceManagementApps.Read.All"], licences=INTUNE, per_row=True)
def intune_managed_application(ctx: Context) -> Iterator[Entity]:
    """An application that Intune can give to devices; of Microsoft's own catalogue many are assigned to nobody."""
    for application in _applications(ctx):
        yield Entity(
            application["id"],
            application,
            name=application["displayName"] or application["id"],
            appType=kind_of(application),
            **targets_of(application),
        )


@entity_step(
    "Application",
    permissions=["DeviceManagementManagedDevices.Read.All"],
    licences=INTUNE,
    per_row=True,
    on_demand=True,
)
def intune_detected_application(ctx: Context) -> Iterator[Entity]:
    """An application of some version that Intune has found on devices, and on how many."""
    for application in ctx.graph.list("/deviceManagement/detectedApps", top=None):
        yield Entity(application["id"], application, name=application["displayName"] or application["id"])


@relationship_family(MANAGED, "ASSIGNED", ["azure_user_group"], permissions=["DeviceManagementApps.Read.All"])
def intune_managed_application_assigned(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """An application is for a group, or is not: ``intent`` says how, and ``exclude`` that it is not."""
    for application in _applications(ctx):
        targets, intents = targets_of(application), defaultdict[str, set[str]](set)
        for each in objects_in(application, "assignments"):
            intents[text_in(object_at(each, "target"), "groupId")].update(filter(None, [text_in(each, "intent")]))
        excluded = {*targets.get("excludeGroupIds", ())}
        for id in sorted(excluded.union(targets.get("includeGroupIds", ()))):
            intent = ",".join(sorted(intents[id])) or None
            yield Relationship(application["id"], id, exclude=id in excluded, intent=intent)


def _applications(ctx: Context) -> Iterator[Any]:
    """Yield applications with their assignments; one of Graph's further properties is a picture."""
    return ctx.graph.list(_LISTED, schema=MANAGED, expand="assignments", top=None)
