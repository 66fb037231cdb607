"""What made-up applications and service principals hold: credentials, roles and scopes."""

import random

from tests.simulator.made_up.values import guid, moment, opaque
from tests.simulator.properties import Json


def role(value: str, members: list[str], rng: random.Random) -> Json:
    """A role that an application offers."""
    return {
        "allowedMemberTypes": members,
        "description": f"Allows {value}",
        "displayName": value,
        "id": guid(rng),
        "isEnabled": True,
        "origin": "Application",
        "value": value,
    }


def scope(value: str, rng: random.Random) -> Json:
    """A scope that an application offers."""
    return {
        "adminConsentDescription": f"Allows {value} for whoever is signed in",
        "adminConsentDisplayName": value,
        "id": guid(rng),
        "isEnabled": True,
        "type": "User",
        "userConsentDescription": None,
        "userConsentDisplayName": None,
        "value": value,
    }


def password(rng: random.Random) -> Json:
    """A secret; what it is nobody is told."""
    return {
        "customKeyIdentifier": None,
        "displayName": rng.choice(("deployment", None)),
        "endDateTime": moment(rng, 2026, 2028),
        "hint": None,
        "keyId": guid(rng),
        "secretText": None,
        "startDateTime": moment(rng, 2023),
    }


def key(rng: random.Random, kind: str, usage: str) -> Json:
    """A certificate, its key left out."""
    return {
        "customKeyIdentifier": opaque(rng)[:27] + "=",
        "displayName": "CN=contoso.example",
        "endDateTime": moment(rng, 2026, 2028),
        "key": None,
        "keyId": guid(rng),
        "startDateTime": moment(rng, 2023),
        "type": kind,
        "usage": usage,
    }
