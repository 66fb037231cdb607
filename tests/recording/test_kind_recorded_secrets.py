"""What a server repeats of the token that it was sent is in no cassette, wherever it says it."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from integration import load
from integration.config.settings import Config
from integration.recording.recorder import record
from integration.text.secret import Secret
from tests.little_tenant import GROUPS, USERS, LittleTenant, children, members, serving, users

TYPES = ("azure_user", "azure_user_group", "azure_user_group_has_user")
OPAQUE = "opaque~token.that_nobody-may/see+9A9A=="
WORDS = "Opaque-token_of.words:and-1234567890-digits"
JWT = ".".join(b64encode(part).decode().rstrip("=") for part in (b'{"alg":"none"}', b'{"tid":"t","roles":[]}', b"sign"))
FORMS: dict[str, Callable[[str], str]] = {
    "as it is": lambda token: token,
    "in words": lambda token: f"you sent Bearer {token}",
    "encoded": lambda token: quote(token, safe=""),
    "in base64": lambda token: b64encode(f"u:{token}".encode()).decode(),
    "its beginning": lambda token: token[:30],
}


def spread(said: str, url: str) -> dict[str, Any]:
    """Return a user who has a text wherever one fits."""
    return {
        **users(USERS[0])[0],
        "@odata.type": f"#{said}",
        "@odata.id": said,
        f"jobTitle@{said}": said,
        "displayName": said,
        "userType": said,
        "preferredLanguage": said,
        "passwordPolicies": said,
        "usageLocation": said,
        "mail": f"{said}@contoso.example",
        "businessPhones": [said],
        "assignedLicenses": [{"skuId": said, "disabledPlans": [said], said: 1, "servicePlanName": said}],
        "identities": [{"issuer": said, "signInType": said, "issuerAssignedId": said}],
        "webLink": f"{url}/{said}",
        "onPremisesExtensionAttributes": {"extensionAttribute1": said},
    }


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as served:
        yield served


@pytest.mark.parametrize(
    ("token", "form"), [(OPAQUE, "as it is"), (JWT, "as it is"), *((WORDS, form) for form in FORMS)]
)
def test_nothing_of_a_token_is_recorded(tenant: LittleTenant, token: str, form: str) -> None:
    said = FORMS[form](token)
    headers = dict.fromkeys(("Content-Type", "OData-Version", "Retry-After", "Location", "X"), said)
    link = f"{tenant.url}/v1.0/users?$skiptoken=2"
    page = {"@odata.context": f"{tenant.url}/v1.0/$metadata#{said}", said: said, "@odata.count": 3}
    tenant.says["/users"] = lambda query: (
        (200, headers, {**page, "value": users(*USERS[1:])})
        if "skiptoken" in query
        else (200, headers, {**page, "value": [spread(said, tenant.url)], "@odata.nextLink": link})
    )
    refused = {
        "code": said,
        "message": f"{said} page token",
        "innerError": {"code": said, "request-id": said, said: said},
    }
    tenant.always(members(GROUPS[0]), 404, {"error": refused})
    tenant.always(members(GROUPS[1]), 200, {"value": [{**children(*USERS)[0], "x": said, f"x@{said}": said}]})
    config = Config(graph_url=tenant.url, access_token=Secret(token))
    recording = record(load(), TYPES, config, to=Path("cassettes"), salt=bytes(32))
    written = "".join(path.read_text() for path in Path("cassettes").rglob("*") if path.is_file())
    assert recording.cassettes.keys() >= {"azure_user"}, recording.failed
    shown = f"{recording.plain!r}{recording.results!r}"
    parts = {said[:20], token[:20], quote(token, safe="")[:20], json.dumps(said)[1:-1]}
    assert [part for part in parts for text in (written, shown) if part in text] == []


def test_a_link_that_holds_the_token_is_not_followed(tenant: LittleTenant) -> None:
    link = f"{tenant.url}/v1.0/users?$skiptoken={quote(OPAQUE, safe='')}"
    tenant.always("/users", 200, {"value": users(*USERS), "@odata.nextLink": link})
    config = Config(graph_url=tenant.url, access_token=Secret(OPAQUE))
    recording = record(load(), ["azure_user"], config, to=Path("cassettes"), salt=bytes(32))
    assert "not followed" in recording.failed["azure_user"]
    assert not any("skiptoken" in asked for asked in tenant.asked)
