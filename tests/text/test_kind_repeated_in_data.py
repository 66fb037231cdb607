"""What Graph and Azure repeat of a run's own secrets is in no data that is kept, wherever it stands among that."""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from integration import Report, load, plan, run
from integration.config.settings import Config
from integration.sources.body import unrepeated
from integration.text.secret import HIDDEN, Secret
from tests.little_tenant import GROUPS, USERS, LittleTenant, members, serving, users

TOKEN = "opaque-token.that_is/sent+to~Graph=="
SECRET = 'a "client" secret\\that is not sent'
TYPES = ["azure_user", "azure_user_group", "azure_user_group_has_user"]
PLACES: list[tuple[str, str, Mapping[str, Any]]] = [
    ("an id", "/users", {"id": "{}"}),
    ("a name", "/users", {"displayName": "known as {}."}),
    ("a list", "/users", {"proxyAddresses": ["smtp:{}"]}),
    ("a part", "/users", {"employeeOrgData": {"division": "{}"}}),
    ("a property", "/users", {"{}": "x"}),
    ("a type", "/users", {"@odata.type": "#microsoft.graph.{}"}),
    ("a value of another kind", "/users", {"displayName": {"x": "{}"}}),
    ("a child", members(GROUPS[0]), {"@odata.type": "#microsoft.graph.user", "id": "{}"}),
    ("a kind of children", members(GROUPS[0]), {"@odata.type": "#microsoft.graph.{}"}),
]


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        yield tenant


def filled(value: Any, secret: str) -> Any:
    """What a place holds, with a secret in it."""
    if isinstance(value, Mapping):
        return {name.format(secret): filled(each, secret) for name, each in value.items()}
    return [each.format(secret) for each in value] if isinstance(value, list) else value.format(secret)


def read(tenant: LittleTenant) -> Report:
    manager = load()
    config = Config(graph_url=tenant.url, access_token=Secret(TOKEN), client_secret=Secret(SECRET), raw_data=True)
    return run(manager, plan(manager, only=TYPES), config, out="out")


@pytest.mark.parametrize("secret", [TOKEN, SECRET])
@pytest.mark.parametrize(("path", "told"), [place[1:] for place in PLACES], ids=[place[0] for place in PLACES])
def test_no_file_of_a_run_holds_a_secret_that_stands_among_data(
    path: str, told: Mapping[str, Any], secret: str, tenant: LittleTenant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="integration")
    row = {"id": USERS[0], "displayName": "Ada"} | filled(told, secret)
    tenant.says[path] = lambda _: (200, {}, {"value": [row, *users(USERS[1])]})
    report = read(tenant)
    left = {path: path.read_bytes() for path in Path("out").rglob("*") if path.is_file()}
    assert {"graph.db", "mirror.db", "summary.json"} <= {path.name for path in left}
    beginning = secret[:12].encode()
    assert [path for path, held in left.items() if beginning in held or beginning.replace(b'"', b'\\"') in held] == []
    assert secret not in caplog.text + repr(report)
    assert "the answer repeats a secret of this run" in caplog.text
    assert report.of("azure_user_group").count == 2


def test_an_id_in_which_a_secret_stood_is_of_nobody(tenant: LittleTenant) -> None:
    assert read(tenant).of("azure_user").count == 3
    rows = [{"id": f"{USERS[0]}{TOKEN}", "displayName": "Ada"}, *users(*USERS[1:])]
    tenant.says["/users"] = lambda _: (200, {}, {"value": rows})
    tenant.always("/users/delta", 410, {"error": {"code": "resyncRequired", "message": "m"}})
    report = read(tenant)
    assert report.of("azure_user").verdict == "partial"
    assert "1 row has no id" in report.of("azure_user").reason
    assert not report.changes.get("azure_user")


def test_a_link_in_which_a_secret_stood_is_not_followed(tenant: LittleTenant) -> None:
    link = f"{tenant.url}/v1.0/users?$skiptoken={TOKEN}"
    tenant.says["/users"] = lambda _: (200, {}, {"value": users(*USERS), "@odata.nextLink": link})
    report = read(tenant)
    assert "a link holds a secret: not followed, nor kept" in report.of("azure_user").reason
    assert tenant.count("/users") == 1


def test_other_words_stay_as_they_are() -> None:
    secret, short = Secret(TOKEN), Secret("department")
    assert unrepeated(b'{"a": ["department", "' + TOKEN[:-1].encode() + b'"]}', "/users") == {
        "a": [short.reveal(), TOKEN[:-1]]
    }
    assert unrepeated(b'{"a": "' + TOKEN.encode() + b'"}', "/users") == {"a": HIDDEN}
    assert secret.reveal() == TOKEN


@pytest.mark.parametrize(
    "written", [r"a\u002Bb/c d\u0022e\\f-secret", r"a+b\/c d\"e\\f-secret", r"a+b/c d\"e\\f-secret"]
)
def test_however_json_escapes_it(written: str) -> None:
    secret = Secret('a+b/c d"e\\f-secret')
    assert unrepeated(b'{"a": "' + written.encode() + b'"}', "/users") == {"a": HIDDEN}
    assert secret.reveal()
