"""Resources are read as the specifications of Azure's APIs have them, by older and by newer names.

Source: Azure/azure-rest-api-specs, the definitions of each provider.
"""

from typing import Any

import pytest

from tests.azure.one_group import azure, check_told, place
from tests.azure.reading import Azure
from tests.simulator.azure.place import Place, part, to

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

ROUTES = ("vnetRouteAllEnabled", "vnetContentShareEnabled", "vnetImagePullEnabled", "vnetBackupRestoreEnabled")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"vnetRouteAllEnabled": True, "vnetImagePullEnabled": False}, (True, None, False, None)),
        (
            {"outboundVnetRouting": {"allTraffic": False, "applicationTraffic": True, "imagePullTraffic": False}},
            (True, None, False, None),
        ),
        ({"vnetRouteAllEnabled": True, "outboundVnetRouting": {"contentShareTraffic": True}}, (True, True, None, None)),
        ({"outboundVnetRouting": {"allTraffic": True, "applicationTraffic": False}}, (True, True, True, True)),
        ({"outboundVnetRouting": None}, (None, None, None, None)),
    ],
    ids=["older", "newer", "both", "all", "untold"],
)
@pytest.mark.parametrize(
    ("type", "kind", "name", "of"),
    [
        ("azure_web_app", "sites", "a", "app"),
        ("azure_function_app", "sites", "a", "functionapp"),
        ("azure_web_app_slot", "sites/slots", "a/b", "app"),
    ],
)
def test_what_apps_send_by_their_networks(
    place: Place, azure: Azure, type: str, kind: str, name: str, of: str, told: dict[str, Any], expected: Any
) -> None:
    place.put(f"Microsoft.Web/{kind}", name, told, kind=of)
    check_told(azure, type, dict(zip(ROUTES, expected, strict=True)))


def test_endpoints_of_static_web_apps_come_in_an_envelope(place: Place, azure: Azure) -> None:
    plain = part("/c", {"privateEndpoint": to("/Plain")})
    wrapped = part("/d", {"id": "/d", "properties": {"privateEndpoint": to("/Wrapped")}})
    place.put("Microsoft.Web/staticSites", "www", {"privateEndpointConnections": [plain, wrapped]})
    check_told(azure, "azure_static_web_app", {"privateEndpointIds": ["/plain", "/wrapped"]})
