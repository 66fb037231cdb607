"""What acts for Microsoft Intune on each device: JupiterOne tells the agent from the device that it is on."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.entra._intune import INTUNE
from steps.entra.managed_device import DEVICE

AGENT = "intune_host_agent"
_KEY = "intune-host-agent"
_COPIED = ("compliant", "complianceState", "managementAgent", "registrationState")


@entity_step("HostAgent", licences=INTUNE, needs=[DEVICE], per_row=True)
def intune_host_agent(ctx: Context) -> Iterator[Entity]:
    """What has a device keep to Intune's policies, and tells Intune how it is."""
    for device in ctx.entities(DEVICE):
        told = device.properties
        yield Entity(
            agent_key(device.key),
            name=_KEY,
            displayName=f"Intune on {told['displayName']}",
            function=["endpoint-compliance", "endpoint-protection"],
            deviceId=device.key,
            state=told.get("managementState"),
            lastSeenOn=told["lastSeenOn"],
            **{name: told.get(name) for name in _COPIED},
        )


@relationship_step(AGENT, "MANAGES", DEVICE, per_row=True)
def intune_host_agent_manages_managed_device(ctx: Context) -> Iterator[Relationship]:
    """Intune manages a device by what acts for it there."""
    for device in ctx.entities(DEVICE):
        yield Relationship(agent_key(device.key), device.key)


def agent_key(device: str) -> str:
    """Return the key of what acts on a device.

    Args:
        device: the device's id in Intune.
    """
    return f"{_KEY}:{device}"
