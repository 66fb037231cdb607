"""What SharePoint and OneDrive let everybody in the tenant share, and with whom."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step

SETTINGS = "azure_sharepoint_settings"


@entity_step("ControlPolicy", permissions=["SharePointTenantSettings.Read.All"], needs=["azure_account"])
def azure_sharepoint_settings(ctx: Context) -> Iterator[Entity]:
    """With whom files and sites may be shared, and by which clients they may be reached."""
    settings = ctx.graph.get("/admin/sharepoint/settings", select=None)
    tenant = ctx.one("azure_account").properties["id"]
    yield Entity(f"{SETTINGS}:{tenant}", settings, id=tenant, name="SharePoint settings", category="config")
