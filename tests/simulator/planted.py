"""Secrets in every place where Graph could give one, so that a test can prove that none is kept."""

from itertools import count

from tests.simulator.properties import APPLICATION, SERVICE_PRINCIPAL, Json
from tests.simulator.tenant import Tenant

_KEYS = {"passwordCredentials": ("hint", "secretText"), "keyCredentials": ("key",)}


def plant_secrets(tenant: Tenant) -> list[str]:
    """Give all applications and service principals credentials that tell their secrets, and users their passwords.

    Credentials that are there are kept and made to tell. Returns what nobody may ever see.
    """
    planted: list[str] = []
    numbers = count(1)

    def secret() -> str:
        planted.append(f"PLANTED{next(numbers):06}SECRET")
        return planted[-1]

    for kind in (APPLICATION, SERVICE_PRINCIPAL):
        for identity, found in tenant.objects(kind).items():
            told = {
                name: [each | {word: secret() for word in words} for each in found[name] or [_credential(name)]]
                for name, words in _KEYS.items()
            }
            tenant.update(identity, **told)
    for identity in list(tenant.users):
        tenant.update(identity, passwordProfile={"forceChangePasswordNextSignIn": False, "password": secret()})
    return planted


def ban_words(tenant: Tenant) -> list[str]:
    """Have the tenant ban words from passwords, which tells how passwords are built there. Returns the words."""
    words = ["PLANTEDcontoso", "PLANTEDexampleton"]
    values = [{"name": "BannedPasswordList", "value": "\t".join(words)}, {"name": "LockoutThreshold", "value": "10"}]
    setting = {"id": "5e771465-2f3e-4d5c-8b6a-7f8e9d0c1b01", "displayName": "Password Rule Settings"}
    template = {"templateId": "5cf42378-d67d-4f36-ba46-e8b86229381d", "values": values}
    tenant.contents.put("/groupSettings", setting | template)
    return words


def _credential(name: str) -> Json:
    """A credential for what has none."""
    common = {
        "customKeyIdentifier": None,
        "displayName": "planted",
        "endDateTime": "2027-01-02T03:04:05Z",
        "keyId": "5ec4e700-2f3e-4d5c-8b6a-7f8e9d0c1b01",
        "startDateTime": "2025-01-02T03:04:05Z",
    }
    return common | ({"type": "AsymmetricX509Cert", "usage": "Verify"} if name == "keyCredentials" else {})
