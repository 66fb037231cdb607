"""Public keys for SSH, and the machines that let in whoever has the private one."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import in_groups, properties_of, resource, texts_at
from steps.azure.vm import VM

_KEY = "microsoft.compute/sshpublickeys"
_OF_MACHINE = "osProfile", "linuxConfiguration", "ssh", "publicKeys[]", "keyData"


@entity_step("Key", permissions=["Microsoft.Compute/sshPublicKeys/read"], per_row=True, resources=[_KEY])
def azure_ssh_public_key(ctx: Context) -> Iterator[Entity]:
    """A public key that is kept to be put on machines."""
    for row in ctx.azure.resources(_KEY):
        known = _plain(properties_of(row).get("publicKey"))
        yield resource(row, keyType=known[0] if known else None)


@relationship_step("azure_resource_group", "HAS", "azure_ssh_public_key", per_row=True)
def azure_resource_group_has_ssh_public_key(ctx: Context) -> Iterator[Relationship]:
    """A public key is in a resource group."""
    yield from in_groups(ctx.entities("azure_ssh_public_key"))


@relationship_step("azure_vm", "TRUSTS", "azure_ssh_public_key")
def azure_vm_trusts_ssh_public_key(ctx: Context) -> Iterator[Relationship]:
    """A virtual machine was made to let in whoever has the private one of a key: Azure tells the keys it was given."""
    keys: dict[tuple[str, ...], list[str]] = {}
    for row in ctx.azure.resources(_KEY):
        if known := _plain(properties_of(row).get("publicKey")):
            keys.setdefault(known, []).append(arm_key(row["id"]))
    for row in ctx.azure.resources(VM):
        given = dict.fromkeys(map(_plain, texts_at(properties_of(row), *_OF_MACHINE)))
        for key in (key for known in given for key in keys.get(known, ())):
            yield Relationship(arm_key(row["id"]), key)


def _plain(key: str | None) -> tuple[str, ...]:
    """Return the kind and the number of a public key, without what somebody noted after it."""
    return tuple((key or "").split()[:2])
