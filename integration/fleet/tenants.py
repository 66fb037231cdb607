"""The tenants file: TOML, or JSON Lines from a program; each entry becomes an event; all faults are told at once."""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integration.config.settings import Config, checked_event
from integration.errors import ConfigurationError
from integration.fleet.references import SECRETS, faults_of_secrets, with_placeholders
from integration.fleet.targets import PLACE_OF_NAME, faults_between, faults_of_url
from integration.text.files import NotText, read_text
from integration.text.given import trimmed
from integration.text.visible import brief

FLEET = "fleet.json"
"""Holds what is known of all tenants, and is beside what is kept of each."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_OWN = ("name", "instanceId", "instanceName", "weight", "enabled")
_WEIGHTS = ("light", "heavy")
_SPREAD = 0.3
"""By so much of it the time after which everything is read anew is shortened at most."""
_NO_NAME = "name: expected 1 to 63 small letters, digits, dots, hyphens and underscores: it names a folder"
_TAKEN = f"name: {FLEET} is where it stands what became of all tenants"
_NAMED = 3
"""So many tenants with one fault are named."""


class _Unread(str):
    """In the place of an entry that cannot be read: why not."""


@dataclass(frozen=True)
class Tenant:
    """An entry of the file.

    Attributes:
        name: of its folder and its row in every table.
        event: as ``handle`` takes it, with references in the place of secrets.
        heavy: it is read alone in its process.
    """

    name: str
    event: Mapping[str, Any]
    heavy: bool = False

    @property
    def settings(self) -> Mapping[str, Any]:
        """The event's settings."""
        settings: Mapping[str, Any] = self.event["instance"]["config"]
        return settings

    @property
    def credential(self) -> str:
        """What it signs in with, as a name: tenants with the same one are refused together."""
        names = ("authority", "cloud", "clientId", "clientCertificatePath", "federatedTokenFile", *SECRETS)
        return json.dumps([self.settings.get(name) for name in names])


def read_tenants(path: Path) -> list[Tenant]:
    """Return the tenants of a file that are enabled, in its order.

    Raises:
        ConfigurationError: names all that is wrong with it.
    """
    faults: dict[str, list[str]] = {}
    tenants: list[Tenant] = []
    names: dict[str, str] = {}
    directories: dict[str, str] = {}
    defaults, entries, told = _document(path)
    for place, entry in entries:
        tenant, wrong = _tenant(entry, defaults, place, alone=len(entries) == 1)
        if tenant:
            directory = trimmed(str(tenant.settings.get("directoryId", ""))).lower()
            if (other := names.setdefault(tenant.name, place)) != place:
                wrong.append(f"the name is also that of {other}")
            if directory and (other := directories.setdefault(directory, tenant.name)) != tenant.name:
                wrong.append(f"directoryId: it is also that of {other}, whose quota it shares")
            if isinstance(entry, dict) and entry.get("enabled", True) is not False:
                tenants.append(tenant)
        for fault in wrong:
            faults.setdefault(fault, []).append(f"{tenant.name} ({place})" if tenant else place)
    told += [f"{names_of_some(who)}: {fault}" for fault, who in faults.items()]
    told += faults_between({each.name: each.event for each in tenants})
    if not entries:
        how = "write one into each line" if path.suffix == ".jsonl" else "begin each one with [[tenant]]"
        told.append(f"{path} names no tenant: {how}")
    if told:
        raise ConfigurationError(told)
    return tenants


