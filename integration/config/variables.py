"""Environment variables: the local form of the instance that an event holds.

Source of the names that begin with ``AZURE_``: azure-identity, environment variables of its credentials.
"""

import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Any

from integration.errors import ConfigurationError
from integration.text.files import NotText, read_text
from integration.text.given import one_line, trimmed

NAMES: Mapping[str, tuple[str, ...]] = {
    "clientId": ("AZURE_CLOUD_LOCAL_EXECUTION_CLIENT_ID", "AZURE_CLIENT_ID", "CLIENT_ID"),
    "directoryId": ("AZURE_CLOUD_LOCAL_EXECUTION_DIRECTORY_ID", "AZURE_TENANT_ID", "DIRECTORY_ID"),
    "clientSecret": ("AZURE_CLOUD_LOCAL_EXECUTION_CLIENT_SECRET", "AZURE_CLIENT_SECRET", "CLIENT_SECRET"),
    "clientCertificatePath": ("AZURE_CLIENT_CERTIFICATE_PATH",),
    "clientCertificatePassword": ("AZURE_CLIENT_CERTIFICATE_PASSWORD",),
    "sendCertificateChain": ("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN",),
    "federatedTokenFile": ("AZURE_FEDERATED_TOKEN_FILE",),
    "managedIdentity": ("INTEGRATION_MANAGED_IDENTITY",),
    "accessToken": ("INTEGRATION_ACCESS_TOKEN",),
    "azureAccessToken": ("INTEGRATION_AZURE_ACCESS_TOKEN",),
    "cloud": ("INTEGRATION_CLOUD",),
    "graphUrl": ("INTEGRATION_GRAPH_URL",),
    "azureUrl": ("INTEGRATION_AZURE_URL",),
    "authority": ("INTEGRATION_AUTHORITY", "AZURE_AUTHORITY_HOST"),
    "inFlight": ("INTEGRATION_IN_FLIGHT",),
    "massDelete": ("INTEGRATION_MASS_DELETE",),
    "fullEvery": ("INTEGRATION_FULL_EVERY",),
}
"""Environment variables of each setting; the first that is set wins."""
INSTANCE_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("INTEGRATION_INSTANCE_ID",),
    "name": ("INTEGRATION_INSTANCE_NAME",),
}
PROGRAM_NAMES = ("INTEGRATION_LOG_FORMAT", "INTEGRATION_LOG_LEVEL")
"""Variables that are no settings of an event."""
_SWITCHES = ("sendCertificateChain", "managedIdentity")
_PASSWORDS = ("clientCertificatePassword",)
_NUMBERS = ("inFlight", "fullEvery", "massDelete")
_PREFIX = "INTEGRATION_"
_ALIKE = 0.8  # of what follows the prefix: two letters that changed places, one too many, one that lacks
_ODD_LINE = "sets no variable: write NAME=VALUE, close its quotation mark, or begin it with #"
_WORDS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


def environment() -> Mapping[str, str]:
    """Return the environment's variables, and those of a file ``.env`` in this folder that it lacks.

    Raises:
        ConfigurationError: that file cannot be read.
    """
    return {**variables_of(Path(".env")), **os.environ}


def variables_of(path: Path) -> dict[str, str]:
    """Return the variables that a file sets; none where it is not there, or is the folder of a virtual environment.

    Source: venv, which marks its folder by ``pyvenv.cfg``; that may have the name of the file.

    Raises:
        ConfigurationError: it cannot be read, a line of it sets nothing though it names a variable of ours, or its
            encoding is not known.
    """
    if not os.path.lexists(path) or (path / "pyvenv.cfg").is_file():
        return {}
    from dotenv import dotenv_values  # few have such a file

    try:
        text = read_text(path)
    except NotText as error:
        remedy = ": make it a file of lines NAME=VALUE, or remove it" if path.is_dir() or not path.exists() else ""
        raise ConfigurationError([f"{path} {error}{remedy}"]) from None
    if faults := list(_odd_lines(text)):
        raise ConfigurationError([f"{path}, line {number}: {_ODD_LINE}" for number in faults])
    return {name: value for name, value in dotenv_values(stream=StringIO(text)).items() if value is not None}


def _odd_lines(text: str) -> Iterator[int]:
    """Yield the numbers of the lines that name a variable of ours and set none.

    The file may be another program's as well, whose lines are no business of ours.
    """
    from dotenv.parser import parse_stream

    ours = (_PREFIX, *(name for names in NAMES.values() for name in names))
    for binding in parse_stream(StringIO(text)):
        line = binding.original.string
        if binding.error and any(name in line for name in ours):
            yield binding.original.line + line[: len(line) - len(line.lstrip())].count("\n")


def strangers(environment: Mapping[str, str]) -> list[str]:
    """Return the variables that begin as ours do and are none of them, sorted: misspelt, or another program's."""
    return sorted(name for name in environment if name.startswith(_PREFIX) and name not in known_names())


def misspelt(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the strangers that are one of ours but for a slip, each with the name that is meant."""
    ours = [name.removeprefix(_PREFIX) for name in known_names() if name.startswith(_PREFIX)]
    found = {name: get_close_matches(name.removeprefix(_PREFIX), ours, 1, _ALIKE) for name in strangers(environment)}
    return {name: f"{_PREFIX}{near[0]}" for name, near in found.items() if near}


def known_names() -> list[str]:
    """Return every variable that has an effect, sorted."""
    groups = (*NAMES.values(), *INSTANCE_NAMES.values(), PROGRAM_NAMES)
    return sorted({name for names in groups for name in names})


def instance_from(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the instance that variables make, as an event holds it; what cannot be converted stays a string."""
    return {**_found(INSTANCE_NAMES, environment), "config": _found(NAMES, environment)}


def variables_set(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variable that each setting comes from, for those that are set."""
    names = {**NAMES, **INSTANCE_NAMES}
    return {setting: found for setting, some in names.items() if (found := _set(setting, some, environment))}


def names_in(environment: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the variable that each setting comes from; where none is set, those that it may come from."""
    chosen = variables_set(environment)
    return {setting: (chosen[setting],) if setting in chosen else names for setting, names in NAMES.items()}


def bare(setting: str, text: str) -> str:
    """Return the text of a setting without what files and editors leave at its ends; blanks may begin a password."""
    return one_line(text) if setting in _PASSWORDS else trimmed(text)


def _set(setting: str, names: tuple[str, ...], environment: Mapping[str, str]) -> str | None:
    """Return the first variable of a setting that holds anything."""
    return next((name for name in names if bare(setting, environment.get(name, ""))), None)


def _found(names: Mapping[str, tuple[str, ...]], environment: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for setting, variables in names.items():
        if variable := _set(setting, variables, environment):
            found[setting] = _value(setting, variable, bare(setting, environment[variable]))
    return found


def _value(setting: str, variable: str, text: str) -> object:
    if setting in _SWITCHES:
        return _WORDS.get(text.strip().lower(), text)
    if setting in _NUMBERS:
        return _number(text)
    bare = variable == "AZURE_AUTHORITY_HOST" and "://" not in text
    return f"https://{text}" if bare else text


def _number(text: str) -> float | str:
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number
