"""What Azure Resource Graph lacks is read resource by resource: each by itself, within limits, and not twice."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from integration import Interrupted
from integration.sources.azure import lanes
from integration.values import arm_key
from tests.azure.reading import Azure, declared, keys, verdicts
from tests.simulator.azure import Asked, AzureSimulator, Fault, made_up_tenant
from tests.simulator.azure.answer import refusal
from tests.simulator.azure.made_up import STORAGE, VM

BELOW = "/blobServices/default/containers"
MODULE = f'''
from integration import Entity, entity_step


@entity_step("DataStore", per_row=True)
def contoso_container(ctx):
    """A container of blobs."""
    for parent, row in ctx.azure.children("{STORAGE}", "{BELOW}", api_version="2023-05-01"):
        yield Entity(row["id"].lower(), row, name=row["name"])


@entity_step("DataStore", per_row=True)
def contoso_blob_service(ctx):
    """How an account keeps blobs."""
    for parent, row in ctx.azure.children("{STORAGE}", "/blobServices/default", api_version="2023-05-01"):
        yield Entity(parent, row, name=row["resourceGroup"])


@entity_step("DataStore", per_row=True)
def contoso_policy(ctx):
    """What is below a container."""
    below = "{BELOW}/*/immutabilityPolicies"
    for parent, row in ctx.azure.children("{STORAGE}", below, api_version="2023-05-01"):
        yield Entity(row["id"].lower(), row, name=parent)


@entity_step("DataStore", per_row=True)
def contoso_misspelt(ctx):
    """Something that there is not."""
    for parent, row in ctx.azure.children("{STORAGE}", "/bobServices", api_version="2023-05-01"):
        yield Entity(parent, row, name=row["name"])
'''
TYPE = "contoso_container"


@pytest.fixture
def azure(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Azure]:
    """Three subscriptions with sixty accounts, each of which has no container, one, or two."""
    folder: Path = tmp_path_factory.mktemp("types")
    monkeypatch.syspath_prepend(folder)
    tenant = made_up_tenant(300, 3)
    for number, account in enumerate(accounts(tenant)):
        for name in ("logs", "images")[: number % 3]:
            tenant.add_child(account, BELOW, name, {"publicAccess": "None", "etag": "0x1"}, etag="0x1")
        tenant.set_child(account, "/blobServices/default", {"isVersioningEnabled": True})
    with AzureSimulator(tenant) as simulator:
        yield Azure(simulator, declared(folder, MODULE))


def accounts(tenant: Any) -> list[str]:
    return [row["id"] for row in tenant.tables["resources"].values() if row["type"] == STORAGE]


def expected(azure: Azure, but: set[str] = frozenset()) -> set[str]:  # type: ignore[assignment]
    listed = azure.simulator.tenant.children.items()
    of = {
        path.removesuffix(BELOW.lower()): rows
        for path, rows in listed
        if path.endswith(BELOW.lower()) and isinstance(rows, list)
    }
    return {arm_key(row["id"]) for account, rows in of.items() if account not in but for row in rows}


def asked(azure: Azure) -> Counter[str]:
    """How often each account was asked for containers."""
    paths = (each.path.lower() for each in azure.simulator.requests)
    return Counter(path.removesuffix(BELOW.lower()) for path in paths if path.endswith(BELOW.lower()))


def of_containers(each: Asked) -> bool:
    return each.path.endswith(BELOW)


def of(account: str) -> Any:
    return lambda each: each.path.lower() == f"{account}{BELOW}".lower()


def test_children_of_all_resources_come_by_one_request_for_each(azure: Azure) -> None:
    report = azure.run(TYPE)
    assert verdicts(report) == {"complete"}
    assert keys(TYPE) == expected(azure)
    assert asked(azure) == Counter(map(str.lower, accounts(azure.simulator.tenant)))
    assert report.reading["azure"]["requests"]["arm"] == 2 + 60


def test_what_is_one_object_is_the_only_child_and_is_where_its_resource_is(azure: Azure) -> None:
    assert verdicts(azure.run("contoso_blob_service")) == {"complete"}
    assert keys("contoso_blob_service") == {arm_key(each) for each in accounts(azure.simulator.tenant)}


def below_containers(azure: Azure) -> set[str]:
    """Put a policy below each container but those of the first account that has any, and return their ids."""
    azure.simulator.tenant.children = dict(azure.simulator.tenant.children)
    of = [rows for rows in azure.simulator.tenant.children.values() if isinstance(rows, list)]
    add = azure.simulator.tenant.add_child
    return {add(row["id"], "/immutabilityPolicies", "p", {}).lower() for rows in of[1:] for row in rows}


def test_children_of_children_come_by_one_request_for_each(azure: Azure) -> None:
    policies = below_containers(azure)
    report = azure.run("contoso_policy", TYPE)
    assert verdicts(report) == {"complete"}
    assert keys("contoso_policy") == policies
    assert keys(TYPE) == expected(azure)
    assert report.reading["azure"]["requests"]["arm"] == 2 + 60 + len(expected(azure))


def test_what_is_refused_above_is_missing_below(azure: Azure) -> None:
    policies = below_containers(azure)
    account = accounts(azure.simulator.tenant)[2]
    azure.simulator.manager.faults = [Fault(403, of(account), {"error": {"code": "AuthorizationFailed"}})]
    report = azure.run("contoso_policy")
    assert report.of("contoso_policy").verdict == "partial"
    assert account.lower() in report.of("contoso_policy").reason
    assert keys("contoso_policy") == {each for each in policies if not each.startswith(f"{account.lower()}/")}


def test_pages_are_followed(azure: Azure) -> None:
    azure.simulator.manager.page = 1
    assert verdicts(azure.run(TYPE)) == {"complete"}
    assert keys(TYPE) == expected(azure)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "AuthorizationFailed"),
        (400, "BadRequest"),
        (404, "InvalidResourceType"),
        (405, "MethodNotAllowed"),
        (409, "Conflict"),
        (500, ""),
    ],
)
def test_a_refusal_costs_the_children_of_one_resource(azure: Azure, status: int, code: str) -> None:
    account = accounts(azure.simulator.tenant)[2]
    body: Any = {"error": {"code": code, "message": "No."}}
    azure.simulator.manager.faults = [Fault(status, of(account), body)]
    report = azure.run(TYPE)
    assert report.of(TYPE).verdict == "partial"
    assert "of 1 resource could not be read" in report.of(TYPE).reason
    assert account.lower() in report.of(TYPE).reason
    assert keys(TYPE) == expected(azure, but={account.lower()})


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, "ResourceNotFound"),
        (400, "FeatureNotSupportedForAccount"),
        (409, "FeatureNotSupportedForAccount"),
        (400, "OperationNotAllowedOnKind"),
        (400, "ResourceTypeNotSupported"),
    ],
)
def test_what_is_gone_or_has_none_of_that_kind_has_no_children(azure: Azure, status: int, code: str) -> None:
    account = accounts(azure.simulator.tenant)[2]
    azure.simulator.manager.faults = [Fault(status, of(account), {"error": {"code": code, "message": "No."}})]
    assert verdicts(azure.run(TYPE)) == {"complete"}
    assert keys(TYPE) == expected(azure, but={account.lower()})
    assert max(asked(azure).values()) == 1


def test_who_is_refused_everywhere_does_not_go_on_asking(azure: Azure) -> None:
    azure.simulator.manager.faults = [Fault(403, of_containers, {"error": {"code": "AuthorizationFailed"}})]
    report = azure.run(TYPE)
    assert report.of(TYPE).verdict == "failed"
    assert asked(azure).total() < 30


UNLICENSED = {"error": {"code": "AadPremiumLicenseRequired", "message": "The tenant needs Microsoft Entra ID P2."}}


def test_one_refusal_for_want_of_a_licence_is_enough(azure: Azure) -> None:
    """Those that are under way then are asked, too, each until it is clear that it is no hiccup."""
    azure.simulator.manager.faults = [Fault(400, of_containers, UNLICENSED)]
    report = azure.run(TYPE)
    assert (report.of(TYPE).verdict, report.of(TYPE).reason.partition(":")[0]) == ("skipped", "not licensed")
    assert len(asked(azure)) <= 8


def test_a_licence_that_one_tenant_lacks_is_not_what_another_one_lacks(azure: Azure) -> None:
    """Subscriptions that are delegated by Azure Lighthouse are of other tenants."""
    tenant, elsewhere = azure.simulator.tenant, next(iter(azure.simulator.tenant.subscriptions))
    for row in list(tenant.tables["resources"].values()):
        if row["subscriptionId"] == elsewhere:
            tenant.add(row | {"tenantId": "bbbbbbbb-0000-4000-8000-00000000000b"})
    azure.simulator.manager.faults = [
        Fault(400, lambda each: of_containers(each) and elsewhere in each.path, UNLICENSED)
    ]
    report = azure.run(TYPE)
    lacking = {each.lower() for each in accounts(tenant) if elsewhere in each}
    assert report.of(TYPE).verdict == "partial"
    assert f"of {len(lacking)} resources could not be read" in report.of(TYPE).reason
    assert keys(TYPE) == expected(azure, but=lacking)
    assert len(asked(azure).keys() & lacking) <= 8


def test_a_path_that_azure_does_not_know_is_told(azure: Azure) -> None:
    assert verdicts(azure.run("contoso_misspelt")) == {"skipped"}


def test_what_a_cloud_lacks_is_not_there(azure: Azure) -> None:
    azure.simulator.manager.children.old = ("2023-05-01",)
    report = azure.run(TYPE)
    assert report.of(TYPE).verdict == "skipped"
    assert report.of(TYPE).reason.startswith("not there: ")
    assert "this cloud does not have it" in report.of(TYPE).reason
    assert asked(azure).total() < 30


def test_nothing_is_deleted_of_a_resource_that_is_refused(azure: Azure) -> None:
    azure.run(TYPE)
    account = accounts(azure.simulator.tenant)[2]
    azure.simulator.manager.faults = [Fault(403, of(account), {"error": {"code": "AuthorizationFailed"}})]
    azure.run(TYPE)
    assert keys(TYPE) == expected(azure)


def test_each_provider_of_each_subscription_has_a_limit_of_its_own(
    azure: Azure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(azure.simulator.manager.children, "limit", 8)
    monkeypatch.setattr(azure.simulator.manager.children, "seconds", 1.0)
    monkeypatch.setitem(lanes.LIMITS, "storage lists", (8, 1.0))
    report = azure.run(TYPE)
    assert verdicts(report) == {"complete"}
    assert keys(TYPE) == expected(azure)
    quotas = azure.simulator.manager.children.quotas
    assert {provider for _, provider in quotas} == {"microsoft.storage"}
    assert len(quotas) == 3
    assert sum(quota.refused + quota.early for quota in quotas.values()) <= 3 * 8  # those that were on their way


def test_a_subscription_whose_limit_is_spent_for_long_does_not_cost_the_others(azure: Azure) -> None:
    spent = azure.simulator.tenant.visible()[0].id

    def is_of_it(each: Asked) -> bool:
        return of_containers(each) and spent in each.path

    azure.simulator.manager.faults = [Fault(429, is_of_it, headers={"Retry-After": "7200"})]
    report = azure.run(TYPE)
    assert report.of(TYPE).verdict == "partial"
    assert "throttles" in report.of(TYPE).reason
    assert keys(TYPE) == {key for key in expected(azure) if spent not in key}
    assert sum(spent in path for path in asked(azure)) <= 8


def test_a_run_that_is_cut_short_asks_no_resource_again_that_was_answered(azure: Azure) -> None:
    stop, numbers = threading.Event(), iter(range(1000))

    def cut(each: Asked) -> None:
        if of_containers(each) and next(numbers) == 20:
            stop.set()

    azure.simulator.manager.before = cut
    with pytest.raises(Interrupted):
        azure.run(TYPE, stop=stop)
    azure.simulator.manager.before = lambda each: None
    azure.simulator.requests.clear()
    assert verdicts(azure.run(TYPE)) == {"complete"}
    assert keys(TYPE) == expected(azure)
    assert asked(azure).total() <= 60 - 20 + 8


def test_what_a_run_that_was_cut_short_was_answered_long_ago_is_asked_again(azure: Azure) -> None:
    stop, numbers = threading.Event(), iter(range(1000))

    def cut(each: Asked) -> None:
        if of_containers(each) and next(numbers) == 20:
            stop.set()

    azure.simulator.manager.before = cut
    with pytest.raises(Interrupted):
        azure.run(TYPE, stop=stop)
    azure.simulator.manager.before = lambda each: None
    with closing(sqlite3.connect(Path("out", "mirror.db"))) as database, database:
        assert database.execute("UPDATE about SET value = value - 7200 WHERE name = 'read_on'").rowcount == 1
    azure.simulator.requests.clear()
    assert verdicts(azure.run(TYPE)) == {"complete"}
    assert keys(TYPE) == expected(azure)
    assert asked(azure).total() == 60


def test_a_killed_run_asks_no_resource_again_that_was_answered(azure: Azure, tmp_path: Path) -> None:
    reached, going, numbers = threading.Event(), threading.Event(), iter(range(1000))

    def hold(each: Asked) -> None:
        if of_containers(each) and next(numbers) >= 30:
            reached.set()
            going.wait(120)

    azure.simulator.manager.before = hold
    killed = start(azure.simulator, tmp_path / "out")
    assert reached.wait(60)
    wait_for_answers(tmp_path / "out", 30 - 8)
    killed.kill()
    killed.communicate()
    azure.simulator.manager.before = lambda each: None
    going.set()
    azure.simulator.requests.clear()
    output, _ = (again := start(azure.simulator, tmp_path / "out")).communicate(timeout=120)
    assert again.returncode == 0, output
    assert keys("azure_storage_container", str(tmp_path / "out")) == expected(azure)
    assert asked(azure).total() <= 60 - 30 + 8


def start(simulator: AzureSimulator, out: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "integration", "run", "--out", str(out), "--azure-url", simulator.url]
    environment = {**os.environ, "INTEGRATION_AZURE_ACCESS_TOKEN": simulator.token}
    command += ["--only", "azure_storage_container"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def wait_for_answers(out: Path, number: int) -> None:
    """Wait until the mirror holds the containers of so many accounts."""
    count = "SELECT count(*) FROM parents WHERE id LIKE '%/storageaccounts/%' AND next_link IS NULL"
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        for path in out.glob("*.db"):
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
                names = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
                if "parents" in names and database.execute(count).fetchone()[0] >= number:
                    return
        time.sleep(0.01)
    raise AssertionError("too few were kept")


def test_a_second_run_where_nothing_changed_runs_no_step(azure: Azure) -> None:
    azure.run(TYPE)
    for rows in azure.simulator.tenant.children.values():
        for row in rows if isinstance(rows, list) else []:
            row["etag"] = "0x2"
    report = azure.run(TYPE)
    assert report.of(TYPE).notes == ("unchanged",)


def test_resources_that_are_gone_go_with_their_children(azure: Azure) -> None:
    azure.run(TYPE)
    tenant = azure.simulator.tenant
    account = next(each for each in accounts(tenant) if f"{each}{BELOW}".lower() in tenant.children)
    tenant.remove([account])
    assert verdicts(azure.run(TYPE)) == {"complete"}
    assert keys(TYPE) == expected(azure, but={account.lower()})


@pytest.mark.parametrize("child", [{"name": "a"}, {"id": "", "name": "a"}, {"id": 7, "name": "a"}])
def test_a_child_without_an_id_costs_its_resource(azure: Azure, child: dict[str, Any]) -> None:
    account = accounts(azure.simulator.tenant)[0]
    azure.simulator.tenant.children[f"{account}{BELOW}".lower()] = [child]
    report = azure.run(TYPE)
    assert report.of(TYPE).verdict == "partial"
    assert "has no id" in report.of(TYPE).reason


@pytest.mark.parametrize(
    "body",
    [
        {"value": None},
        {"value": {"id": "a"}},
        {"value": ["a"]},
        {"value": [], "nextLink": 7},
        {"error": {"code": "Odd", "message": "It went wrong."}},
        b"",
        b"<html>",
        b"[]",
    ],
)
def test_an_odd_answer_costs_one_resource(azure: Azure, body: Any) -> None:
    account = accounts(azure.simulator.tenant)[2]
    azure.simulator.manager.faults = [Fault(200, of(account), body)]
    report = azure.run(TYPE)
    assert report.of(TYPE).verdict == "partial"
    assert "of 1 resource could not be read" in report.of(TYPE).reason
    assert keys(TYPE) == expected(azure, but={account.lower()})


def many(azure: Azure) -> str:
    """Give one account forty containers, in pages of five, and return its id."""
    account = accounts(azure.simulator.tenant)[0]
    for number in range(40):
        azure.simulator.tenant.add_child(account, BELOW, f"many-{number}", {})
    azure.simulator.manager.page = 5
    return account


def cut_short(azure: Azure, account: str) -> None:
    """Run, and stop at the fifth page of an account."""
    stop, ended, left = threading.Event(), threading.Event(), threading.Event()

    def cut(each: Asked) -> None:
        if of(account)(each) and each.options.get("$skiptoken") == "20":
            stop.set()
            ended.wait(120)
            left.set()
            raise refusal(503, "Gone", "Nobody waits for this any more.")

    azure.simulator.manager.before = cut
    with pytest.raises(Interrupted):
        azure.run(TYPE, stop=stop)
    ended.set()
    assert left.wait(120)
    azure.simulator.manager.before = lambda each: None
    azure.simulator.requests.clear()


def pages_of(azure: Azure, account: str) -> list[str]:
    return [each.options.get("$skiptoken", "0") for each in azure.simulator.requests if of(account)(each)]


def test_a_resource_with_many_children_goes_on_from_the_page_where_it_was_cut_short(azure: Azure) -> None:
    cut_short(azure, account := many(azure))
    assert verdicts(azure.run(TYPE)) == {"complete"}
    assert keys(TYPE) == expected(azure)
    assert pages_of(azure, account)[0] in ("15", "20")


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "InvalidSkipToken"), (400, "InvalidApiVersionParameter"), (404, "NotFound"), (410, "Gone")],
)
def test_a_page_that_azure_forgets_in_the_middle_has_its_resource_read_from_the_first_once(
    azure: Azure, status: int, code: str
) -> None:
    account = accounts(azure.simulator.tenant)[2]
    azure.simulator.manager.page = 1
    body = {"error": {"code": code, "message": "The token has expired."}}
    fault = Fault(status, lambda each: of(account)(each) and "$skiptoken" in each.options, body, times=1)
    azure.simulator.manager.faults = [fault]
    assert verdicts(azure.run(TYPE)) == {"complete"}
    assert keys(TYPE) == expected(azure)
    fault.struck, fault.times = 0, 1_000
    assert azure.run(TYPE, full_every=0.0).of(TYPE).verdict == "partial"
    assert (fault.struck, keys(TYPE)) == (2, expected(azure))


def test_a_page_that_azure_has_forgotten_has_its_resource_read_from_the_first(azure: Azure) -> None:
    cut_short(azure, account := many(azure))

    def forgotten(each: Asked) -> bool:
        return of(account)(each) and "$skiptoken" in each.options

    azure.simulator.manager.faults = [Fault(400, forgotten, {"error": {"code": "InvalidSkipToken"}}, times=1)]
    assert verdicts(azure.run(TYPE)) == {"complete"}
    assert keys(TYPE) == expected(azure)
    assert pages_of(azure, account)[1:] == [str(number) for number in range(0, 40, 5)]  # after the one refused


def test_what_was_read_of_a_resource_that_goes_meanwhile_goes_with_it(azure: Azure) -> None:
    account = many(azure)
    went = threading.Event()

    def is_gone(each: Asked) -> bool:
        if of(account)(each) and "$skiptoken" in each.options:
            went.set()
        return of(account)(each) and went.is_set()

    azure.simulator.manager.faults = [Fault(404, is_gone, {"error": {"code": "ResourceNotFound", "message": "x"}})]
    assert verdicts(azure.run(TYPE)) == {"complete"}
    assert keys(TYPE) == {key for key in expected(azure) if not key.startswith(account.lower())}


@pytest.mark.parametrize("times", [1, 1 << 30])
def test_a_page_that_is_not_there_says_nothing_of_its_resource(azure: Azure, times: int) -> None:
    """Nothing is deleted of a resource that is there, although a page that follows is not."""
    azure.run(TYPE)
    held = keys(TYPE)
    account = many(azure)

    def follows(each: Asked) -> bool:
        return of(account)(each) and "$skiptoken" in each.options

    lost = {"error": {"code": "ResourceNotFound", "message": "x"}}
    azure.simulator.manager.faults = [Fault(404, follows, lost, times=times)]
    assert verdicts(azure.run(TYPE)) == {"complete" if times == 1 else "partial"}
    assert keys(TYPE) >= held
    assert times > 1 or keys(TYPE) == expected(azure)


def test_what_is_asked_for_nobody_else_is_asked(azure: Azure) -> None:
    """The token goes to Azure alone, wherever a next link leads."""
    account = accounts(azure.simulator.tenant)[1]
    body: Any = {"value": [], "nextLink": "https://other.example/more"}
    azure.simulator.manager.faults = [Fault(200, of(account), body)]
    report = azure.run(TYPE)
    assert report.of(TYPE).verdict == "partial"
    assert "another host" in report.of(TYPE).reason


def test_machines_have_no_containers(azure: Azure) -> None:
    azure.run(TYPE)
    assert not any(path in azure.simulator.tenant.ids(VM) for path in asked(azure))
