"""What load balancers and application gateways are made of, as Azure may tell it."""

import pytest

from tests.azure.one_group import azure, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, part, to

__all__ = ["azure", "place"]

pytestmark = pytest.mark.every_area

NET = "Microsoft.Network"


def test_a_rule_leads_to_a_pool_once_though_azure_tells_it_in_two_ways(place: Place, azure: Azure) -> None:
    lb = place.of(f"{NET}/loadBalancers", "lb")
    pool, front = f"{lb}/backendAddressPools/One", f"{lb}/frontendIPConfigurations/Out"
    told = {
        "backendAddressPool": to(pool),
        "backendAddressPools": [to(pool.lower()), None],
        "frontendIPConfiguration": to(front.upper()),
        "probe": "",
    }
    rules = [part(f"{lb}/loadBalancingRules/https", told), part(f"{lb}/loadBalancingRules/bare", {})]
    parts = {"backendAddressPools": [part(pool, {})], "frontendIPConfigurations": [part(front, {})]}
    place.put(f"{NET}/loadBalancers", "lb", {"loadBalancingRules": rules, **parts})
    report = azure.run(
        "azure_lb_rule_connects_backend_pool", "azure_lb_rule_uses_frontend_ip", "azure_lb_rule_uses_probe"
    )
    assert verdicts(report) == {"complete"}
    rule = f"{lb}/loadBalancingRules/https".lower()
    assert edges() == {(rule, pool.lower()), (rule, front.lower())}
    assert entities("azure_lb_rule")["https"]["backendPoolIds"] == [pool.lower()]
    assert {"frontendIpId", "probeId"}.isdisjoint(entities("azure_lb_rule")["bare"])


def test_pools_and_ports_lead_to_interfaces_of_machines_but_not_to_those_of_scale_sets(
    place: Place, azure: Azure
) -> None:
    lb, nic = place.of(f"{NET}/loadBalancers", "lb"), place.put(f"{NET}/networkInterfaces", "nic", {})
    of_scale_set = place.of("Microsoft.Compute/virtualMachineScaleSets/virtualMachines/networkInterfaces", "s/0/n")
    ends = [to(f"{id}/ipConfigurations/{number}") for id in (nic, of_scale_set, nic.upper()) for number in "12"]
    by_address = [part("/a", {"networkInterfaceIPConfiguration": ends[0], "ipAddress": "198.51.100.4"}), part("/b", {})]
    pools = [
        part(f"{lb}/backendAddressPools/ends", {"backendIPConfigurations": ends}),
        part(f"{lb}/backendAddressPools/addresses", {"loadBalancerBackendAddresses": by_address}),
    ]
    ports = [
        part(f"{lb}/inboundNatRules/{n}", {"backendIPConfiguration": end})
        for n, end in {"ssh": ends[0], "no": None}.items()
    ]
    place.put(f"{NET}/loadBalancers", "lb", {"backendAddressPools": pools, "inboundNatRules": ports})
    report = azure.run("azure_lb_backend_pool_connects_nic", "azure_lb_inbound_nat_rule_connects_nic")
    assert verdicts(report) == {"complete"}
    parts = ("backendAddressPools/ends", "backendAddressPools/addresses", "inboundNatRules/ssh")
    assert edges() == {(f"{lb}/{each}".lower(), nic.lower()) for each in parts}
    assert entities("azure_lb_backend_pool")["addresses"]["addresses"] == ["198.51.100.4"]