def names_of_some(names: Sequence[str]) -> str:
    """Return who has a fault: it comes from the defaults where many have it."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _document(path: Path) -> tuple[object, list[tuple[str, object]], list[str]]:
    """Return the defaults, the entries with their places, and what is wrong beside them."""
    try:
        text = read_text(path)
    except NotText as error:
        raise ConfigurationError([f"{path} {error}"]) from None
    if path.suffix == ".jsonl":
        return (*_json_lines(text), [])
    try:
        found = tomllib.loads(text)
    except RecursionError:
        raise ConfigurationError([f"{path} is not TOML that anybody writes: it is nested too deep"]) from None
    except ValueError as error:
        raise ConfigurationError([f"{path} is not TOML: {error}"]) from None
    unknown = sorted(found.keys() - {"defaults", "tenant"})
    defaults, entries = found.get("defaults", {}), found.get("tenant", [])
    form = "a tenants file has [defaults] and any number of [[tenant]]"
    if not isinstance(defaults, dict) or not isinstance(entries, list):
        raise ConfigurationError([f"{path}: it has another form: {form}"])
    wrong = [f"{path}: {', '.join(unknown)}: unknown: {form}"] if unknown else []
    return defaults, [(f"tenant {number}", entry) for number, entry in enumerate(entries, 1)], wrong


def _json_lines(text: str) -> tuple[object, list[tuple[str, object]]]:
    defaults: object = None
    entries: list[tuple[str, object]] = []
    for number, each in enumerate(text.split("\n"), 1):
        if not each.strip():
            continue
        try:
            entry = json.loads(each, object_pairs_hook=_each_once)
        except _Twice as twice:
            entry = _Unread(f"it names {twice} twice")
        except (ValueError, RecursionError):
            entry = _Unread("it is not JSON")
        if isinstance(entry, dict) and entry.keys() == {"defaults"}:
            if defaults is None and not entries:
                defaults = entry["defaults"]
                continue
            entry = _Unread("defaults hold for all: write them once, into the first line")
        entries.append((f"line {number}", entry))
    return {} if defaults is None else defaults, entries


class _Twice(Exception):
    """An object of JSON names something twice, of which others would take the second, or the first."""


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise _Twice(brief(name))
    return dict(pairs)


def _tenant(entry: object, defaults: object, place: str, *, alone: bool) -> tuple[Tenant | None, list[str]]:
    """Return the tenant of an entry, where it has a name, and what is wrong with it."""
    if isinstance(entry, _Unread):
        return None, [str(entry)]
    if not isinstance(entry, dict) or not isinstance(defaults, dict):
        return None, ["an entry is a table of settings, and so are the defaults"]
    name = str(entry.get("name"))
    is_named = isinstance(entry.get("name"), str) and is_name(name)
    fault_of_name = _TAKEN if name == FLEET else _NO_NAME
    given = {**defaults, **entry}
    settings = {key: value for key, value in given.items() if key not in _OWN}
    faults = [] if is_named else [fault_of_name]
    faults += faults_of_secrets(settings)
    faults += _of_own(given)
    if isinstance(settings.get("to"), list):
        faults += [fault for url in settings["to"] for fault in faults_of_url(url, alone=alone)]
        settings["to"] = [url.replace(PLACE_OF_NAME, name) if isinstance(url, str) else url for url in settings["to"]]
    instance = {key: given[own] for key, own in (("id", "instanceId"), ("name", "instanceName")) if own in given}
    plain = {key: value for key, value in with_placeholders(settings).items() if not isinstance(value, dict)}
    try:
        checked_event({"instance": {**instance, "config": plain}})
    except ConfigurationError as error:
        faults += [fault.removeprefix("instance.config: ").removeprefix("instance.config.") for fault in error.faults]
    days = settings.get("fullEvery", Config.full_every)
    if is_named and isinstance(days, int | float):
        settings["fullEvery"] = round(days * (1 - _SPREAD * share_of(name)), 4)
    event = {"instance": {**instance, "config": settings}}
    return Tenant(name, event, heavy=given.get("weight") == "heavy") if is_named else None, faults


def is_name(text: str) -> bool:
    """Tell whether a tenant may be called so."""
    return bool(_NAME.fullmatch(text)) and text != FLEET


def share_of(name: str) -> float:
    """Return a number from 0 to 1 that a name always has, so that what many do is spread over time."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest()) / 2**32


def _of_own(given: Mapping[str, Any]) -> Iterator[str]:
    if given.get("weight", "light") not in _WEIGHTS:
        yield f"weight: expected one of {', '.join(_WEIGHTS)}"
    if not isinstance(given.get("enabled", True), bool):
        yield "enabled: expected boolean"
