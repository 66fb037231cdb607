"""Zones of the Domain Name System, public and private, and the records in them."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    below_parents,
    in_groups,
    joined,
    key_at,
    named_by,
    object_at,
    objects_in,
    properties_of,
    resource,
    says,
    texts_in,
)

_ZONES = {
    "azure_dns_zone": "microsoft.network/dnszones",
    "azure_private_dns_zone": "microsoft.network/privatednszones",
}
_LINK = "microsoft.network/privatednszones/virtualnetworklinks"
_RECORDS = {"azure_dns_zone": "azure_dns_record_set", "azure_private_dns_zone": "azure_private_dns_record_set"}
_KINDS = ("a", "aaaa", "cname", "mx", "ptr", "soa", "srv", "txt")
_VALUES = {
    "aRecordsIps": ("arecords", "ipv4address"),
    "aaaaRecordsIps": ("aaaarecords", "ipv6address"),
    "mxRecordsExchanges": ("mxrecords", "exchange"),
    "ptrRecordsNames": ("ptrrecords", "ptrdname"),
}
"""Properties, and where they are in a record set: public and private zones write the first letters differently."""


@entity_step(
    "DomainZone", permissions=["Microsoft.Network/dnsZones/read"], per_row=True, resources=[_ZONES["azure_dns_zone"]]
)
def azure_dns_zone(ctx: Context) -> Iterator[Entity]:
    """A zone of the public Domain Name System."""
    for row in ctx.azure.resources(_ZONES["azure_dns_zone"]):
        yield resource(row, domainName=row["name"].lower())


@entity_step(
    "DomainZone",
    permissions=["Microsoft.Network/privateDnsZones/read"],
    per_row=True,
    resources=[_ZONES["azure_private_dns_zone"]],
)
def azure_private_dns_zone(ctx: Context) -> Iterator[Entity]:
    """A zone of names that only some virtual networks see."""
    for row in ctx.azure.resources(_ZONES["azure_private_dns_zone"]):
        yield resource(row, domainName=row["name"].lower())


@entity_step("DomainRecord", permissions=["Microsoft.Network/dnsZones/read"], per_row=True)
def azure_dns_record_set(ctx: Context) -> Iterator[Entity]:
    """What one name of a public zone leads to; records of the kinds NS and CAA are not told by Resource Graph."""
    yield from _records(ctx, "azure_dns_zone")


@entity_step("DomainRecord", permissions=["Microsoft.Network/privateDnsZones/read"], per_row=True)
def azure_private_dns_record_set(ctx: Context) -> Iterator[Entity]:
    """What one name of a private zone leads to."""
    yield from _records(ctx, "azure_private_dns_zone")


@relationship_family("azure_resource_group", "HAS", list(_ZONES), per_row=True)
def azure_resource_group_has_zone(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A zone is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_family("azure_dns_zone", "HAS", "azure_dns_record_set", per_row=True)
def azure_zone_has_record_set(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A public zone has the records of a name."""
    yield from below_parents(ctx.entities(to_type))


@relationship_family("azure_private_dns_zone", "HAS", "azure_private_dns_record_set", per_row=True)
def azure_private_zone_has_record_set(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A private zone has the records of a name."""
    yield from below_parents(ctx.entities(to_type))


@relationship_step("azure_private_dns_zone", "CONNECTS", "azure_vnet", per_row=True)
def azure_private_dns_zone_connects_vnet(ctx: Context) -> Iterator[Relationship]:
    """The names of a private zone are known in a virtual network; what links the two is a resource of no type here."""
    for row in ctx.azure.resources("*"):
        if says(row["type"], _LINK) and (network := key_at(properties_of(row), "virtualNetwork")):
            yield Relationship(arm_key(row["id"]).rsplit("/", 2)[0], network)


@relationship_step(
    "azure_dns_record_set",
    "CONNECTS",
    any_of("azure"),
    type="azure_dns_record_set_connects_resource",
    permissions=["Microsoft.Network/dnsZones/read"],
    per_row=True,
)
def azure_dns_record_set_connects_resource(ctx: Context) -> Iterator[Relationship]:
    """A name leads to a resource, whatever its address is (an alias): also to one that is gone, if that is so."""
    yield from named_by(ctx.entities("azure_dns_record_set"), "targetResourceId")


def _rows(ctx: Context, zone: str) -> Iterator[Any]:
    for kind in _KINDS:
        yield from ctx.azure.table("dnsresources", type=f"{_ZONES[zone]}/{kind}")


def _records(ctx: Context, zone: str) -> Iterator[Entity]:
    for row in _rows(ctx, zone):
        told = {name.lower(): value for name, value in properties_of(row).items()}
        texts = ["".join(texts_in(text, "value")) for text in objects_in(told, "txtrecords")]
        values = {name: _listed(told, *path) for name, path in _VALUES.items()}
        cname = object_at(told, "cnamerecord").get("cname")
        authority = object_at(told, "soarecord")
        servers = joined(objects_in(told, "srvrecords"), ":", "target", "port")
        alias = {"targetResourceId": key_at(told, "targetresource")} if zone == "azure_dns_zone" else {}
        yield resource(
            row,
            name=_name(row),
            displayName=_name(row),
            tags=None,
            zoneName=arm_key(row["id"]).split("/")[8],
            type=row["type"].rpartition("/")[2].upper(),
            TTL=told.get("ttl"),
            fqdn=told.get("fqdn"),
            cnameRecord=cname,
            soaRecordHost=authority.get("host"),
            soaRecordEmail=authority.get("email"),
            srvRecordsTargets=servers or None,
            txtRecordsValues=texts or None,
            **values,
            **alias,
        )


def _listed(told: dict[str, Any], records: str, value: str) -> list[str] | None:
    """Return one value of each record of a kind."""
    found = [{name.lower(): each for name, each in record.items()}.get(value) for record in objects_in(told, records)]
    return [each for each in found if each] or None


def _name(row: Any) -> str:
    """Return the name within the zone: Resource Graph may put the zone's before it."""
    name: str = row["id"].rpartition("/")[2]
    return name
