"""What namespaces of Event Hubs and Service Bus have alike."""

from typing import Any

from integration import Entity
from steps.azure._children import setting
from steps.azure._resource import keys_at, named_in, parts_of, properties_of


def network_rules(row: Any) -> Entity:
    """Return the entity of the networks from which a namespace is reached."""
    return setting(
        row,
        category=["network"],
        allowedIpAddresses=named_in(properties_of(row), "ipRules", "ipMask"),
        virtualNetworkSubnetIds=keys_at(parts_of(row, "virtualNetworkRules"), "subnet"),
    )
