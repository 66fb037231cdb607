"""What every resource of Azure has, and what its properties refer to."""

from collections.abc import Iterable, Iterator
from typing import Any

from integration import Entity, Relationship
from integration.values import arm_key
from steps._forms import joined as joined
from steps._forms import key_at as key_at
from steps._forms import key_of as key_of
from steps._forms import keys_at as keys_at
from steps._forms import keys_of as keys_of
from steps._forms import named_in as named_in
from steps._forms import object_at as object_at
from steps._forms import objects_in as objects_in
from steps._forms import references_in as references_in
from steps._forms import required_text as required_text
from steps._forms import text_in as text_in
from steps._forms import texts_at as texts_at
from steps._forms import texts_in as texts_in
from steps._forms import values_in as values_in
from steps._forms import values_of as values_of
from steps._words import says as says
from steps._words import whether as whether
from steps.azure._ids import portal_link, resource_group_key, tagged


def resource(row: Any, /, **computed: Any) -> Entity:
    """Return the entity of a resource: its name, its tags and its page, and what the step computed.

    A step that computes ``tags`` does so in place of all that its tags say.
    """
    known = {"name": row["name"], "displayName": row["name"], "webLink": portal_link(row)}
    return Entity(arm_key(row["id"]), row, **known | ({} if "tags" in computed else tagged(row)) | computed)


def part_of(row: Any, part: Any, /, **computed: Any) -> Entity:
    """Return the entity of a part that is told with its resource, such as a subnet: it is where the resource is."""
    known = {
        "name": part["name"],
        "displayName": part["name"],
        "region": row["location"],
        "location": row["location"],
        "resourceGroup": row["resourceGroup"],
        "subscriptionId": row["subscriptionId"],
        "webLink": portal_link({"tenantId": row["tenantId"], "id": part["id"]}),
    }
    return Entity(arm_key(part["id"]), part, **known | computed)


def each_part(rows: Iterable[Any], *names: str) -> Iterator[tuple[Any, Any]]:
    """Yield some resources with each of the parts that their properties list under some names."""
    for row in rows:
        for name in names:
            for part in parts_of(row, name):
                yield row, part


def in_groups(resources: Iterable[Entity]) -> Iterator[Relationship]:
    """Yield for each of some resources that its resource group has it, as its key says."""
    for each in resources:
        yield Relationship(resource_group_key(each.key), each.key)


def in_subscriptions(rows: Iterable[Any]) -> Iterator[Relationship]:
    """Yield for each of some resources a relationship from its subscription."""
    for row in rows:
        yield Relationship(arm_key(f"/subscriptions/{row['subscriptionId']}"), arm_key(row["id"]))


def below_parents(resources: Iterable[Entity]) -> Iterator[Relationship]:
    """Yield for each of some resources, or parts of one, a relationship from what it is below, as its key says.

    That is two names before its own.
    """
    for each in resources:
        yield Relationship(each.key.rsplit("/", 2)[0], each.key)


def named_by(entities: Iterable[Entity], property: str) -> Iterator[Relationship]:
    """Yield for each of some entities a relationship to each that one of its properties names by key."""
    for each in entities:
        told = each.properties.get(property) or []
        for key in [told] if isinstance(told, str) else told:
            yield Relationship(each.key, key)


def type_of(part: Any) -> str | None:
    """Return the type of a part, as rows have theirs; ``None`` where Azure does not tell it."""
    told = part.get("type")
    return str(told).lower() if told else None


def environment_of(row: Any) -> str | None:
    """Return what a resource says of its environment: its tag of that name, in any case; ``None`` where it has none."""
    tags = object_at(row, "tags").items()
    return next((str(value).lower() for name, value in tags if name.lower() == "environment" and value), None)


def properties_of(holder: Any) -> dict[str, Any]:
    """Return the properties of a resource, or of a part of one; none where there are none."""
    properties = holder.get("properties")
    return properties if isinstance(properties, dict) else object_at(holder, "properties")


def parts_of(holder: Any, name: str) -> list[dict[str, Any]]:
    """Return the objects that the properties of a resource list under a name, such as its subnets, without nulls.

    What is no list, and what in it is no object, is left unread, and the type is partial for it.
    """
    return objects_in(properties_of(holder), name)


def keys_in(holder: Any, name: str) -> list[str]:
    """Return the keys of what the properties of a resource list under a name: ids, or objects that have one."""
    return keys_of(references_in(properties_of(holder), name))


def filled_in(holder: Any, name: str) -> list[str] | None:
    """Return the texts that are not empty, since Azure writes one empty text for none; ``None`` where it tells none."""
    return None if holder.get(name) is None else [text for text in texts_in(holder, name) if text]


def is_active(status: Any) -> bool | None:
    """Tell whether something that has a status works; ``None`` where the status says neither.

    Source: JupiterOne's SDK for integrations, which gives ``active`` to what has a status.
    """
    word = status.lower() if isinstance(status, str) else ""
    if any(each in word for each in ("inactive", "disabled", "offline")):
        return False
    return True if any(each in word for each in ("active", "enabled", "online")) else None


def active(row: Any) -> bool | None:
    """Tell whether a resource works, by the status among its properties."""
    return is_active(properties_of(row).get("status"))


def private_endpoints_of(row: Any) -> list[str]:
    """Return the keys of the private endpoints that lead to a resource.

    Azure Static Web Apps wraps each connection once more, so that it has its properties among its properties. Source:
    Azure's specification of Microsoft.Web, StaticSite.
    """
    connections = [properties_of(each) for each in parts_of(row, "privateEndpointConnections")]
    return keys_at([*connections, *map(properties_of, connections)], "privateEndpoint")


def identities_of(row: Any) -> list[str]:
    """Return the keys of the user-assigned identities that a resource may use."""
    return keys_of(object_at(row, "identity", "userAssignedIdentities"))