def test_a_rule_by_path_leads_to_the_pools_of_all_its_paths(place: Place, azure: Azure) -> None:
    agw = place.of(f"{NET}/applicationGateways", "agw")
    pools = [part(f"{agw}/backendAddressPools/{name}", {}) for name in ("rest", "orders", "unused")]
    by_path = {
        "defaultBackendAddressPool": to(pools[0]["id"].upper()),
        "pathRules": [
            part("/p/1", {"paths": ["/b/*", "/a/*"], "backendAddressPool": to(pools[1]["id"])}),
            part("/p/2", {"paths": ["/a/*"], "backendAddressPool": to(pools[1]["id"])}),
        ],
    }
    rules = [
        part(f"{agw}/requestRoutingRules/paths", {"urlPathMap": to(f"{agw}/urlPathMaps/Shop")}),
        part(f"{agw}/requestRoutingRules/lost", {"urlPathMap": to(f"{agw}/urlPathMaps/gone")}),
        part(
            f"{agw}/routingRules/tcp", {"backendAddressPool": to(pools[0]["id"]), "listener": to(f"{agw}/listeners/t")}
        ),
    ]
    maps = [part(f"{agw}/urlPathMaps/shop", by_path)]
    told = {
        "backendAddressPools": pools,
        "urlPathMaps": maps,
        "requestRoutingRules": rules[:2],
        "routingRules": rules[2:],
    }
    place.put(
        f"{NET}/applicationGateways", "agw", told | {"listeners": [part(f"{agw}/listeners/t", {"protocol": "Tcp"})]}
    )
    report = azure.run(
        "azure_application_gateway_rule_connects_backend_pool", "azure_application_gateway_rule_uses_listener"
    )
    assert verdicts(report) == {"complete"}
    by = f"{agw}/requestRoutingRules/paths".lower()
    tcp = f"{agw}/routingRules/tcp".lower()
    assert edges() == {
        (by, pools[0]["id"].lower()), (by, pools[1]["id"].lower()), (tcp, pools[0]["id"].lower()),
        (tcp, f"{agw}/listeners/t".lower()),
    }  # fmt: skip
    assert entities("azure_application_gateway_rule")["paths"]["paths"] == ["/a/*", "/b/*"]


def test_a_listener_has_the_port_and_the_encryption_that_the_gateway_tells_elsewhere(
    place: Place, azure: Azure
) -> None:
    agw = place.of(f"{NET}/applicationGateways", "agw")
    parts = {
        "frontendPorts": [
            part(f"{agw}/frontendPorts/other", {"port": 80}),
            part(f"{agw}/frontendPorts/p", {"port": 443}),
        ],
        "sslProfiles": [
            part(f"{agw}/sslProfiles/own", {"sslPolicy": {"minProtocolVersion": "TLSv1_2"}}),
            part(f"{agw}/sslProfiles/mutual", {"trustedClientCertificates": [to("/ca")]}),
        ],
        "sslCertificates": [part(f"{agw}/sslCertificates/up", {})],
    }
    listeners = {
        "own": {"frontendPort": to(f"{agw}/frontendPorts/P"), "sslProfile": to(f"{agw}/sslProfiles/OWN"),
                "sslCertificate": to(f"{agw}/sslCertificates/up"), "hostName": "a.example", "hostNames": []},
        "mutual": {"frontendPort": to(f"{agw}/frontendPorts/gone"), "sslProfile": to(f"{agw}/sslProfiles/mutual"),
                   "hostName": "", "hostNames": ["b.example", "*.b.example"]},
        "bare": {},
    }  # fmt: skip
    parts["httpListeners"] = [part(f"{agw}/httpListeners/{name}", of) for name, of in listeners.items()]
    place.put(f"{NET}/applicationGateways", "agw", parts)
    assert verdicts(azure.run("azure_application_gateway_listener")) == {"complete"}
    found = entities("azure_application_gateway_listener")
    names = ("port", "minProtocolVersion", "verifiesClients", "hostNames", "keyVaultSecretId")
    assert {key: tuple(of.get(name) for name in names) for key, of in found.items()} == {
        "own": (443, "TLSv1_2", False, ["a.example"], None),
        "mutual": (None, None, True, ["b.example", "*.b.example"], None),
        "bare": (None, None, False, None, None),
    }


def test_a_part_in_an_odd_form_costs_itself_and_makes_its_type_partial(place: Place, azure: Azure) -> None:
    lb = place.of(f"{NET}/loadBalancers", "lb")
    rules = [part(f"{lb}/loadBalancingRules/good", {"frontendPort": 443}), "odd", None]
    place.put(f"{NET}/loadBalancers", "lb", {"loadBalancingRules": rules, "probes": {}})
    report = azure.run("azure_lb_rule", "azure_lb_probe")
    assert entities("azure_lb_rule")["good"]["frontendPort"] == 443
    assert {type: report.of(type).verdict for type in ("azure_lb_rule", "azure_lb_probe")} == {
        "azure_lb_rule": "partial", "azure_lb_probe": "partial",
    }  # fmt: skip
