"""How apps are set up, whatever letters the names begin with."""

from typing import Any

import pytest

from tests.azure.one_group import azure, entities, place
from tests.azure.reading import Azure, edges, keys, verdicts
from tests.simulator.azure.place import Place

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

SUBNET = "/subnet"
LARGE: dict[str, Any] = {
    "MinTlsVersion": "1.0",
    "RemoteDebuggingEnabled": True,
    "IPSecurityRestrictionsDefaultAction": "Deny",
    "ScmIPSecurityRestrictionsUseMain": True,
    "IPSecurityRestrictions": [
        {"IPAddress": "Any", "Action": "Deny", "Priority": 9},
        {"IPAddress": "x", "Action": "Allow"},
    ],
}
SMALL: dict[str, Any] = {
    "minTlsVersion": "1.0",
    "remoteDebuggingEnabled": True,
    "ipSecurityRestrictionsDefaultAction": "Deny",
    "scmIpSecurityRestrictionsUseMain": True,
    "ipSecurityRestrictions": [
        {"ipAddress": "x", "action": "Allow"},
        {"ipAddress": "Any", "action": "Deny", "priority": 9},
    ],
}


@pytest.mark.parametrize("told", [LARGE, SMALL], ids=["large", "small"])
def test_it_is_read_however_its_names_begin(place: Place, azure: Azure, told: dict[str, Any]) -> None:
    app = place.put("Microsoft.Web/sites", "shop", {}, kind="app")
    put = {"table": "appserviceresources"}
    web = place.put("Microsoft.Web/sites/config", "shop/web", told, **put)
    place.put("Microsoft.Web/sites/config", "shop/appsettings", {"PASSWORD": "planted"}, **put)
    assert verdicts(azure.run("azure_web_app", "azure_app_has_configuration")) == {"complete"}
    assert (keys("azure_web_app_configuration"), edges()) == ({web.lower()}, {(app.lower(), web.lower())})
    (found,) = entities("azure_web_app_configuration").values()
    assert (found["name"], found["minTlsVersion"], found["remoteDebuggingEnabled"]) == ("shop/web", "1.0", True)
    assert found["ipSecurityRestrictions"] == ["Allow x", "Deny Any"]
    assert (found["ipSecurityRestrictionsDefaultAction"], found["scmIpSecurityRestrictionsUseMain"]) == ("Deny", True)
    assert "scmIpSecurityRestrictions" not in found


def test_old_protocols_of_a_gateway_are_told_where_they_are_on(place: Place, azure: Azure) -> None:
    security = "Microsoft.WindowsAzure.ApiManagement.Gateway.Security"
    switches = {f"{security}.Protocols.Tls10": "True", f"{security}.Ciphers.TripleDes168": "false"}
    place.put("Microsoft.ApiManagement/service", "told", {"customProperties": switches})
    place.put("Microsoft.ApiManagement/service", "untold", {})
    assert verdicts(azure.run("azure_api_management_service")) == {"complete"}
    found = {name: of.get("weakProtocols") for name, of in entities("azure_api_management_service").items()}
    assert found == {"told": ["Protocols.Tls10"], "untold": None}
