"""A token is looked into as far as it can be read, and is never the cause of a crash."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from integration.sources.msgraph.claims import application_of, roles_of, tenant_of
from integration.text.secret import Secret


def jwt(payload: bytes) -> str:
    return f"eyJ9.{urlsafe_b64encode(payload).decode().rstrip('=')}.signature"


def claims(**claims: Any) -> str:
    return jwt(json.dumps(claims).encode())


UNREADABLE = {
    "opaque": "opaque", "empty": "", "two parts": "a.b", "four parts": "a.b.c.d", "no base64": "a.\u2026.c",
    "dots": "..",
    "no JSON": jwt(b"no JSON"), "cut": jwt(b'{"roles": ["User.Read'), "deep": jwt(b"[" * 100_000 + b"]" * 100_000),
    "deep inside": jwt(b'{"roles":' * 100_000), "list": jwt(b"[1]"), "text": jwt(b'"x"'), "null": jwt(b"null"),
    "not UTF-8": jwt(b'{"roles": ["\xff"]}'), "wrong length": "a.a.a",
    "roles no list": claims(roles="User.Read.All"), "roles an object": claims(roles={"a": 1}),
    "a user's": claims(scp="x"),
    "roles null": claims(roles=None),
}  # fmt: skip


@pytest.mark.parametrize("token", UNREADABLE.values(), ids=UNREADABLE)
def test_a_token_that_cannot_be_read_tells_nothing(token: str) -> None:
    assert roles_of(Secret(token)) is None
    assert (tenant_of(Secret(token)), application_of(Secret(token))) == (None, None)


def test_odd_claims_are_left_out() -> None:
    token = Secret(claims(roles=[1, None, ["x"], "User.Read.All"], tid=5, appid={"a": 1}, azp="client"))
    assert roles_of(token) == frozenset({"User.Read.All"})
    assert (tenant_of(token), application_of(token)) == (None, "client")
