"""What Azure leaves null is no word of a text that is made of several of its values."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.azure.one_group import azure, entities, place
from tests.azure.reading import Azure, verdicts
from tests.simulator.azure.place import Place, part

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

FIREWALL = "azure_source_allows_network_firewall"
RULE = {"name": None, "sourceAddresses": ["*"], "destinationAddresses": ["198.18.0.4"], "protocols": ["TCP"]}
COLLECTION = part("/c", {"priority": 1, "action": {"type": "Allow"}, "rules": [RULE]}) | {"name": None}


@pytest.mark.parametrize(
    ("type", "of", "told", "name", "expected"),
    [
        (
            "azure_signalr_service",
            "Microsoft.SignalRService/SignalR",
            {"features": [{"flag": "ServiceMode", "value": None}, {"flag": "EnableLiveTrace", "value": "False"}]},
            "features",
            ["EnableLiveTrace=False", "ServiceMode"],
        ),
        (
            "azure_backup_vault_policy",
            "Microsoft.DataProtection/backupVaults/backupPolicies",
            {
                "policyRules": [
                    {
                        "name": None,
                        "lifecycles": [{"deleteAfter": {"duration": "P30D"}}],
                        "objectType": "AzureRetentionRule",
                    }
                ]
            },
            "retentions",
            ["=P30D"],
        ),
    ],
)
def test_null_is_no_word(
    place: Place, azure: Azure, type: str, of: str, told: dict[str, Any], name: str, expected: list[str]
) -> None:
    below = of.count("/") > 1
    place.put(of, "vault/one" if below else "one", told, table="recoveryservicesresources" if below else "")
    assert verdicts(azure.run(type)) == {"complete"}
    (found,) = entities(type).values()
    assert found[name] == expected


def test_a_rule_without_a_name_is_not_called_none(place: Place, azure: Azure) -> None:
    place.put("Microsoft.Network/azureFirewalls", "one", {"networkRuleCollections": [COLLECTION]})
    assert verdicts(azure.run(FIREWALL), [FIREWALL]) == {"complete"}
    with closing(sqlite3.connect(Path("out") / "graph.db")) as database:
        ((text,),) = database.execute("SELECT properties FROM relationships WHERE _type = ?", (FIREWALL,))
    assert json.loads(text)["ruleNames"] == "/"
