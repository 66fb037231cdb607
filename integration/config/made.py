"""Settings that a host makes itself, held to what an event's are held to."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_origin

from integration.config.event import faults_of
from integration.config.unfit import misplaced, unseen
from integration.config.variables import INSTANCE_NAMES
from integration.text.given import fits_form, is_tenant
from integration.text.secret import Secret

_OTHERWISE = {"certificate_path": "clientCertificatePath", "certificate_password": "clientCertificatePassword"}
_NEVER_EMPTY = ("instance_id", "instance_name", "graph_url", "authority")
_ALWAYS = ("full_every", 0)
"""What a host may set beyond an event: every run reads all."""
_SENT = {
    "client_id": (fits_form, "holds a character that no client id has"),
    "directory_id": (is_tenant, "is neither a GUID nor a domain name"),
}
"""What is sent as it is. Tokens and secrets are looked at where they are sent, which takes off line breaks."""


def told_instead(kind: Any) -> str:
    """Return what to write for a setting of a type."""
    if kind is Secret:
        return "wrap the text, as Secret(…) of integration.text.secret does"
    return "write a list of texts" if get_origin(kind) is tuple else "the reference of Config says what it is"


def faults_of_made(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with settings, by their names in ``Config``; whether anything signs in is not asked.

    Args:
        settings: by their names in ``Config``, each of its type.
    """
    names = {_in_event(name): name for name in settings}
    event: dict[str, Any] = {"config": {}}
    for name, field in names.items():
        value = _plain(settings[field])
        if (field, value) == _ALWAYS:
            continue
        if value is not None and (value != "" or field in _NEVER_EMPTY):
            (event if field.startswith("instance_") else event["config"])[name] = value
    for fault in (*faults_of({"instance": event}), *unseen({"instance": event})):
        setting, _, problem = fault.removeprefix("instance.").removeprefix("config.").partition(": ")
        yield f"{names[setting]} {problem}"
    for fault in misplaced(event["config"], loopback=True):
        yield re.sub(r"[a-z]+[A-Z][a-z]+", lambda found: names.get(found[0], found[0]), fault)
    for name, (fits, problem) in _SENT.items():
        if settings[name] and not fits(settings[name]):
            yield f"{name} {problem}"


@cache
def _in_event(field: str) -> str:
    """Return the name that a setting has in an event."""
    bare = field.removeprefix("instance_")
    if bare in INSTANCE_NAMES and bare != field:
        return bare
    first, *others = field.split("_")
    return _OTHERWISE.get(field, first + "".join(map(str.capitalize, others)))


def _plain(value: object) -> object:
    if isinstance(value, Secret):
        return value.reveal()
    return list(map(str, value)) if isinstance(value, tuple | list) else value
