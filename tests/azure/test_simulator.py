"""The simulator of Azure answers as Azure is documented to, so that what is tested against it means something."""

import json
import subprocess
import sys
from typing import Any

import pytest
import requests

from tests.simulator.azure import AzureSimulator, Quota, made_up_tenant
from tests.simulator.azure.made_up import VM
from tests.simulator.azure.manager import token_for
from tests.support import ROOT

URL = "/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01"


@pytest.fixture(scope="module")
def simulator() -> Any:
    with AzureSimulator(made_up_tenant(1200, 3)) as simulator:
        yield simulator


def ask(simulator: AzureSimulator, query: str, **body: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {simulator.token}"}
    return requests.post(simulator.url + URL, json={"query": query, **body}, headers=headers, timeout=120)


def test_pages_are_offsets_into_what_is_there_now(simulator: AzureSimulator) -> None:
    query, options = "resources | project id | order by id asc", {"$top": 1000}
    first = ask(simulator, query, options=options).json()
    assert (first["totalRecords"], first["count"], first["resultTruncated"]) == (1200, 1000, "false")
    gone = simulator.tenant.tables["resources"][first["data"][0]["id"].lower()]
    simulator.tenant.remove([gone["id"]])
    second = ask(simulator, query, options=options | {"$skipToken": first["$skipToken"]}).json()
    simulator.tenant.add(gone)
    assert "$skipToken" not in second
    assert len({row["id"] for page in (first, second) for row in page["data"]}) == 1199  # one was never on a page


@pytest.mark.parametrize("query", ["resources | project name", "resources | limit 500"])
def test_what_cannot_be_paged_has_no_token(simulator: AzureSimulator, query: str) -> None:
    page = ask(simulator, query, options={"$top": 400}).json()
    assert ("$skipToken" in page, page["resultTruncated"]) == (False, "true")


def test_partitions_hold_each_row_once(simulator: AzureSimulator) -> None:
    queries = [f"resources | where hash(tolower(id)) % 7 == {n} | project id | order by id asc" for n in range(7)]
    found = [row["id"] for query in queries for row in ask(simulator, query, options={"$top": 1000}).json()["data"]]
    assert len(found) == len(set(found)) == 1200


def test_conditions_and_counts(simulator: AzureSimulator) -> None:
    machines = len(simulator.tenant.ids(VM))
    for condition in (f"type == '{VM}'", f"type =~ '{VM.upper()}'", f"type in~ ('{VM.upper()}') and not isempty(id)"):
        assert ask(simulator, f"resources | where {condition} | count").json()["data"] == [{"Count": machines}]
    assert ask(simulator, f"resources | where type == '{VM.upper()}' | count").json()["data"] == [{"Count": 0}]
    power = "properties.extended.instanceView.powerState.code == 'PowerState/running'"
    assert ask(simulator, f"resources | where {power} | count").json()["data"] == [{"Count": machines}]
    counts = ask(simulator, "resources | summarize n = count() by type").json()["data"]
    assert {row["n"] for row in counts} == {240}


@pytest.mark.parametrize(
    "query", ["resources | where nosuch == 'x'", "nosuch", "resources | fly", "resources | where ("]
)
def test_a_query_that_is_none_is_refused(simulator: AzureSimulator, query: str) -> None:
    assert ask(simulator, query).status_code == 400


def test_tables_have_columns_and_rows(simulator: AzureSimulator) -> None:
    options = {"resultFormat": "table", "$top": 5}
    data = ask(simulator, "resources | project id, name | order by id asc", options=options).json()["data"]
    assert [column["name"] for column in data["columns"]] == ["id", "name"]
    assert len(data["rows"]) == 5


def test_scopes(simulator: AzureSimulator) -> None:
    first, *_ = simulator.tenant.visible()
    named = ask(simulator, "resources | count", subscriptions=[first.id]).json()["data"][0]["Count"]
    below = ask(simulator, "resources | count", managementGroups=["mg-prod"]).json()["data"][0]["Count"]
    assert 0 < named < below < 1200
    assert ask(simulator, "resources", subscriptions=["another"]).status_code == 403
    grants = "authorizationresources | count"
    above = ask(simulator, grants, options={"authorizationScopeFilter": "AtScopeAboveAndBelow"}).json()["data"]
    assert above[0]["Count"] == ask(simulator, grants).json()["data"][0]["Count"] + 1


def test_who_asks(simulator: AzureSimulator) -> None:
    def status(token: str, **headers: str) -> int:
        given = {"Authorization": f"Bearer {token}"} if token else {}
        url = simulator.url + URL
        return requests.post(url, data='{"query": "resources"}', headers=given | headers, timeout=120).status_code

    json_type = {"Content-Type": "application/json"}
    assert status("", **json_type) == status("other", **json_type) == 401
    assert status(token_for("https://graph.microsoft.com"), **json_type) == 401
    assert status(token_for("https://management.azure.com"), **json_type) == 200
    assert status(simulator.token) == 500


def test_a_window_takes_so_many_queries() -> None:
    now = [100.0]
    quota = Quota(2, clock=lambda: now[0])
    assert quota.take() == (True, {"x-ms-user-quota-remaining": "1", "x-ms-user-quota-resets-after": "00:00:05"})
    assert quota.take()[0]
    now[0] = 103.5
    granted, headers = quota.take()
    assert (granted, headers["Retry-After"], headers["x-ms-user-quota-resets-after"]) == (False, "2", "00:00:02")
    assert quota.take()[0] is False
    assert (quota.refused, quota.early) == (2, 1)
    now[0] = 105.6
    assert quota.take()[0]


def test_it_runs_as_a_process() -> None:
    command = [sys.executable, "-m", "tests.simulator.azure", "--resources", "50", "--hidden", "1", "--until-eof"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        headers = {"Authorization": f"Bearer {ready['token']}"}
        listed = requests.get(
            f"{ready['url']}/subscriptions?api-version=2022-12-01", headers=headers, timeout=120
        ).json()
        process.stdin.close()
        assert process.wait(120) == 0
    assert len(listed["value"]) == 2
