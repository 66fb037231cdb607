"""Signs that an answer is not whole, in other spellings; what is given back when it is asked for again; NaN."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from integration import BadAnswer, ConfigurationError, Report, load, plan, run
from integration.cli import main
from integration.config.settings import Config, from_environment, from_event
from integration.http.auth import NoToken
from integration.http.patience import Patience
from integration.sdk.mass_deletion import is_mass
from integration.sources.msgraph.answers import Answer
from integration.sources.msgraph.batch import Inner, batch
from integration.sources.msgraph.client import GraphClient
from integration.text.secret import Secret
from tests.little_tenant import GROUPS, USERS, LittleTenant, children, members, serving, users

DEPRECATED = '299 - "This version is deprecated, 200 days are left"'
MISSING = '199 - "Vendor/Provider/504/10000"'
TOKEN = "token-of-a-hostile-test"
SPELLINGS = ("errors", "Error", "ERROR", "@odata.error", "odata.error", "@error")


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        yield tenant


def plain_session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    return session


def read(tenant: LittleTenant, *only: str, fresh: bool = False) -> Report:
    manager = load()
    config = Config(graph_url=tenant.url, access_token=Secret(TOKEN), fresh=fresh)
    return run(manager, plan(manager, only=list(only)), config, out="out")


@pytest.mark.parametrize("warning", [f"{DEPRECATED}, {MISSING}", f"{MISSING}, {DEPRECATED}", f"{MISSING},{MISSING}"])
def test_a_warning_beside_one_of_deprecation_is_one(warning: str, tenant: LittleTenant) -> None:
    assert read(tenant, "azure_user").of("azure_user").verdict == "complete"
    tenant.always("/users", 200, {"value": users(USERS[0])}, Warning=warning)
    report = read(tenant, "azure_user", fresh=True)
    assert report.of("azure_user").verdict == "failed"
    assert "Vendor/Provider/504" in report.of("azure_user").reason
    assert "deprecated" not in report.of("azure_user").reason
    assert not report.changes.get("azure_user")


@pytest.mark.parametrize("warning", [DEPRECATED, f"{DEPRECATED}, {DEPRECATED}", "299 - Deprecated"])
def test_a_warning_of_deprecation_alone_costs_nothing(warning: str) -> None:
    assert Answer("/users", 200, {"warning": warning}, {"value": []}).error() is None


@pytest.mark.parametrize("error", [{"code": "InternalServerError"}, [{"code": "InternalServerError"}]])
@pytest.mark.parametrize("name", SPELLINGS)
def test_an_error_beside_a_list_is_one_in_any_spelling(name: str, error: Any, tenant: LittleTenant) -> None:
    type = "azure_user_group_has_user"
    assert read(tenant, type).of(type).count == 3
    tenant.always("/users", 200, {"value": users(USERS[0]), name: error})
    tenant.always(members(GROUPS[0]), 200, {"value": children(USERS[0]), name: error})
    report = read(tenant, type, fresh=True)
    assert report.of("azure_user").verdict == "failed"
    assert "InternalServerError" in report.of("azure_user").reason
    assert not report.changes.get("azure_user")
    assert not report.changes.get(type)


@pytest.mark.parametrize(
    "body", [{"value": [], "errors": []}, {"value": [], "Error": None}, {"errors": ["of its own"]}]
)
def test_no_error_is_none(body: dict[str, Any]) -> None:
    assert Answer("/users", 200, {}, body).error() is None


@pytest.mark.parametrize("name", ["@odata.nextlink", "@odata.NextLink", "@nextLink", "odata.nextLink", "nextLink"])
def test_a_next_link_is_followed_in_any_spelling(name: str, tenant: LittleTenant) -> None:
    following = f"{tenant.url}/v1.0/users?$skiptoken=2"
    first = {"value": users(USERS[0]), name: following}
    rest = {"value": users(*USERS[1:])}
    tenant.says["/users"] = lambda query: (200, {}, rest if "skiptoken" in query else first)
    result = read(tenant, "azure_user").of("azure_user")
    assert (result.verdict, result.count) == ("complete", 3)


@pytest.mark.parametrize("headers", [{"Warning": [MISSING]}, {"Warning": MISSING, "warning": DEPRECATED}])
def test_a_warning_within_a_batch_is_one_in_any_form(headers: dict[str, Any], tenant: LittleTenant) -> None:
    part = {"id": "0", "status": 200, "headers": headers, "body": {"value": []}}
    tenant.always("/$batch", 200, {"responses": [part]})
    (answer,) = batch(GraphClient(tenant.url, NoToken(), plain_session()), [Inner("/a", {})])
    assert "Vendor/Provider/504" in str(answer.error())


LARGE = b'{"value":' + b"[" * 150_000 + b"]" * 150_000 + b"}"
"""Takes more memory than answers may take beside one another, and is nested too deeply to be decoded."""


@pytest.mark.parametrize("status", [200, 203, 206])
def test_a_large_answer_that_is_no_good_does_not_wait_for_itself(status: int, tenant: LittleTenant) -> None:
    tenant.always("/users", status, LARGE)
    hasty = Patience(first_wait=0.001, timeout=(1.0, 5.0), exchange=2.0)
    client = GraphClient(tenant.url, NoToken(), plain_session(), hasty)
    kept = []
    for _ in range(2):
        with pytest.raises(BadAnswer) as raised:
            client.get(client.url("/users"))
        kept.append(raised.value)
    assert tenant.count("/users") == 6
    assert [error.status for error in kept] == [status, status]


def test_one_large_answer_that_fails_its_type_makes_room_for_those_of_others(tenant: LittleTenant) -> None:
    tenant.always("/users", 200, LARGE)
    padded = {"value": [{"id": id, "displayName": "G", "theme": "x" * 3_500_000} for id in GROUPS[:1]]}
    tenant.always("/groups", 200, padded)
    report = read(tenant, "azure_user", "azure_user_group")
    assert report.of("azure_user").verdict == "failed"
    assert report.of("azure_user_group").count == 1


def test_what_a_rejected_record_holds_is_told_without_secrets(tenant: LittleTenant) -> None:
    odd = {"id": "odd\nid\x1b[2J", "displayName": "Odd", "accountEnabled": TOKEN}
    tenant.always("/users", 200, {"value": [*users(*USERS), odd]})
    result = read(tenant, "azure_user").of("azure_user")
    assert result.count == 3
    assert TOKEN not in result.reason + str(result.problems)
    assert not {"\n", "\x1b"} & {*result.reason}


ENDLESS = ["nan", "-nan", "NaN", "inf", "-Infinity", "1e999"]


@pytest.mark.parametrize("text", ENDLESS)
@pytest.mark.parametrize("variable", ["INTEGRATION_MASS_DELETE", "INTEGRATION_FULL_EVERY", "INTEGRATION_IN_FLIGHT"])
def test_a_setting_that_compares_with_nothing_is_refused(variable: str, text: str) -> None:
    with pytest.raises(ConfigurationError, match=variable):
        from_environment({"INTEGRATION_ACCESS_TOKEN": TOKEN, variable: text})


@pytest.mark.parametrize("setting", ["massDelete", "fullEvery"])
def test_an_event_that_holds_nan_is_refused(setting: str) -> None:
    config = {"accessToken": TOKEN, setting: float("nan")}
    with pytest.raises(ConfigurationError, match=f"{setting}: must be a finite number"):
        from_event({"instance": {"config": config}})


@pytest.mark.parametrize("text", ENDLESS)
@pytest.mark.parametrize("command", [("run", "--full-every"), ("run", "--mass-delete"), ("push", "--mass-delete")])
def test_a_flag_that_compares_with_nothing_is_refused(command: tuple[str, str], text: str) -> None:
    done = CliRunner().invoke(main, [*command, text, "--to", "files:F"], catch_exceptions=False)
    assert done.exit_code == 2
    assert command[1] in done.output


@pytest.mark.parametrize("percent", [float("nan"), float("-inf"), -1.0])
def test_no_percentage_lets_everything_go(percent: float) -> None:
    assert is_mass(200, 200, percent)
    assert not is_mass(200, 49, percent)


@pytest.mark.parametrize("removed", [None, False, True, "deleted", {}, {"reason": None}, {"reason": 7}, []], ids=str)
@pytest.mark.parametrize("path", ["/users", "/groups"])
def test_nothing_is_deleted_on_an_odd_word(path: str, removed: Any, tenant: LittleTenant) -> None:
    type = "azure_user_group_has_user"
    assert read(tenant, type).of(type).count == 3
    gone = {"id": USERS[0], "@removed": removed}
    row = gone if path == "/users" else {"id": GROUPS[0], "members@delta": [gone]}
    body = {"value": [row], "@odata.deltaLink": f"{tenant.url}/v1.0{path}/delta?$deltatoken=2"}
    tenant.says[f"{path}/delta"] = lambda query: None if "latest" in query else (200, {}, body)
    report = read(tenant, type)
    assert (report.of(type).verdict, report.of(type).count) == ("complete", 3)
    assert not report.changes.get("azure_user")
    assert "removed without a reason" in str(report.reading["readWhole"])


def test_no_list_of_changed_members_is_no_list_without_changes(tenant: LittleTenant) -> None:
    type = "azure_user_group_has_user"
    assert read(tenant, type).of(type).count == 3
    row = {"id": GROUPS[0], "members@delta": None}
    body = {"value": [row], "@odata.deltaLink": f"{tenant.url}/v1.0/groups/delta?$deltatoken=2"}
    tenant.says["/groups/delta"] = lambda query: None if "latest" in query else (200, {}, body)
    tenant.always(members(GROUPS[0]), 200, {"value": children(USERS[0])})
    report = read(tenant, type)
    assert (report.of(type).verdict, report.of(type).count) == ("complete", 2)
