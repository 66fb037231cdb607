"""Rules of network security groups."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import keys_in, keys_of, part_of, parts_of, properties_of, references_in
from steps.azure._rules import SECURITY_GROUP, merged

READ = ["Microsoft.Network/networkSecurityGroups/read"]


@entity_step("Rule", permissions=READ, per_row=True)
def azure_security_rule(ctx: Context) -> Iterator[Entity]:
    """A rule of a network security group, of its own: those that every group has, and that come last, are left out."""
    for row in ctx.azure.resources(SECURITY_GROUP):
        for part in parts_of(row, "securityRules"):
            of = properties_of(part)
            yield part_of(
                row,
                part,
                securityGroupId=arm_key(row["id"]),
                sourceAddressPrefixes=list(merged(of, "sourceAddressPrefix", "sourceAddressPrefixes")),
                sourcePortRanges=list(merged(of, "sourcePortRange", "sourcePortRanges")),
                sourceApplicationSecurityGroupIds=keys_of(references_in(of, "sourceApplicationSecurityGroups")),
                destinationAddressPrefixes=list(merged(of, "destinationAddressPrefix", "destinationAddressPrefixes")),
                destinationPortRanges=list(merged(of, "destinationPortRange", "destinationPortRanges")),
                destinationApplicationSecurityGroupIds=keys_of(
                    references_in(of, "destinationApplicationSecurityGroups")
                ),
            )


@relationship_step("azure_security_group", "HAS", "azure_security_rule", permissions=READ, per_row=True)
def azure_security_group_has_rule(ctx: Context) -> Iterator[Relationship]:
    """A network security group has a rule."""
    for row in ctx.azure.resources(SECURITY_GROUP):
        for rule in keys_in(row, "securityRules"):
            yield Relationship(arm_key(row["id"]), rule)


@relationship_step("azure_security_rule", "USES", "azure_application_security_group", permissions=READ, per_row=True)
def azure_security_rule_uses_application_security_group(ctx: Context) -> Iterator[Relationship]:
    """A rule is for what comes from those in an application security group, or goes to them."""
    for rule in ctx.entities("azure_security_rule"):
        told = [rule.properties.get(f"{end}ApplicationSecurityGroupIds") or () for end in ("source", "destination")]
        for group in dict.fromkeys(key for keys in told for key in keys):
            yield Relationship(rule.key, group)
