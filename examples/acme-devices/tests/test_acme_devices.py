"""What the package makes of a tenant, tested with nothing but what is installed."""

from pathlib import Path

import pytest

from integration.testing import GraphServer, assert_records, check_cassette, check_step, run_steps

TYPES = ("acme_device", "azure_user_owns_acme_device")


@pytest.mark.parametrize("type", TYPES)
def test_contract(type: str) -> None:
    check_step(type)


@pytest.mark.parametrize("type", TYPES)
def test_the_cassette_can_be_published(type: str) -> None:
    check_cassette(Path(__file__).parent / "cassettes" / f"{type}.yaml")


def test_a_device_without_name_is_called_by_its_device_id(graph: GraphServer) -> None:
    seen = "2026-01-02T03:04:05Z"
    graph.add("/devices", {"id": "device-0001", "deviceId": "d-1", "approximateLastSignInDateTime": seen})
    ran = run_steps("acme_device", source=graph)
    expected = {"_key": "device-0001", "name": "d-1", "displayName": "d-1", "lastSeenOn": 1767323045000, "active": None}
    assert_records(ran.records["acme_device"], [expected])


def test_only_users_own_devices(graph: GraphServer) -> None:
    graph.add("/users", {"id": "user-0001", "displayName": "Ada"})
    graph.add(
        "/devices", {"id": "device-0001", "displayName": "LAPTOP-1"}, {"id": "device-0002", "displayName": "LAPTOP-2"}
    )
    robot = {"id": "robot-0001", "@odata.type": "#microsoft.graph.servicePrincipal"}
    graph.relate("/devices", "device-0001", "registeredOwners", "user-0001", robot)
    ran = run_steps("azure_user_owns_acme_device", source=graph)
    edge = {"_key": "user-0001|owns|device-0001", "_fromEntityKey": "user-0001", "_toEntityKey": "device-0001"}
    assert_records(ran.records["azure_user_owns_acme_device"], [edge])


def test_a_refused_read_is_no_empty_answer(graph: GraphServer) -> None:
    graph.add("/devices", {"id": "device-0001", "displayName": "LAPTOP-1"})
    graph.fail("/devices", status=403, code="Authorization_RequestDenied")
    result = run_steps("acme_device", source=graph).report.of("acme_device")
    assert result.verdict == "failed"
    assert "needs the permission Device.Read.All" in result.reason
