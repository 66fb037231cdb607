"""What other tools have columns of, and rows tell elsewhere than in one place."""

from typing import Any

import pytest

from tests.azure.one_group import S, azure, check_told, place
from tests.azure.reading import Azure
from tests.simulator.azure.place import Place, to

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

GROUP = f"/subscriptions/{S}/resourcegroups/rg/providers"
WEST, NORTH = ({"locationName": name} for name in ("West Europe", "North Europe"))


@pytest.mark.parametrize(
    ("type", "of", "properties", "expected"),
    [
        ("azure_cosmosdb_account", "Microsoft.DocumentDB/databaseAccounts",
         {"locations": [WEST | {"isZoneRedundant": True}, NORTH | {"isZoneRedundant": False}, None],
          "writeLocations": [WEST], "readLocations": [WEST, NORTH],
          "failoverPolicies": [NORTH | {"failoverPriority": 1}, WEST | {"failoverPriority": 0}],
          "consistencyPolicy": {"maxStalenessPrefix": 5, "maxIntervalInSeconds": 60}},
         {"zoneRedundantLocations": ["West Europe"], "writeLocations": ["West Europe"],
          "readLocations": ["West Europe", "North Europe"], "maxStalenessPrefix": 5, "maxIntervalInSeconds": 60,
          "failoverPriorities": ["0=West Europe", "1=North Europe"]}),
        ("azure_cosmosdb_account", "Microsoft.DocumentDB/databaseAccounts",
         {"locations": None, "failoverPolicies": None, "readLocations": None, "consistencyPolicy": None},
         {"zoneRedundantLocations": [], "failoverPriorities": [], "readLocations": None}),
        ("azure_sql_database", "Microsoft.Sql/servers/databases",
         {"restorableDroppedDatabaseId": f"{GROUP.upper()}/Microsoft.Sql/servers/s/restorableDroppedDatabases/d,1",
          "recoverableDatabaseId": None},
         {"restorableDroppedDatabaseId": f"{GROUP}/microsoft.sql/servers/s/restorabledroppeddatabases/d,1",
          "recoverableDatabaseId": None}),
        ("azure_logic_app_workflow", "Microsoft.Logic/workflows",
         {"integrationAccount": to(f"{GROUP}/Microsoft.Logic/integrationAccounts/Partners"),
          "integrationServiceEnvironment": None,
          "endpointsConfiguration": {"workflow": {"outgoingIpAddresses": [{"address": "203.0.113.1"}]}}},
         {"integrationAccountId": f"{GROUP}/microsoft.logic/integrationaccounts/partners",
          "integrationServiceEnvironmentId": None, "outgoingIpAddresses": ["203.0.113.1"],
          "connectorIpAddresses": None}),
        ("azure_network_firewall_policy", "Microsoft.Network/firewallPolicies",
         {"firewalls": [to(f"{GROUP}/Microsoft.Network/azureFirewalls/FW")], "childPolicies": [],
          "explicitProxy": {"enablePacFile": True, "pacFile": "https://st.blob.example/pac?sig=planted"}},
         {"firewallIds": [f"{GROUP}/microsoft.network/azurefirewalls/fw"], "childPolicyIds": [],
          "explicitProxyPacEnabled": True}),
    ],
)  # fmt: skip
def test_what_a_row_tells_is_there(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any], expected: dict[str, Any]
) -> None:
    place.put(of, "one/two" if of.count("/") > 1 else "one", properties)
    assert "planted" not in str(check_told(azure, type, expected))
