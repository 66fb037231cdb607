"""What an answer of the sign-in service means: a token with its lifetime, or why there is none.

Sources: RFC 6749, sections 5.1 and 5.2; Microsoft identity platform, AADSTS error codes; Azure, managed identities.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from integration.config.urls import why_unsafe
from integration.errors import CredentialsError, Unreachable
from integration.http.levels import is_nested
from integration.text.given import fits_header, trimmed
from integration.text.secret import Secret

_ADVICE = {
    7000215: "the client secret is wrong: copy the secret's value, not its id",
    7000222: "the client secret has expired: add a new one to the app registration",
    7000216: "a client secret is required: set it",
    700016: "the application is not known in this tenant: check the client id and the tenant id",
    700024: "the assertion has expired: check the clock of this machine, or renew the federated token",
    500133: "the assertion is not valid at this time: check the clock of this machine, or renew the federated token",
    50013: "the assertion is not valid: check the clock of this machine, and the certificate or the federated token",
    700023: "the assertion is for somebody else: check the cloud (authority), or the audience of the federated token",
    700027: "the certificate is not the application's: upload its public part to the app registration",
    70021: "the application trusts no such federated token: check issuer, subject and audience of its credential",
    700211: "the application does not trust the issuer of the federated token: check its federated credential",
    700212: "the application does not trust the audience of the federated token: check its federated credential",
    700213: "the application does not trust the subject of the federated token: check its federated credential",
    7000229: "the application has no service principal in this tenant: have an administrator of it consent to it",
    500011: "the API is not known in this tenant: check the cloud, the Graph URL and the directory (tenant) id",
    50105: "the application is assigned to no API that requires it: assign it there, under Enterprise applications",
    90038: "the tenant is in another cloud: choose that one",
    900382: "the tenant is in another cloud: choose that one",
    90002: "the tenant does not exist: check the directory (tenant) id",
    900023: "the directory (tenant) id is neither a GUID nor a domain name",
    7000112: "the application is disabled in this tenant: enable it there, under Enterprise applications",
    50034: "the account does not exist in this tenant: check the directory (tenant) id",
    53003: "a conditional access policy blocks the sign-in of this application: have the policy let it in from here",
    65001: "an administrator has not consented to the application yet: grant admin consent under API permissions",
    1002012: "the requested scope is not valid: check the Graph URL",
}
_TEXTS = ("token_type", "client_id", "object_id", "msi_res_id", "mi_res_id")
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "tenant_discovery_endpoint")
_LIFETIMES = ("expires_in", "expires_on")
_CODE = re.compile(r"[a-z_]{1,40}")
_INNER_CODE = re.compile(r"[A-Za-z]{1,40}")
_LONGEST = 86_400.0
_USUAL = 3600.0
_MOST_CODES = 5
_LARGEST_CODE = 10**9


class OddAnswer(ValueError):
    """An answer that no sign-in service gives; its text is a constant."""


def fields_of_answer(body: bytes) -> dict[str, Any]:
    """Return the fields of an answer that signing in needs, each of the kind that it must be, and no others.

    An answer may echo what it was asked, and what reads it further down logs it or fails on it.

    Raises:
        OddAnswer: it is not a JSON object, or a field of it cannot be what it should.
    """
    if is_nested(body):
        raise OddAnswer("nested too deep")
    try:
        found = json.loads(body)
    except ValueError:
        raise OddAnswer("not JSON") from None
    if not isinstance(found, dict):
        raise OddAnswer("not a JSON object")
    kept: dict[str, Any] = {name: found[name] for name in _TEXTS if isinstance(found.get(name), str)}
    kept.update({name: _endpoint(found[name]) for name in _ENDPOINTS if name in found})
    kept.update({name: _seconds(found[name]) for name in _LIFETIMES if name in found})
    if "access_token" in found:
        kept["access_token"] = _token(found["access_token"])
    if found.get("error") is not None:
        kept["error"] = _error(found["error"])
    if {"error", "access_token"} <= kept.keys():
        raise OddAnswer("both a token and an error")
    codes = found.get("error_codes")
    kept["error_codes"] = [code for code in codes if _is_number(code)][:_MOST_CODES] if isinstance(codes, list) else []
    return kept


def taken(answer: Mapping[str, Any], otherwise: CredentialsError) -> tuple[Secret, float]:
    """Return the token of an answer and its lifetime in seconds.

    Args:
        answer: what ``fields_of_answer`` has looked at.
        otherwise: raised where it holds no token.

    Raises:
        Unreachable: the token has expired already.
    """
    if "access_token" not in answer:
        raise otherwise
    lifetime = float(answer.get("expires_in", _USUAL))
    if lifetime <= 0:
        raise Unreachable("the token that was given at sign-in has expired already: check the clock of this machine")
    return Secret(answer["access_token"]), min(lifetime, _LONGEST)


def refused(answer: Mapping[str, Any]) -> CredentialsError:
    """Return the error for a sign-in answer without a token: the AADSTS code and what to do about it."""
    codes = answer.get("error_codes", [])
    advice = next((_ADVICE[code] for code in codes if code in _ADVICE), "see Microsoft's list of AADSTS codes")
    names = ", ".join(f"AADSTS{code}" for code in codes) or "no AADSTS code"
    return CredentialsError(f"sign-in refused: {error_of(answer)} ({names}): {advice}", tuple(codes))


def error_of(answer: Mapping[str, Any]) -> str:
    """Return an answer's error code, or what stands for it."""
    error = answer.get("error", "no token")
    return error if isinstance(error, str) else "no error code"


def _is_number(code: object) -> bool:
    """Tell whether a value of an answer is the number of an error."""
    return type(code) is int and 0 <= code < _LARGEST_CODE


def _token(value: object) -> str:
    token = trimmed(value) if isinstance(value, str) else ""
    if not token or not fits_header(token):
        raise OddAnswer("no token")
    return token


def _error(value: object) -> object:
    """Return an error that is a code; an object that holds one, as Service Fabric gives it, with that alone."""
    if isinstance(value, str) and _CODE.fullmatch(value):
        return value
    code = value.get("code") if isinstance(value, dict) else None
    return {"code": code} if isinstance(code, str) and _INNER_CODE.fullmatch(code) else {}


def _endpoint(value: object) -> str:
    if not isinstance(value, str) or why_unsafe(value, "", loopback=False):
        raise OddAnswer("an endpoint that is no URL")
    return value


def _seconds(value: object) -> int:
    """Return a number of seconds, which some services give as text."""
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if math.isnan(number):
        raise OddAnswer("no number of seconds")
    return int(max(min(number, 1e11), -1e11))
