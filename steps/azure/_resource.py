"""What every resource of Azure has, and what its properties refer to."""

from collections.abc import Iterable, Iterator
from typing import Any

from integration import Entity, Relationship
from integration.sdk.unread import leave_unread
from integration.values import arm_key
from steps._words import always as always
from steps._words import listed as listed
from steps._words import says as says
from steps.azure._ids import portal_link, resource_group_key, tagged

_FORMS = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", int: "a number", float: "a number"}


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


def in_groups(rows: Iterable[Any]) -> Iterator[Relationship]:
    """Yield for each of some resources that its resource group has it."""
    for row in rows:
        yield Relationship(resource_group_key(row["id"]), arm_key(row["id"]))


def in_subscriptions(rows: Iterable[Any]) -> Iterator[Relationship]:
    """Yield for each of some resources a relationship from its subscription."""
    for row in rows:
        yield Relationship(arm_key(f"/subscriptions/{row['subscriptionId']}"), arm_key(row["id"]))


def below_parents(rows: Iterable[Any]) -> Iterator[Relationship]:
    """Yield for each of some resources a relationship from the resource that it is below: two names before its own."""
    for row in rows:
        key = arm_key(row["id"])
        yield Relationship(key.rsplit("/", 2)[0], key)


def type_of(part: Any) -> str | None:
    """Return the type of a part, as rows have theirs; ``None`` where Azure does not tell it."""
    told = part.get("type")
    return str(told).lower() if told else None


def environment_of(row: Any) -> str | None:
    """Return what a resource says of its environment: its tag of that name, in any case; ``None`` where it has none."""
    tags = row["tags"] if isinstance(row["tags"], dict) else {}
    return next((str(value).lower() for name, value in tags.items() if name.lower() == "environment" and value), None)


def properties_of(holder: Any) -> dict[str, Any]:
    """Return the properties of a resource, or of a part of one; none where there are none."""
    properties: dict[str, Any] = holder.get("properties") or {}
    return properties


def parts_of(holder: Any, name: str) -> list[dict[str, Any]]:
    """Return the objects that the properties of a resource list under a name, such as its subnets, without nulls.

    What is no list, and what in it is no object, is left unread, and the type is partial for it.
    """
    return objects_in(properties_of(holder), name)


def objects_in(holder: Any, name: str) -> list[dict[str, Any]]:
    """Return the objects that an object lists under a name, as ``parts_of`` does of the properties of a resource."""
    return list(_listed(holder, name, dict))


def named_in(holder: Any, name: str, of: str) -> list[Any]:
    """Return what each object that an object lists under a name has under another one, of those that have it.

    It is for what is told of each, such as ``ipRules`` and the ``value`` of each rule.
    """
    return values_of(objects_in(holder, name), of)


def values_of(objects: Iterable[dict[str, Any]], name: str) -> list[Any]:
    """Return what each of some objects has under a name, of those that have it."""
    return [each[name] for each in objects if each.get(name) is not None]


def keys_in(holder: Any, name: str) -> list[str]:
    """Return the keys of what the properties of a resource list under a name: ids, or objects that have one."""
    return keys_of(_listed(properties_of(holder), name, (dict, str)))


def _listed(holder: Any, name: str, form: type | tuple[type, ...]) -> Iterator[Any]:
    """Yield what an object lists under a name; what has another form is left unread."""
    listed = holder.get(name)
    if listed is not None and not isinstance(listed, list):
        leave_unread(f"{name} is {_form_of(listed)}, not a list")
        return
    for each in listed or ():
        if isinstance(each, form):
            yield each
        elif each is not None:
            leave_unread(f"{name} has {_form_of(each)} in it, not {_FORMS[dict]}{' or an id' * (form is not dict)}")


def _form_of(value: Any) -> str:
    return _FORMS[type(value)]


def texts_at(holder: Any, *names: str) -> Iterator[str]:
    """Yield the texts that names lead to, one after the other, from an object, or from each of a list on the way."""
    if isinstance(holder, list):
        for each in holder:
            yield from texts_at(each, *names)
    elif names and isinstance(holder, dict):
        yield from texts_at(holder.get(names[0]), *names[1:])
    elif not names and isinstance(holder, str):
        yield holder


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


def key_of(reference: Any) -> str | None:
    """Return the key of what an id, or an object with one, leads to; ``None`` where there is none."""
    id = reference.get("id") if isinstance(reference, dict) else reference
    return arm_key(id) if id else None


def keys_of(references: Iterable[Any] | None) -> list[str]:
    """Return the keys of what some references lead to, in their order, each once."""
    return list(dict.fromkeys(key for each in references or () if (key := key_of(each))))


def private_endpoints_of(row: Any) -> list[str]:
    """Return the keys of the private endpoints that lead to a resource."""
    return keys_of(properties_of(each).get("privateEndpoint") for each in parts_of(row, "privateEndpointConnections"))


def identities_of(row: Any) -> list[str]:
    """Return the keys of the user-assigned identities that a resource may use."""
    identity = row["identity"] if isinstance(row["identity"], dict) else {}
    return keys_of(identity.get("userAssignedIdentities"))
