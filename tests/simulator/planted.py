"""Secrets in every place where Graph could give one, so that a test can prove that none is kept."""

from itertools import count
from typing import Any

from tests.simulator.properties import APPLICATION, SERVICE_PRINCIPAL, Json
from tests.simulator.tenant import Tenant

_KEYS = {"passwordCredentials": ("hint", "secretText"), "keyCredentials": ("key",)}

PLANTED = "PLANTED-in-depth"
_NAMES = (
    "password clientSecret sharedSecret preSharedKey secretText activationLockBypassCode passcode unlockPin secretKey "
    "encryptedAppToken accessToken refreshToken tokenValue apiKey connectionString certificateData passphrase "
    "pkcs12Value proxyPassword privateKey encryptionKey"
).split()
DEEP: Json = {
    "authenticationConfiguration": {"@odata.type": "#microsoft.graph.basicAuthentication"}
    | {name: f"{PLANTED}-{name}" for name in _NAMES},
    "deviceActionResults": [{"actionName": "resetPasscode", "passcode": PLANTED, "unlockPin": PLANTED}],
    "synchronization": {"secrets": [{"key": "SecretToken", "value": PLANTED}, {"key": "Password", "value": PLANTED}]},
    "inner": [{"keyCredentials": [{"keyId": "k", "key": PLANTED}], "passwordProfile": {"password": PLANTED}}],
    "tokens": [PLANTED],
    "settings": [{"values": [{"name": "BannedPasswordList", "value": PLANTED}]}],
    "alternativeSecurityIds": [{"type": 2, "key": PLANTED}],
    "notes": f"the password={PLANTED}",
    "extensionAttribute7": f"AccountKey={PLANTED}",
    "redirectUris": [f"https://x.example/?code={PLANTED}", f"https://u:{PLANTED}@x.example/"],
    "installCommandLine": f"setup.exe /quiet /password:{PLANTED}",
}
"""What holds secrets, as Graph's identity providers, custom extensions, devices and synchronization have them."""


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


def planted_in(value: Any, depth: int = 0) -> Any:
    """Return an answer of Graph with secrets in all objects that it holds, and in objects and lists within these."""
    if isinstance(value, list):
        return [planted_in(each, depth + 1) for each in value]
    if not isinstance(value, dict):
        return value
    told = {name: planted_in(each, depth + 1) for name, each in value.items()}
    return told | {"customExtension": [DEEP], "identityProvider": DEEP, **DEEP} if depth > 1 else told


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
