"""What is made of entities is as whole as these are, also in a later run that finds them as they were."""

from dataclasses import replace

import pytest

from tests.azure.one_group import S, azure, place
from tests.azure.reading import Azure, edges
from tests.simulator.azure.place import Place, part
from tests.simulator.azure.tenant import TENANT_ID, Subscription, row_of

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

SEEN = "00000000-0000-4000-8000-000000000102"
TYPES = "azure_resource_group_has_nic", "azure_lb_has_rule"


def test_relationships_are_partial_where_their_ends_became_so_without_a_change(place: Place, azure: Azure) -> None:
    tenant = place.tenant
    tenant.add_subscription(Subscription(SEEN, "Tests", TENANT_ID))
    tenant.add(row_of(place.id, "microsoft.resources/subscriptions/resourcegroups", location="westeurope"))
    place.put("Microsoft.Network/networkInterfaces", "nic", {})
    place.put("Microsoft.Network/loadBalancers", "lb", {"loadBalancingRules": [part(f"{place.id}/one", {})]})

    def told(out: str) -> list[tuple[str, str]]:
        report = azure.run(*TYPES, out=out)
        return [(report.of(type).verdict, report.of(type).reason) for type in TYPES]

    assert told("later") == [("complete", "")] * 2
    before = edges("later")
    tenant.subscriptions[S] = replace(tenant.subscriptions[S], visible=False)
    for _ in range(2):
        later = told("later")
        assert later == told("fresh")
        assert {verdict for verdict, _ in later} == {"partial"}
        assert edges("later") == before != edges("fresh")
    tenant.subscriptions[S] = replace(tenant.subscriptions[S], visible=True)
    assert told("later") == [("complete", "")] * 2
