"""Which JupiterOne account the graph goes to: from the destination's URL and the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

from integration.config.urls import why_unsafe
from integration.errors import ConfigurationError
from integration.text.given import trimmed
from integration.text.secret import Secret

ROOT = "https://api.us.jupiterone.io"
_VARIABLES = ("JUPITERONE_ACCOUNT", "JUPITERONE_API_KEY", "INTEGRATION_INSTANCE_ID")

Mode = Literal["diff", "patch"]


@dataclass(frozen=True, slots=True)
class Account:
    """A JupiterOne account, and the integration instance in it that holds the graph.

    Attributes:
        root: base URL of the API.
        id: the account's id.
        key: API key; it is sent to the root's host alone.
        instance: id of the integration instance.
    """

    root: str
    id: str
    key: Secret
    instance: str

    @property
    def name(self) -> str:
        """What names the graph that the instance holds."""
        return f"jupiterone {self.root} {self.id} {self.instance}"


def account_of(address: str, environment: Mapping[str, str]) -> tuple[Account, Mode]:
    """Return the account and the way in which it is brought up to date.

    Args:
        address: what stands behind ``jupiterone:``: the API's base URL, ``?mode=patch``, both or neither.
        environment: variables.

    Raises:
        ConfigurationError: names all that is missing or wrong.
    """
    root, _, query = address.partition("?")
    source = "the URL behind jupiterone:" if root else "JUPITERONE_API_URL"
    root = trimmed(root or environment.get("JUPITERONE_API_URL") or ROOT).rstrip("/")
    values = [trimmed(environment.get(name, "")) for name in _VARIABLES]
    options = dict(parse_qsl(query, keep_blank_values=True))
    faults = []
    missing = [name for name, value in zip(_VARIABLES, values, strict=True) if not value]
    if missing:
        faults.append(f"the destination jupiterone: needs the variables {', '.join(missing)}: set them")
    faults += [
        f"{name} holds a character that no HTTP header takes: set it anew"
        for name, value in zip(_VARIABLES, values, strict=True)
        if not (value.isascii() and value.isprintable())
    ]
    if problem := why_unsafe(root, ROOT):
        faults.append(f"{source} {problem}")
    mode = options.pop("mode", "diff")
    if options or mode not in ("diff", "patch"):
        faults.append("the destination jupiterone: takes one option: ?mode=diff, which is the default, or ?mode=patch")
    if faults:
        raise ConfigurationError(faults)
    account, key, instance = values
    return Account(root, account, Secret(key), instance), "patch" if mode == "patch" else "diff"
