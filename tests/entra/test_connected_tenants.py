"""Other tenants that are known by a connected organization alone, which not every application may read."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from integration import load, plan, run
from integration.config.settings import Config
from integration.sdk.report import StepResult
from integration.text.secret import Secret
from tests.simulator import Simulator, Tenant, demo_tenant, license_tenant
from tests.simulator.areas.governance import MANAGEMENT
from tests.simulator.faults import Faults

pytestmark = pytest.mark.every_area

MANAGER = load()
TYPE, WANTED = "azure_external_tenant", "azure_connected_organization"
ORGANIZATIONS = f"{MANAGEMENT}/connectedOrganizations"
OTHER, ANOTHER = "AAAAAAAA-0000-4000-8000-00000000C0DE", "bbbbbbbb-0000-4000-8000-00000000c0de"
FEW = ("Directory.Read.All", "Policy.Read.All")
ALL = (*FEW, "EntitlementManagement.Read.All")


def connected(*tenants: str, name: str = "Woodgrove") -> Tenant:
    """Return the demo with one more connected organization, which has some tenants."""
    tenant = demo_tenant()
    kind = "#microsoft.graph.azureActiveDirectoryTenant"
    sources = [{"@odata.type": kind, "tenantId": each, "displayName": name} for each in tenants]
    row = {"id": "connected-organization", "displayName": name, "state": "configured", "identitySources": sources}
    tenant.contents.put(ORGANIZATIONS, row)
    return tenant


class Reader:
    """Reads the tenant as it is then; what it is read from stays at one address, as a tenant does."""

    _port = 0

    def __call__(
        self,
        tenant: Tenant,
        roles: tuple[str, ...] = ALL,
        *,
        faults: Faults | None = None,
        skip: tuple[str, ...] = (),
    ) -> tuple[StepResult, StepResult]:
        """Return the verdicts on the other tenants and on the connected organizations."""
        with Simulator(tenant, roles=roles, faults=faults, port=self._port) as simulator:
            self._port = urlsplit(simulator.url).port or 0
            config = Config(graph_url=simulator.url, access_token=Secret(simulator.signin.issue()))
            report = run(MANAGER, plan(MANAGER, only=[TYPE], skip=skip), config, out="out")
        return report.of(TYPE), report.of(WANTED)


@pytest.fixture
def read() -> Reader:
    return Reader()


def known() -> Mapping[str, Any]:
    """Return the other tenants of the graph by id."""
    with closing(sqlite3.connect(Path("out") / "graph.db")) as database:
        found = database.execute("SELECT properties FROM entities WHERE _type = ?", [TYPE])
        rows = [json.loads(properties) for (properties,) in found]
    return {row["tenantId"]: row for row in rows}


def unlicensed(tenant: Tenant) -> Tenant:
    license_tenant(tenant, ["AAD_PREMIUM"])
    return tenant


def test_a_tenant_that_is_known_by_a_connected_organization_alone_is_there(read: Reader) -> None:
    verdict, _ = read(connected(OTHER))
    found = known()[OTHER.lower()]
    assert verdict.verdict == "complete"
    assert (found["seenAs"], found["name"], found["isMicrosoft"]) == (["connectedOrganization"], "Woodgrove", False)


def test_a_connected_organization_of_several_tenants_names_none_of_them(read: Reader) -> None:
    read(connected(OTHER, ANOTHER))
    assert {known()[id.lower()]["name"] for id in (OTHER, ANOTHER)} == {OTHER.lower(), ANOTHER}


def test_what_else_is_known_of_a_tenant_stays(read: Reader) -> None:
    tenant = demo_tenant()
    read(tenant, skip=(WANTED,))
    before = known()
    of = next(iter(before))
    read(connected(of, name="Another name"))
    assert known()[of] == before[of] | {"seenAs": sorted([*before[of]["seenAs"], "connectedOrganization"])}


WITHOUT: Mapping[str, tuple[Callable[[Tenant], Tenant], tuple[str, ...], Faults | None]] = {
    "permission": (lambda tenant: tenant, FEW, None),
    "permission that the token tells": (lambda tenant: tenant, ALL, Faults(forbidden={ORGANIZATIONS: "Forbidden"})),
    "licence": (unlicensed, ALL, None),
    "licence that Graph told of": (lambda tenant: tenant, ALL, Faults(forbidden={ORGANIZATIONS: "NoLicense"})),
    "feature": (lambda tenant: tenant, ALL, Faults(absent={ORGANIZATIONS: (404, "ResourceNotFound")})),
}


@pytest.mark.parametrize("what", WITHOUT)
def test_without_connected_organizations_the_others_are_complete(read: Reader, what: str) -> None:
    change, roles, faults = WITHOUT[what]
    verdict, wanted = read(change(connected(OTHER)), roles, faults=faults)
    assert (verdict.verdict, verdict.reason, wanted.verdict) == ("complete", "", wanted.verdict)
    assert wanted.verdict in ("skipped", "failed")
    assert OTHER.lower() not in known()
    assert len(known()) > 1


@pytest.mark.parametrize("what", WITHOUT)
def test_a_tenant_stays_where_its_connected_organization_cannot_be_read_any_more(read: Reader, what: str) -> None:
    change, roles, faults = WITHOUT[what]
    read(connected(OTHER))
    before = known()
    for _ in range(2):
        verdict, _ = read(change(connected(OTHER)), roles, faults=faults)
        assert (verdict.verdict, verdict.reason) == ("complete", "")
        assert known() == before
    read(connected(ANOTHER))
    assert (OTHER.lower() in known(), ANOTHER in known()) == (False, True)


def test_a_permission_that_is_granted_later_tells_of_further_tenants(read: Reader) -> None:
    read(connected(OTHER), FEW)
    before = known()
    verdict, _ = read(connected(OTHER))
    assert verdict.verdict == "complete"
    assert known().keys() - before.keys() == {OTHER.lower()}


def test_left_out_connected_organizations_cost_nothing(read: Reader) -> None:
    verdict, _ = read(connected(OTHER), skip=(WANTED,))
    assert (verdict.verdict, OTHER.lower() in known()) == ("complete", False)


@pytest.mark.parametrize("was_read", [False, True])
def test_a_failure_is_told_for_as_long_as_it_lasts(read: Reader, was_read: bool) -> None:
    tenant = connected(OTHER)
    if was_read:
        read(tenant)
    for _ in range(2):
        verdict, wanted = read(tenant, faults=Faults(absent={ORGANIZATIONS: (501, "NotImplemented")}))
        assert (verdict.verdict, wanted.verdict) == ("partial", "failed")
        assert verdict.reason.startswith(f"{WANTED} failed: ")
        assert (OTHER.lower() in known()) == was_read
    assert read(tenant)[0].verdict == "complete"
    assert OTHER.lower() in known()
