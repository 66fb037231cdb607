"""The simulator keeps to what Microsoft Graph documents: reading, sign-in, permissions, and the process."""

import json
import subprocess
import sys
from base64 import urlsafe_b64decode
from collections.abc import Iterator

import pytest
import requests

from tests.simulator import Simulator, demo_tenant, synthetic_tenant, truth
from tests.simulator.client import EVENTUAL, Client, code, ids_of
from tests.simulator.demo_ids import DEVICE_ID, SERVICE_PRINCIPAL_ID, group_id, user_id
from tests.simulator.properties import GROUP, LISTED_DEFAULTS
from tests.simulator.signin import CLIENT_ID, CLIENT_SECRET
from tests.support import ROOT


@pytest.fixture
def demo() -> Iterator[tuple[Simulator, Client]]:
    with Simulator(demo_tenant()) as simulator:
        yield simulator, Client(simulator)


def test_defaults_and_projections(demo: tuple[Simulator, Client]) -> None:
    _, client = demo
    user = client.items("/users")[0]
    assert list(user)[-1] == "id"
    assert len(user) == 11
    page = client.get("/users?$select=displayName,accountEnabled").json()
    assert page["@odata.context"].endswith("$metadata#users(displayName,accountEnabled)")
    assert list(page["value"][0]) == ["displayName", "accountEnabled"]
    assert tuple(client.items("/groups")[0]) == LISTED_DEFAULTS[GROUP]
    assert len(client.get("/organization").json()["value"]) == 1
    assert client.get("/organization?$select=tenantType").json()["value"] == [{"tenantType": "AAD"}]
    assert client.get(f"/users/{user['id']}?$select=id").json()["@odata.context"].endswith("#users(id)/$entity")
    assert client.get("/users/ada.example@contoso.example").json()["id"] == user_id(1)


def test_security_defaults_come_with_a_retry_after_that_means_nothing(demo: tuple[Simulator, Client]) -> None:
    response = demo[1].get("/policies/identitySecurityDefaultsEnforcementPolicy")
    assert (response.status_code, response.headers["Retry-After"]) == (200, "1209600")
    assert response.json()["isEnabled"] is True
    assert "x-ms-resource-unit" not in response.headers


@pytest.mark.parametrize(
    ("path", "status", "expected"),
    [
        ("/users?$select=nonsense", 400, "Request_BadRequest"),
        ("/users?$select=skills", 501, "NotImplemented"),
        ("/users?$top=1000", 400, "Request_UnsupportedQuery"),
        ("/users?$top=0", 400, "Request_UnsupportedQuery"),
        ("/users?$top=5&$top=5", 400, "Request_BadRequest"),
        ("/users?$skiptoken=made-up", 400, "Request_BadRequest"),
        ("/users?$orderby=displayName", 400, "Request_UnsupportedQuery"),
        ("/users/$count", 400, "Request_BadRequest"),
        ("/nonsense", 400, "BadRequest"),
        ("/groups/00000000-0000-4000-8000-000000000000/members", 404, "Request_ResourceNotFound"),
        (f"/groups/{group_id(1)}/members/microsoft.graph.user", 400, "Request_UnsupportedQuery"),
        ("/groups?$expand=members,owners", 400, "Request_UnsupportedQuery"),
        ("/users/delta?$top=5", 400, "Request_UnsupportedQuery"),
        ("/groups/delta?$expand=members", 400, "Request_UnsupportedQuery"),
        ("/users/delta?$deltatoken=made-up", 400, "syncStateNotFound"),
        ("/users/delta?$filter=displayName eq 'x'", 400, "Request_UnsupportedQuery"),
    ],
)
def test_refusals(path: str, status: int, expected: str, demo: tuple[Simulator, Client]) -> None:
    response = demo[1].get(path, **{"client-request-id": "bbbbbbbb-0000-4000-8000-000000000001"})
    assert (response.status_code, code(response)) == (status, expected)
    assert response.json()["error"]["innerError"]["client-request-id"] == response.headers["client-request-id"]
    assert response.headers["client-request-id"].startswith("bbbbbbbb")


