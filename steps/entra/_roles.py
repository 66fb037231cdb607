"""What assignments of directory roles have in common: who they are for, and where in the tenant they hold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from integration import Context
from integration.values import guid_key
from steps._forms import required_text, text_in
from steps._words import composed

READ = ["RoleManagement.Read.Directory"]
DIRECTORY = "/roleManagement/directory"
PIM = ["AAD_PREMIUM_P2", "Entra_Identity_Governance"]
"""Service plans that have Privileged Identity Management (Microsoft Entra ID Governance licensing fundamentals)."""
PRINCIPALS = ["azure_user", "azure_user_group", "azure_service_principal"]
OBJECTS = ["azure_device", "azure_service_principal", "azure_user_group", "azure_user"]
"""Types of single objects that a role may hold on, and whose keys are their object ids."""
TENANT = "/"
_UNIT = "/administrativeUnits/"
_ATTRIBUTE_SET = "/attributeSets/"
_KINDS_OF_SCOPE = {"azure_administrative_unit": "administrativeUnit", "azure_attribute_set": "attributeSet"}
"""How ``scope_of`` calls what is told by its path, by the type of it; all else is an object."""


def scope_of(row: Any) -> dict[str, str | None]:
    """Return where a role holds: in the tenant, a unit, an attribute set, on one object, or in another service.

    Sources: unifiedRoleAssignment resource type, ``directoryScopeId`` and ``appScopeId``; Manage access to custom
    security attributes.
    """
    scope = text_in(row, "directoryScopeId")
    if not scope:
        return {"scopeType": "application" if row["appScopeId"] else None, "scopeId": row["appScopeId"]}
    if scope == TENANT:
        return {"scopeType": "tenant", "scopeId": None}
    if scope.startswith(_UNIT):
        return {"scopeType": "administrativeUnit", "scopeId": scope.removeprefix(_UNIT)}
    if scope.startswith(_ATTRIBUTE_SET):
        return {"scopeType": "attributeSet", "scopeId": scope.removeprefix(_ATTRIBUTE_SET)}
    return {"scopeType": "object", "scopeId": scope.lstrip("/")}


def name_of(row: Any, roles: Mapping[str, str]) -> str:
    """Return the name of the role that a row is about; where Graph names no role, the row's own id."""
    role = row["roleDefinitionId"]
    return roles.get(role) or role or str(row["id"])


def names(row: Any, roles: Mapping[str, str]) -> dict[str, str]:
    """Return how an assignment is called: by its role, and by its role and whom it is for."""
    name = name_of(row, roles)
    return {"name": name, "displayName": composed(": ", name, row["principalId"])}


def named(ctx: Context, rows: Iterable[Any], type: str) -> Iterator[Any]:
    """Yield the assignments whose principal is an entity of a type: Graph does not say of which kind it is."""
    kept = [row for row in rows if required_text(row, "principalId")]
    principals = _keys(ctx, type, [row["principalId"] for row in kept])
    for row in kept:
        key = principals.get(row["principalId"])
        if key is not None:
            yield row if key == row["principalId"] else row.__class__({**row, "principalId": key})


def _keys(ctx: Context, type: str, ids: Sequence[str]) -> Mapping[str, str]:
    """Return the keys of a type's entities by the ids that name them; an id in capitals is looked for in small letters.

    Graph writes ids in small letters, and compares them in any: what somebody else wrote may come back as it was.
    """
    known = ctx.known(type, ids)
    others = {id: id.lower() for id in ids if id not in known and id != id.lower()}
    small = ctx.known(type, others.values()) if others else ()
    return {**{id: id for id in known}, **{id: key for id, key in others.items() if key in small}}


def in_scope(
    ctx: Context, rows: Iterable[Any], type: str, keys: dict[str, str] | None = None
) -> Iterator[tuple[str, str]]:
    """Yield an assignment's id, and the key of what it holds on, where that is an entity of a type.

    Args:
        ctx: the step's.
        rows: the assignments.
        type: the account's type, that of administrative units, of attribute sets, or one of single objects.
        keys: keys by object id, where these are not the same.
    """
    if type == "azure_account":
        account = ctx.one(type).key
        yield from ((row["id"], account) for row in rows if scope_of(row)["scopeType"] == "tenant")
        return
    wanted = _KINDS_OF_SCOPE.get(type, "object")
    found = [(row["id"], scope["scopeId"]) for row in rows if (scope := scope_of(row))["scopeType"] == wanted]
    if wanted == "attributeSet":
        yield from ((id, attribute_set_key(str(name))) for id, name in found)
        return
    pairs = [(id, keys.get(guid_key(object) or "") if keys is not None else object) for id, object in found]
    if wanted == "administrativeUnit":  # what else it could be is nothing: a unit that is gone is told as such
        yield from ((id, key) for id, key in pairs if key)
        return
    known = _keys(ctx, type, [key for _, key in pairs if key])
    yield from ((id, known[key]) for id, key in pairs if key and key in known)


def attribute_set_key(name: str) -> str:
    """Return the key of an attribute set: Graph takes its name in any case of letters (attributeSet resource type)."""
    return f"azure_attribute_set:{name.lower()}"


def role_names(ctx: Context) -> dict[str, str]:
    """Return the name of each role by its id; the listing is the one that the roles are made of."""
    return {role["id"]: role["displayName"] or role["id"] for role in definitions(ctx)}


def definitions(ctx: Context) -> Iterator[Any]:
    """Yield the definitions of roles with all that any type takes of them: one read serves them all."""
    listed = ("rolePermissions", "displayName", "isBuiltIn", "templateId")
    return ctx.graph.list(f"{DIRECTORY}/roleDefinitions", schema="azure_ad_role_definition", also=listed, top=None)
