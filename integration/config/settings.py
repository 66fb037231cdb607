"""Settings of a run: from an event, or from the environment, a ``.env`` file and flags, which make the same event."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from integration.config.clouds import CLOUDS, GLOBAL_AUTHORITY, GLOBAL_GRAPH, azure_of
from integration.config.event import faults_of
from integration.config.handed import check_handed, check_spelling, check_texts
from integration.config.made import faults_of_made, told_instead
from integration.config.unfit import unfit, unseen
from integration.config.variables import INSTANCE_NAMES, NAMES, bare, instance_from, misspelt, names_in
from integration.errors import ConfigurationError
from integration.text.secret import Address, Secret

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of a run; secrets show themselves as ``***``.

    Attributes:
        instance_id: key of the account in the graph; the tenant's id where ``None``.
        instance_name: name of the account in the graph; the organization's where ``None``.
        client_id: application (client) id; of a managed identity, the client id of a user-assigned one.
        directory_id: directory (tenant) id or a verified domain.
        client_secret: client secret.
        certificate_path: PEM file with certificate and private key, or PFX file.
        certificate_password: password of the certificate's private key.
        send_certificate_chain: whether the certificate file's other certificates are sent too.
        federated_token_file: file with a token of another identity provider, read anew at each sign-in.
        managed_identity: whether the identity of the Azure machine signs in.
        access_token: bearer token used instead of signing in.
        azure_access_token: bearer token for Azure Resource Manager, used instead of signing in.
        graph_url: root of Microsoft Graph, without version.
        azure_url: root of Azure Resource Manager; empty where Graph's root is of no cloud, and no other one is set.
        authority: root of the sign-in service.
        only: types to collect, with what they need; all where empty.
        skip: types to leave out, with what needs them.
        to: destinations of the graph.
        strict: whether a rejected record, a duplicate key or a missing end fails its type.
        raw_data: whether entities keep the Graph objects that they were made from.
        fresh: whether everything is read anew, whatever an earlier run left.
        in_flight: most requests at once, 1 to 64.
        mass_delete: percent of a type's records; a loss of more than that, and of 50 at least, is a mass deletion.
        allow_mass_delete: whether destinations delete what a mass deletion took.
        full_every: days after which changes are not enough and everything is read anew.

    Raises:
        ConfigurationError: a setting is unknown, of another type, or cannot be what it is, as in an event.
    """

    instance_id: str | None = None
    instance_name: str | None = None
    client_id: str = ""
    directory_id: str = ""
    client_secret: Secret = Secret("")
    certificate_path: str = ""
    certificate_password: Secret = Secret("")
    send_certificate_chain: bool = False
    federated_token_file: str = ""
    managed_identity: bool = False
    access_token: Secret = Secret("")
    azure_access_token: Secret = Secret("")
    graph_url: str = GLOBAL_GRAPH
    azure_url: str = ""
    authority: str = GLOBAL_AUTHORITY
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    strict: bool = False
    raw_data: bool = False
    fresh: bool = False
    in_flight: int = 16
    mass_delete: float = 20.0
    allow_mass_delete: bool = False
    full_every: float = 7.0

    def __new__(cls, **settings: object) -> Self:
        """Return an empty one, unless a name is unknown: ``__init__`` would tell that as a ``TypeError``."""
        check_spelling("Config", settings, [each.name for each in fields(cls)])
        return super().__new__(cls)

    def __post_init__(self) -> None:
        given = {each.name: (getattr(self, each.name), each.type, told_instead(each.type)) for each in fields(self)}
        check_handed("Config", **given)
        graph_url = _root(self.graph_url)
        azure_url = self.azure_url.rstrip("/") or azure_of(graph_url)
        roots = {"graph_url": graph_url, "azure_url": azure_url, "authority": self.authority.rstrip("/")}
        for name, value in {**roots, "to": tuple(map(Address, self.to))}.items():
            object.__setattr__(self, name, value)
        if faults := [f"Config: {fault}" for fault in faults_of_made(vars(self))]:
            raise ConfigurationError(faults)

    @property
    def signs_in(self) -> bool:
        """Whether there is something to sign in with."""
        proofs = (self.client_secret, self.certificate_path, self.federated_token_file, self.managed_identity)
        return any(map(bool, proofs))

    @property
    def tenant(self) -> str:
        """Name where the graph comes from: two runs with the same name read the same tenant."""
        return " ".join([self.graph_url, self.directory_id, self.instance_id or ""]).strip()


def from_event(event: object, *, offline: bool = False) -> Config:
    """Check an event and return its settings; arguments and errors are those of ``checked_event``."""
    return _config(checked_event(event, offline=offline)["instance"], offline)