def test_page_tokens_are_bound_to_path_query_and_header(demo: tuple[Simulator, Client]) -> None:
    _, client = demo
    link = client.get("/users?$top=5&$select=id").json()["@odata.nextLink"]
    assert link.startswith(f"{client.url}/users?$top=5&$select=id&$skiptoken=")
    for other in (link.replace("/users?", "/groups?"), link.replace("$select=id", "$select=mail"), link[:-1]):
        assert client.get(other).status_code == 400
    advanced = client.get("/users?$top=5&$count=true", **EVENTUAL).json()
    assert advanced["@odata.count"] == 20
    assert code(client.get(advanced["@odata.nextLink"])) == "Directory_ExpiredPageToken"
    assert "@odata.count" not in client.get(advanced["@odata.nextLink"], **EVENTUAL).json()


def test_page_tokens_expire() -> None:
    with Simulator(demo_tenant(), page_lifetime=-1) as simulator:
        client = Client(simulator)
        link = client.get("/users?$top=5").json()["@odata.nextLink"]
        assert code(client.get(link)) == "Directory_ExpiredPageToken"


def test_members_omit_service_principals_unless_the_query_is_advanced(demo: tuple[Simulator, Client]) -> None:
    _, client = demo
    path = f"/groups/{group_id(9)}/members"
    plain = client.items(path)
    assert all(next(iter(item)) == "@odata.type" for item in plain)
    assert SERVICE_PRINCIPAL_ID not in {item["id"] for item in plain}
    assert DEVICE_ID in {item["id"] for item in plain}
    assert SERVICE_PRINCIPAL_ID in {item["id"] for item in client.items(f"{path}?$count=true", **EVENTUAL)}
    assert SERVICE_PRINCIPAL_ID not in {item["id"] for item in client.items(f"{path}?$count=true")}
    cast = client.get(f"{path}/microsoft.graph.device?$count=true&$select=id", **EVENTUAL).json()
    assert cast["value"] == [{"id": DEVICE_ID}]
    assert cast["@odata.context"].endswith("#devices(id)")
    assert client.get(f"{path}/$count", **EVENTUAL).text == "6"
    assert client.get(f"/groups/{group_id(6)}/members/microsoft.graph.group?$count=true", **EVENTUAL).status_code == 400


def test_a_page_of_members_has_only_what_each_kind_has(demo: tuple[Simulator, Client]) -> None:
    items = demo[1].items(f"/groups/{group_id(9)}/members?$select=id,userPrincipalName")
    assert {("userPrincipalName" in item) == (item["@odata.type"] == "#microsoft.graph.user") for item in items} == {
        True
    }


def test_expand_returns_twenty_at_most() -> None:
    tenant = synthetic_tenant(100, 10, 200, seed=2)
    with Simulator(tenant) as simulator:
        groups = Client(simulator).items("/groups?$select=id&$expand=members($select=id)")
        sizes = {group["id"]: len(group["members"]) for group in groups}
        assert max(sizes.values()) == 20
        assert all(size == min(20, len(list(tenant.members_of(group)))) for group, size in sizes.items())


def test_get_by_ids_finds_what_exists(demo: tuple[Simulator, Client]) -> None:
    _, client = demo
    body = {"ids": [user_id(21), DEVICE_ID, "00000000-0000-4000-8000-000000000000"]}
    found = client.session.post(f"{client.url}/directoryObjects/getByIds", json=body, timeout=120).json()["value"]
    assert {item["id"] for item in found} == {user_id(21), DEVICE_ID}
    for collection, identity in (("devices", DEVICE_ID), ("servicePrincipals", SERVICE_PRINCIPAL_ID)):
        assert identity in ids_of(client.items(f"/{collection}"))
    assert len(client.items("/contacts")) == 1


