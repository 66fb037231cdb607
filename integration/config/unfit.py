"""What settings lack, and what must not be in them, known before anything is sent."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from integration.config.clouds import CLOUDS, GLOBAL_AUTHORITY, GLOBAL_AZURE, GLOBAL_GRAPH, azure_of, clouds_of
from integration.config.urls import why_unsafe
from integration.config.variables import INSTANCE_NAMES, NAMES
from integration.text.given import fits_form, fits_header, fits_name, is_tenant

_APPLICATION = ("clientId", "directoryId")
_PROOFS = ("clientSecret", "clientCertificatePath", "federatedTokenFile")
_INSTEAD = (*_PROOFS[1:], "managedIdentity", "accessToken")
_KNOWN, _OWN = "AZURE_", "AZURE_CLOUD_"
_FIT: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "accessToken": (fits_header, "holds a character that no HTTP header takes"),
    "azureAccessToken": (fits_header, "holds a character that no HTTP header takes"),
    "clientId": (fits_form, "holds a character that no client id has"),
    "clientSecret": (fits_form, "holds a character that no client secret has"),
    "clientCertificatePassword": (str.isprintable, "holds a character that cannot be typed"),
    "directoryId": (is_tenant, "is neither a GUID nor a domain name"),
    "clientCertificatePath": (str.isprintable, "holds a character that no file name should have"),
    "federatedTokenFile": (str.isprintable, "holds a character that no file name should have"),
}
"""What a setting must be to be sent, or opened, and what is said of it where it is not."""


def unfit(config: Mapping[str, Any], names: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return what the settings lack, and what must not be in them.

    Args:
        config: as in an event.
        names: the variables that each setting comes from, or may come from.
    """
    return [*_missing(config), *misplaced(config), *_unsendable(config, names)]


def misplaced(config: Mapping[str, Any], *, loopback: bool = False) -> list[str]:
    """Return which services no secret may be sent to, and which are of several clouds.

    Args:
        config: as in an event.
        loopback: whether the sign-in service may be on this machine without TLS, as in a host's tests.
    """
    return [*_unsafe(config, loopback=loopback), *_mixed(config)]


def _unsendable(config: Mapping[str, Any], names: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield what cannot be sent as what it is, before anybody tries."""
    for setting, (fits, problem) in _FIT.items():
        value = config.get(setting)
        if isinstance(value, str) and value and not fits(value):
            yield f"{setting} {problem}: set {' or '.join(names[setting])} anew"


def unseen(event: Any) -> Iterator[str]:
    """Yield what the graph cannot be named by, lists of what nothing is called, and numbers that compare with none."""
    instance: Any = event.get("instance") if isinstance(event, dict) else None
    for name in INSTANCE_NAMES if isinstance(instance, dict) else ():
        value = instance.get(name)
        if isinstance(value, str) and not fits_name(value):
            yield f"instance.{name}: holds a character that cannot be seen"
    config = instance.get("config") if isinstance(instance, dict) else None
    for name, value in config.items() if isinstance(config, dict) else ():
        if isinstance(value, float) and not math.isfinite(value):
            yield f"instance.config.{name}: must be a finite number"
        if isinstance(value, list) and any(isinstance(each, str) and "\0" in each for each in value):
            yield f"instance.config.{name}: holds a character that cannot be seen"


def _missing(config: Mapping[str, Any]) -> Iterator[str]:
    given = [name for name in _PROOFS if config.get(name)]
    if config.get("accessToken") or config.get("azureAccessToken") or (config.get("managedIdentity") and not given):
        return
    for setting in _APPLICATION:
        if not config.get(setting):
            yield f"{setting} is missing: set {_choice(setting)}"
    if not given:
        instead = " or ".join(variable for setting in _INSTEAD for variable in NAMES[setting])
        yield (
            f"clientSecret is missing (in its place: {', '.join(_INSTEAD)}):"
            f" set {_choice('clientSecret')}, or in its place {instead}"
        )


def _choice(setting: str) -> str:
    """Return the variable that people know, and in brackets all that are looked at, the first of which wins."""
    known = next(name for name in NAMES[setting] if name.startswith(_KNOWN) and not name.startswith(_OWN))
    return f"{known} (the first of {' or '.join(NAMES[setting])} counts)"


def _unsafe(config: Mapping[str, Any], *, loopback: bool) -> Iterator[str]:
    roots = (("graphUrl", GLOBAL_GRAPH), ("azureUrl", GLOBAL_AZURE), ("authority", GLOBAL_AUTHORITY))
    for setting, example in roots:
        value = config.get(setting)
        problem = (
            why_unsafe(value, example, loopback=loopback or setting != "authority") if isinstance(value, str) else None
        )
        if problem:
            yield f"{setting} {problem}"


def _mixed(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield that what a run would ask is in several clouds: no sign-in is good in two, and none is to learn a secret.

    A URL wins over ``cloud``, so what counts is what is asked in the end; what no token is there for is not asked.
    """
    cloud = config.get("cloud") or "global"
    roots = {name: config.get(name) for name in ("graphUrl", "azureUrl", "authority")}
    if cloud not in list(CLOUDS) or not all(isinstance(root, str | None) for root in roots.values()):
        return
    graph_alone, signs_in = bool(config.get("accessToken")), any(config.get(name) for name in _PROOFS)
    signed_in = signs_in or bool(config.get("managedIdentity"))
    graph = roots["graphUrl"] or CLOUDS[cloud].graph
    asked = {
        "graphUrl": graph if graph_alone or signed_in else "",
        "azureUrl": roots["azureUrl"] or azure_of(graph)
        if config.get("azureAccessToken") or (signed_in and not graph_alone)
        else "",
        "authority": roots["authority"] or CLOUDS[cloud].authority if signs_in and not graph_alone else "",
    }
    found = {name: clouds for name, root in asked.items() if (clouds := clouds_of(root))}
    if found and not frozenset.intersection(*found.values()):
        where = ", ".join(f"{name} is of {' or '.join(sorted(clouds))}" for name, clouds in found.items())
        remedy = "name the tenant's cloud in cloud (INTEGRATION_CLOUD), and leave these out"
        yield f"these are of different clouds: {where}; {remedy}"