def checked_event(event: object, *, offline: bool = False) -> Mapping[str, Any]:
    """Return an event that settings can be made of, its texts without what sticks to their ends.

    Args:
        event: ``{"instance": {"id": …, "name": …, "config": {…}}}``, as ``event.json`` in this package describes it.
        offline: answers are recorded, so credentials are neither needed nor used.

    Raises:
        ConfigurationError: names all that is missing, mistyped or unknown, without values.
    """
    event = _trimmed(event)
    settings: Any = event
    for name in ("instance", "config"):
        settings = settings.get(name) if isinstance(settings, dict) else None
    lacking = unfit(settings, NAMES) if isinstance(settings, dict) and not offline else []
    faults = [
        *faults_of(event),
        *unseen(event),
        *(f"instance.config: {fault.partition(': set ')[0]}" for fault in lacking),
    ]
    if faults:
        raise ConfigurationError(faults)
    assert isinstance(event, dict)
    return event


def from_environment(
    environment: Mapping[str, str], flags: Mapping[str, Any] | None = None, *, offline: bool = False
) -> Config:
    """Return the settings that variables and flags make, and warn of variables that are ours but for a slip.

    Args:
        environment: variables, those of a ``.env`` file included; see ``integration.config.variables``.
        flags: settings by their names in an event; they win over variables.
        offline: answers are recorded, so credentials are neither needed nor used.

    Raises:
        ConfigurationError: names all that is missing or mistyped, with the variables to set.
    """
    check_texts("from_environment", environment=environment)
    check_handed("from_environment", flags=(flags, Mapping | None, "give settings by their names in an event"))
    for name, meant in misspelt(environment).items():
        _LOG.warning("the variable %s is not known, and has no effect (did you mean %s?)", name, meant)
    instance = instance_from(environment)
    instance["config"].update({name: _bare(name, _plain(value)) for name, value in (flags or {}).items()})
    lacking = [] if offline else unfit(instance["config"], names_in(environment))
    event = {"instance": instance}
    faults = [*(_named(fault) for fault in (*faults_of(event), *unseen(event))), *lacking]
    if faults:
        raise ConfigurationError(faults)
    return _config(instance, offline)


def with_flags(event: Any, flags: Mapping[str, Any]) -> Any:
    """Return an event with ``flags`` in place of its own settings; what is not an event stays as it is."""
    try:
        plain = {name: _plain(value) for name, value in flags.items()}
        return {**event, "instance": {**event["instance"], "config": {**event["instance"]["config"], **plain}}}
    except (TypeError, KeyError):
        return event


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _config(instance: Mapping[str, Any], offline: bool) -> Config:
    config = instance["config"]
    cloud = CLOUDS[config.get("cloud", "global")]
    everywhere: dict[str, Any] = {
        "instance_id": instance.get("id"),
        "instance_name": instance.get("name"),
        "only": tuple(config.get("only", ())),
        "skip": tuple(config.get("skip", ())),
        "to": tuple(config.get("to", ())),
        "strict": config.get("strict", False),
        "raw_data": config.get("rawData", False),
        "fresh": config.get("fresh", False),
        "in_flight": int(config.get("inFlight", Config.in_flight)),
        "mass_delete": float(config.get("massDelete", Config.mass_delete)),
        "allow_mass_delete": config.get("allowMassDelete", False),
        "full_every": float(config.get("fullEvery", Config.full_every)),
    }
    if offline:
        return Config(**everywhere)
    return Config(
        **everywhere,
        client_id=config.get("clientId", ""),
        directory_id=config.get("directoryId", ""),
        client_secret=Secret(config.get("clientSecret", "")),
        certificate_path=config.get("clientCertificatePath", ""),
        certificate_password=Secret(config.get("clientCertificatePassword", "")),
        send_certificate_chain=config.get("sendCertificateChain", False),
        federated_token_file=config.get("federatedTokenFile", ""),
        managed_identity=config.get("managedIdentity", False),
        access_token=Secret(config.get("accessToken", "")),
        azure_access_token=Secret(config.get("azureAccessToken", "")),
        graph_url=config.get("graphUrl", cloud.graph),
        azure_url=config.get("azureUrl", ""),
        authority=config.get("authority", cloud.authority),
    )


def _root(url: str) -> str:
    return url.rstrip("/").removesuffix("/v1.0")


def _trimmed(event: Any) -> Any:
    """Return an event, its texts without what sticks to their ends; what is not an event stays as it is."""
    try:
        instance = {name: _bare(name, value) for name, value in event["instance"].items()}
        config = {name: _bare(name, value) for name, value in instance["config"].items()}
        return {**event, "instance": {**instance, "config": config}}
    except (TypeError, KeyError, AttributeError):
        return event


def _bare(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [bare(name, each) if isinstance(each, str) else each for each in value]
    return bare(name, value) if isinstance(value, str) else value


def _named(fault: str) -> str:
    """Return a fault of the instance with the variables that it may come from."""
    setting, _, problem = fault.removeprefix("instance.").removeprefix("config.").partition(": ")
    names = {**NAMES, **INSTANCE_NAMES}.get(setting)
    variables = f" ({' or '.join(names)})" if names else ""
    return f"{setting}{variables}: {problem}"
