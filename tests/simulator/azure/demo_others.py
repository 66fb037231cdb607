"""Resources of the demo's tenant whose types have no type of their own."""

from tests.simulator.azure.place import Place, to


def add_others(web: Place, aks: Place) -> None:
    """Put resources there that are told by what all types have in common, oddly written ones among them."""
    identity = web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web")
    maps = web.put(
        "Microsoft.Maps/accounts",
        "map-web",
        {
            "disableLocalAuth": True,
            "publicNetworkAccess": "Disabled",
            "minimalTlsVersion": "1.2",
            "encryption": {"keySource": "Microsoft.KeyVault"},
            "networkAcls": {"defaultAction": "Deny"},
            "privateEndpointConnections": [
                {"properties": {"privateEndpoint": to(web.of("Microsoft.Network/privateEndpoints", "pe"))}}
            ],
            "createdAt": "2024-05-01T12:30:00Z",
        },
        kind="Gen2",
        sku={"name": "G2", "tier": "Standard", "size": "M", "family": "G"},
        identity={
            "type": "SystemAssigned, UserAssigned",
            "principalId": "00000000-0000-4000-8000-000000000901",
            "userAssignedIdentities": {identity.upper(): {"clientId": "00000000-0000-4000-8000-000000000902"}},
        },
        tags={"owner": "team-web"},
        zones=["1", "2"],
    )
    web.put("Microsoft.Maps/accounts/creators", "map-web/indoor", {"storageUnits": 5})
    aks.put(
        "Contoso.Appliances/firewalls",
        "appliance",
        {"creationTime": "last spring", "publicNetworkAccess": True, "encryption": "on", "networkAcls": []},
        managedBy=maps,
        sku="Standard",
        identity=[],
        plan={"publisher": "contoso", "product": "appliance", "name": "large"},
        extendedLocation={"name": "edge1", "type": "EdgeZone"},
    )
