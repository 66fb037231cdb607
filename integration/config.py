"""Settings of a run: from an event, or from the environment, a ``.env`` file and flags, which make the same event."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from integration.errors import ConfigurationError
from integration.msgraph.auth import GLOBAL_AUTHORITY, GLOBAL_GRAPH
from integration.secret import Secret

NAMES: Mapping[str, tuple[str, ...]] = {
    "clientId": ("AZURE_CLOUD_LOCAL_EXECUTION_CLIENT_ID", "AZURE_CLIENT_ID", "CLIENT_ID"),
    "directoryId": ("AZURE_CLOUD_LOCAL_EXECUTION_DIRECTORY_ID", "AZURE_TENANT_ID", "DIRECTORY_ID"),
    "clientSecret": ("AZURE_CLOUD_LOCAL_EXECUTION_CLIENT_SECRET", "AZURE_CLIENT_SECRET", "CLIENT_SECRET"),
    "accessToken": ("INTEGRATION_ACCESS_TOKEN",),
    "graphUrl": ("INTEGRATION_GRAPH_URL",),
    "authority": ("INTEGRATION_AUTHORITY",),
}
"""Environment variables of each setting; the first that is set wins."""
INSTANCE_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("INTEGRATION_INSTANCE_ID",),
    "name": ("INTEGRATION_INSTANCE_NAME",),
}
_SIGN_IN = ("clientId", "directoryId", "clientSecret")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of a run; secrets show themselves as ``***``.

    Attributes:
        instance_id: key of the account in the graph; the tenant's id where ``None``.
        instance_name: name of the account in the graph; the organization's where ``None``.
        client_id: application (client) id.
        directory_id: directory (tenant) id or a verified domain.
        client_secret: client secret.
        access_token: bearer token used instead of signing in.
        graph_url: root of Microsoft Graph, without version.
        authority: root of the sign-in service.
        only: types to collect, with what they need; all where empty.
        skip: types to leave out, with what needs them.
        to: destinations of the graph.
        strict: whether a rejected record, a duplicate key or a missing end fails its type.
        raw_data: whether entities keep the Graph objects that they were made from.
        fresh: whether everything is read anew.
        in_flight: the most requests at once.
        full_every: days after which everything is read whole, whatever changed.
    """

    instance_id: str | None = None
    instance_name: str | None = None
    client_id: str = ""
    directory_id: str = ""
    client_secret: Secret = Secret("")
    access_token: Secret = Secret("")
    graph_url: str = GLOBAL_GRAPH
    authority: str = GLOBAL_AUTHORITY
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    strict: bool = False
    raw_data: bool = False
    fresh: bool = False
    in_flight: int = 16
    full_every: float = 7.0

    @property
    def tenant(self) -> str:
        """Name where the graph comes from: two runs with the same name read the same tenant."""
        return " ".join([self.graph_url, self.directory_id, self.instance_id or ""]).strip()


def from_event(event: object, *, offline: bool = False) -> Config:
    """Check an event and return its settings.

    Args:
        event: ``{"instance": {"id": …, "name": …, "config": {…}}}``, as ``event.json`` in this package describes it.
        offline: answers are recorded, so credentials are neither needed nor used.

    Raises:
        ConfigurationError: names all that is missing, mistyped or unknown, without values.
    """
    faults = list(_faults(event))
    if faults:
        raise ConfigurationError(faults)
    assert isinstance(event, dict)
    instance = event["instance"]
    return _config(instance, instance["config"], offline)


def from_environment(
    environment: Mapping[str, str], flags: Mapping[str, Any] | None = None, *, offline: bool = False
) -> Config:
    """Return the settings that variables and flags make.

    Args:
        environment: variables, those of a ``.env`` file included; see ``NAMES``.
        flags: settings by their names in an event; they win over variables.
        offline: answers are recorded, so credentials are neither needed nor used.

    Raises:
        ConfigurationError: names all that is missing, with the variables to set.
    """
    config = {**_found(NAMES, environment), **(flags or {})}
    return _config(_found(INSTANCE_NAMES, environment), config, offline)


