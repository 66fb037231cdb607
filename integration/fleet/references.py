"""Secrets of a tenants file: it names where each one is, and who signs in looks there."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from integration.config.variables import environment
from integration.errors import CredentialsError
from integration.fleet.vault import fault_of_address, read_secret
from integration.text.files import NotText, read_text
from integration.text.given import trimmed
from integration.text.secret import Secret

SECRETS = ("clientSecret", "clientCertificatePassword", "accessToken", "azureAccessToken")
"""Settings that a tenants file names the place of."""
_PLACES: Sequence[Set[str]] = ({"env"}, {"file"}, {"keyvault"}, {"keyvault", "identity"})
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
"""As Kubernetes has it; a secret of Microsoft Entra, which somebody may take for what belongs there, has a tilde."""
_HOW = 'write { env = "VARIABLE" }, { file = "PATH" } or { keyvault = "https://…/secrets/NAME" }'


def faults_of_secrets(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the references among settings; a value in the place of one is not repeated."""
    for name, value in settings.items():
        if name not in SECRETS:
            if isinstance(value, dict):
                yield f"{name}: only secrets stand elsewhere: write the value itself"
        elif not isinstance(value, dict):
            yield f"{name}: a tenants file holds no secrets: {_HOW}"
        elif value.keys() not in _PLACES or not all(map(_is_place, value, value.values())):
            yield f"{name}: says not where the secret is: {_HOW}"
        elif "keyvault" in value and (fault := fault_of_address(value["keyvault"])):
            yield f"{name}: {fault}"


def with_placeholders(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with something in the place of each secret, to see whether the others fit."""
    return {name: "x" * 8 if name in SECRETS else value for name, value in settings.items()}


def with_secrets(settings: Mapping[str, Any]) -> tuple[dict[str, Any], list[Secret]]:
    """Return settings with the secrets that they refer to, from this machine or from where its identity may look.

    Returns:
        The settings, and the secrets: while these live, nothing that this process prints shows them.

    Raises:
        CredentialsError: some are not there; names the places.
        Unreachable: a vault does not answer.
    """
    found, secrets, faults = dict(settings), [], []
    for name in SECRETS:
        if isinstance(settings.get(name), dict):
            value, fault = _looked_up(settings[name])
            found[name] = value
            secrets.append(Secret(value))
            faults += [f"{name}: {fault}"] if fault else []
    if faults:
        raise CredentialsError("; ".join(faults))
    return found, secrets


def _is_place(kind: str, value: object) -> bool:
    return isinstance(value, str) and bool(_VARIABLE.fullmatch(value) if kind == "env" else value.strip())


def _looked_up(reference: Mapping[str, str]) -> tuple[str, str]:
    """Return the secret, or what is wrong."""
    if (variable := reference.get("env")) is not None:
        value = trimmed(environment().get(variable, ""))
        return value, "" if value else f"the variable {variable} is not set where the tenant is read"
    if (address := reference.get("keyvault")) is not None:
        try:
            return read_secret(address, reference.get("identity", "")).reveal(), ""
        except CredentialsError as error:
            return "", str(error)
    path = Path(reference["file"])
    try:
        value = trimmed(read_text(path))
    except NotText as error:
        return "", f"where the tenant is read, the file {path} {error}"
    return value, "" if value else f"the file {path} is empty"
