"""Which vault or managed HSM an address leads to: their own, or that of a key in one."""

from urllib.parse import urlsplit

from integration import Context
from integration.values import arm_key
from steps.azure._resource import properties_of
from steps.azure.keyvault_managed_hsm import MANAGED_HSM
from steps.azure.keyvault_service import VAULT

VAULTS = {"azure_keyvault_service": (VAULT, "vaultUri"), "azure_keyvault_managed_hsm": (MANAGED_HSM, "hsmUri")}
"""Types of what keeps keys: the type of the resources, and the property that has their address."""


def host_of(address: str | None) -> str | None:
    """Return the name of the host in an address, in lower case; ``None`` where there is none."""
    return urlsplit(address).hostname if address else None


def vaults_by_host(ctx: Context, type: str = "azure_keyvault_service") -> dict[str | None, str]:
    """Return the keys of the vaults, or managed HSMs, by the hosts that they answer at."""
    of, name = VAULTS[type]
    return {
        host: arm_key(row["id"]) for row in ctx.azure.resources(of) if (host := host_of(properties_of(row).get(name)))
    }
