"""What Microsoft Intune does with all devices."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step
from steps.entra._intune import INTUNE


@entity_step("ControlPolicy", permissions=["DeviceManagementConfiguration.Read.All"], licences=INTUNE)
def intune_settings(ctx: Context) -> Iterator[Entity]:
    """Whether devices that no policy asks anything of count as compliant, and how long they may be silent."""
    # Whole: some tenants leave the settings out where they are selected.
    management = ctx.graph.get("/deviceManagement", select=None)
    id = str(management.get("id") or "settings")
    yield Entity(f"intune_settings:{id}", management, name="Microsoft Intune settings", category="compliance", id=id)
