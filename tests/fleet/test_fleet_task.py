"""What a worker makes of one tenant, from its claim to its outcome."""

import threading
import time

import pytest

from integration.fleet.ending import stop_all
from integration.fleet.task import read_tenant
from integration.fleet.tenants import Tenant
from tests.jupiterone import JupiterOne
from tests.simulator import Simulator, synthetic_tenant


def test_a_tenant_that_is_stopped_before_its_destination_has_it_is_gone_on_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Simulator(synthetic_tenant(20, 4, 30)) as simulator, JupiterOne() as service:
        monkeypatch.setenv("JUPITERONE_ACCOUNT", service.account.id)
        monkeypatch.setenv("JUPITERONE_API_KEY", service.account.key)
        config = {"graphUrl": simulator.url, "accessToken": simulator.token, "only": ["azure_user"]}
        to = [f"jupiterone:{service.url}"]
        tenant = Tenant("contoso", {"instance": {"id": "i", "config": {**config, "to": to}}})
        service.held_back = {"entities"}

        def when_it_is_written() -> None:
            while not service.account.jobs:
                time.sleep(0.01)
            stop_all()

        threading.Thread(target=when_it_is_written).start()
        outcome = read_tenant(tenant, "r1", "states")
        assert (outcome["word"], outcome["reason"]) == ("stopped", "the worker is about to end")
        service.held_back = set()
        outcome = read_tenant(tenant, "r1", "states")
        assert (outcome["word"], outcome.get("again")) == ("ok", None)
        assert len(service.account.held("entities", "i")) == 20
        assert read_tenant(tenant, "r1", "states")["again"]