def with_flags(event: Any, flags: Mapping[str, Any]) -> Any:
    """Return an event with ``flags`` in place of its own settings; what is not an event stays as it is."""
    try:
        return {**event, "instance": {**event["instance"], "config": {**event["instance"]["config"], **flags}}}
    except (TypeError, KeyError):
        return event


def _found(names: Mapping[str, tuple[str, ...]], environment: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for setting, variables in names.items():
        value = next((environment[variable] for variable in variables if environment.get(variable)), None)
        if value is not None:
            found[setting] = value
    return found


def _config(instance: Mapping[str, Any], config: Mapping[str, Any], offline: bool) -> Config:
    faults = [] if offline else [*_missing(config), *_unsafe(config)]
    if faults:
        raise ConfigurationError(faults)
    return Config(
        instance_id=instance.get("id"),
        instance_name=instance.get("name"),
        client_id="" if offline else config.get("clientId", ""),
        directory_id="" if offline else config.get("directoryId", ""),
        client_secret=Secret("" if offline else config.get("clientSecret", "")),
        access_token=Secret("" if offline else config.get("accessToken", "")),
        graph_url=GLOBAL_GRAPH if offline else _root(config.get("graphUrl", GLOBAL_GRAPH)),
        authority=GLOBAL_AUTHORITY if offline else config.get("authority", GLOBAL_AUTHORITY).rstrip("/"),
        only=tuple(config.get("only", ())),
        skip=tuple(config.get("skip", ())),
        to=tuple(config.get("to", ())),
        strict=config.get("strict", False),
        raw_data=config.get("rawData", False),
    )


def _missing(config: Mapping[str, Any]) -> Iterator[str]:
    if config.get("accessToken"):
        return
    for setting in _SIGN_IN:
        if not config.get(setting):
            yield f"{setting} is missing: set {' or '.join(NAMES[setting])}"


def _unsafe(config: Mapping[str, Any]) -> Iterator[str]:
    for setting in ("graphUrl", "authority"):
        value = config.get(setting)
        if value is None:
            continue
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            yield f"{setting} is not a URL such as {GLOBAL_GRAPH if setting == 'graphUrl' else GLOBAL_AUTHORITY}"
        elif parts.username or parts.password or parts.query:
            yield f"{setting} must hold neither credentials nor a query"
        elif parts.scheme == "http" and (parts.hostname not in _LOOPBACK or setting == "authority"):
            yield f"{setting} must begin with https://" + (" (http: loopback only)" if setting == "graphUrl" else "")


def _root(url: str) -> str:
    return url.rstrip("/").removesuffix("/v1.0")


def _faults(event: object) -> Iterator[str]:
    for error in sorted(_validator().iter_errors(event), key=lambda error: list(map(str, error.path))):
        where = ".".join(map(str, error.path)) or "the event"
        if error.validator == "additionalProperties":
            unknown = sorted(set(error.instance) - set(error.schema["properties"]))
            yield f"{where}: unknown: {', '.join(unknown)}"
        elif error.validator == "required":
            yield f"{where}: missing: {', '.join(name for name in error.validator_value if name not in error.instance)}"
        else:
            expected = {"type": "expected {0}", "minLength": "must not be empty"}.get(error.validator, "{0}")
            yield f"{where}: {expected.format(error.validator_value)}"
    yield from _event_settings(event)


def _event_settings(event: object) -> Iterator[str]:
    """Report what the event's settings lack, together with what its form lacks."""
    config: Any = event
    for name in ("instance", "config"):
        config = config.get(name) if isinstance(config, dict) else None
    if isinstance(config, dict):
        for fault in [*_missing(config), *_unsafe({k: v for k, v in config.items() if isinstance(v, str)})]:
            yield f"instance.config: {fault.partition(': set ')[0]}"


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(files("integration").joinpath("event.json").read_text(encoding="utf-8")))
