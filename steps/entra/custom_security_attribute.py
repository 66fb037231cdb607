"""Custom security attributes: what users and applications can be marked with, and roles of Azure may depend on."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps._forms import expanded, objects_in, text_in
from steps._words import composed
from steps.entra._roles import attribute_set_key

SET, DEFINITION = "azure_attribute_set", "azure_custom_security_attribute_definition"
_READ = ["CustomSecAttributeDefinition.Read.All"]
"""``Directory.Read.All`` does not do: administrators, too, need a role of their own for these."""


@entity_step("Configuration", permissions=_READ, per_row=True)
def azure_attribute_set(ctx: Context) -> Iterator[Entity]:
    """A set of custom security attributes, over which roles can be assigned."""
    for row in ctx.graph.list("/directory/attributeSets", top=None):
        yield Entity(attribute_set_key(row["id"]), row, name=row["id"], displayName=row["id"])


@entity_step("Configuration", permissions=_READ, per_row=True)
def azure_custom_security_attribute_definition(ctx: Context) -> Iterator[Entity]:
    """What users and applications can be marked with: the name of it, and which values it may have."""
    path = "/directory/customSecurityAttributeDefinitions"
    for row in ctx.graph.list(path, also=["name"], expand="allowedValues", top=None):
        name = row["name"] or row["id"]
        values = objects_in(expanded(row, "allowedValues"), "allowedValues")
        active = sorted(text_in(each, "id") for each in values if each.get("isActive"))
        yield Entity(
            f"{DEFINITION}:{row['id']}",
            row,
            name=name,
            displayName=composed(": ", row["attributeSet"], name),
            allowedValues=active if "allowedValues" in row else None,
        )


@relationship_step(SET, "HAS", DEFINITION, per_row=True)
def azure_attribute_set_has_custom_security_attribute_definition(ctx: Context) -> Iterator[Relationship]:
    """An attribute is one of a set."""
    for definition in ctx.entities(DEFINITION):
        if name := definition.properties.get("attributeSet"):
            yield Relationship(attribute_set_key(str(name)), definition.key)