def test_roles_are_enforced_and_hide_what_they_do_not_cover() -> None:
    with Simulator(demo_tenant(), roles=("GroupMember.Read.All",)) as simulator:
        client = Client(simulator)
        assert client.get("/users").status_code == 403
        assert code(client.get("/organization")) == "Authorization_RequestDenied"
        user = client.items(f"/groups/{group_id(1)}/members")[0]
        assert (user["id"], user["displayName"], user["businessPhones"]) == (user_id(1), None, [])
        assert client.items(f"/groups/{group_id(11)}/members") == []
    with Simulator(demo_tenant(), roles=("Directory.ReadWrite.All", "Member.Read.Hidden")) as simulator:
        client = Client(simulator)
        assert len(client.items("/users")) == 20
        assert len(client.items(f"/groups/{group_id(11)}/members")) == 2


def test_a_bearer_token_is_needed(demo: tuple[Simulator, Client]) -> None:
    response = Client(demo[0], token="wrong").get("/users")
    assert (response.status_code, code(response)) == (401, "InvalidAuthenticationToken")
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")


def test_signing_in_over_tls() -> None:
    tenant = demo_tenant()
    with Simulator(tenant, tls=True, roles=("User.Read.All",), expires_in=600) as simulator:
        client = Client(simulator, token="none")
        found = client.get(f"{simulator.authority}/{tenant.id}/v2.0/.well-known/openid-configuration").json()
        assert client.get(f"{simulator.authority}/other/v2.0/.well-known/openid-configuration").json()[
            "error_codes"
        ] == [90002]

        def sign_in(**changes: str) -> requests.Response:
            form = {
                "grant_type": "client_credentials", "scope": "https://graph.microsoft.com/.default",
                "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
            }  # fmt: skip
            return client.session.post(found["token_endpoint"], data=form | changes, timeout=120)

        wrong = sign_in(client_secret="wrong")
        assert (wrong.status_code, wrong.json()["error"], wrong.json()["error_codes"]) == (
            401,
            "invalid_client",
            [7000215],
        )
        unknown = sign_in(client_id="unknown")
        assert (unknown.status_code, unknown.json()["error_codes"]) == (400, [700016])
        token = sign_in().json()
        claims = json.loads(urlsafe_b64decode(token["access_token"].split(".")[1] + "=="))
        assert (claims["roles"], claims["tid"], token["expires_in"]) == (["User.Read.All"], tenant.id, 600)
        assert Client(simulator, token["access_token"]).get("/users").status_code == 200
        assert client.get("/users").status_code == 401


def test_latency_is_kept_and_exchanges_are_noted() -> None:
    with Simulator(demo_tenant(), latency=0.05) as simulator:
        Client(simulator).get("/users?$select=id,mail")
        exchange = simulator.requests[0]
        assert (exchange.method, exchange.path, exchange.status) == ("GET", "/v1.0/users?$select=id,mail", 200)
        assert exchange.headers["authorization"] == "Bearer test-token"
        assert exchange.ended - exchange.started >= 0.05


def test_the_process_serves_and_is_administered() -> None:
    command = [
        sys.executable,
        "-m",
        "tests.simulator",
        "--demo",
        "--page-size",
        "5",
        "--fault",
        "status_503=1",
        "--until-eof",
    ]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        session = requests.Session()
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {ready['token']}"
        admin = f"{ready['url']}/_simulator"
        assert session.get(f"{ready['url']}/v1.0/users", timeout=120).status_code == 503
        assert len(session.get(f"{ready['url']}/v1.0/users", timeout=120).json()["value"]) == 5
        assert session.get(f"{admin}/truth", timeout=120).json() == truth(demo_tenant())
        assert session.get(f"{admin}/stats", timeout=120).json()["faults"] == {"status_503": 1}
        assert session.post(f"{admin}/mutate?n=20&seed=1", timeout=120).json()["changes"] >= 20
        assert session.get(f"{admin}/truth", timeout=120).json() != truth(demo_tenant())
        session.post(f"{admin}/reset", timeout=120)
        assert session.get(f"{admin}/stats", timeout=120).json()["requests"] == {}
        session.close()
        process.communicate()
    assert process.returncode == 0


def test_a_fault_that_does_not_exist_is_a_usage_error() -> None:
    command = [sys.executable, "-m", "tests.simulator", "--fault", "nonsense"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "there is no fault nonsense" in result.stderr
