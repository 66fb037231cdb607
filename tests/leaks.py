"""What a cassette holds, told apart without the code that scrubbed it: pseudonyms, harmless values, and the rest."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.simulator import Tenant

WORD = r"(?:[bcdfghjklmnprstvwz][aeiouáéíóú]){3}[bcdfghjklmnprstvwz]ex"
DOMAIN = rf"{WORD}(?:\.example|\.onmicrosoft\.com)"
GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
HARMLESS = re.compile(
    rf"\s*|(?i:{WORD})|(?i:{WORD} {WORD})|{DOMAIN}|(?:SMTP:|smtp:)?{WORD}(?:_{DOMAIN}#EXT#)?@{DOMAIN}"
    r"|00000000-0000-4000-8000-[0-9a-f]{12}|00000000-0000-0000-0000-[0-9a-f]{12}|id-[0-9a-f]{16}|\+999 \d{9}"
    r"|S-1-(?:5-21|12-1)-9999-\d+-\d+-\d+|\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?Z)?|\(removed\)"
)
PLAIN = {
    "capabilities": ("Email", "Email, OfficeCommunicationsOnline"),
    "capabilityStatus": ("Enabled",),
    "countryLetterCode": ("GB",),
    "creationOptions": ("Team", "ExchangeProvisioningFlags:3552"),
    "externalUserState": ("Accepted", "PendingAcceptance"),
    "groupTypes": ("DynamicMembership", "Unified"),
    "membershipRuleProcessingState": ("On",),
    "passwordPolicies": ("DisablePasswordExpiration",),
    "preferredDataLocation": ("EUR",),
    "preferredLanguage": ("en", "fr-FR", "ja"),
    "provisioningStatus": ("Success",),
    "resourceBehaviorOptions": ("HideGroupInOutlook",),
    "resourceProvisioningOptions": ("Team",),
    "service": ("AADPremiumService", "exchange"),
    "tenantType": ("AAD",),
    "theme": ("Teal",),
    "type": ("Federated", "Managed"),
    "usageLocation": ("DE", "GB", "JP"),
    "userType": ("Guest", "Member"),
    "visibility": ("HiddenMembership", "Private", "Public"),
    "operatingSystem": ("Windows",),
}
"""Values that a recording keeps, since steps decide by them."""
_SECRET = re.compile(r"authorization|bearer|cookie|client_secret|x-ms-ags-diagnostic|request-id|127\.0\.0\.1|eyJ", re.I)


def suspicious(path: Path) -> list[str]:
    """Return what in a cassette looks like a secret or like somebody."""
    raw = path.read_text()
    found = [f"{path.name}: {match[0]}" for match in _SECRET.finditer(raw)]
    for interaction in yaml.safe_load(raw)["interactions"]:
        found += [f"{path.name}: {text}" for text in _foreign(interaction["request"]["uri"])]
        for body in (interaction["request"]["body"], interaction["response"]["body"]["string"]):
            found += [f"{path.name}: {name}: {text}" for name, text in texts(body) if not _is_harmless(name, text)]
    return found


def texts(body: str | None) -> Iterator[tuple[str, str]]:
    """Yield property and text of every text in a JSON body."""
    yield from _texts(json.loads(body) if body else None, "")


def _texts(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _texts(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, name)
    elif isinstance(value, str):
        yield name, value


def _is_harmless(name: str, text: str) -> bool:
    if name in ("url", "@odata.nextLink", "@odata.context"):
        return not _foreign(text)
    if name == "@odata.type":
        return text.startswith("#microsoft.graph.")
    protocol = {"id": r"\d+", "method": "GET", "ConsistencyLevel": "eventual", "Content-Type": "application/json.*",
                "OData-Version": "4.0", "x-ms-resource-unit": r"\d", "code": r"\w+"}  # fmt: skip
    if re.fullmatch(protocol.get(name, "(?!)"), text) or text in PLAIN.get(name, ()):
        return True
    return bool(HARMLESS.fullmatch(text))


def _foreign(url: str) -> list[str]:
    """Return what in an address is neither Graph's vocabulary nor a pseudonym."""
    rest = url.removeprefix("https://graph.microsoft.com/v1.0")
    rest = re.sub(r"00000000-0000-4000-8000-[0-9a-f]{12}|id-[0-9a-f]{16}|\$skiptoken=page-\d+", "", rest)
    return re.findall(rf"{GUID}|[^/?&=,$()'\s]*@(?!odata)[^/?&]*|https?://|\$skiptoken|%|'|[^/?&=,()]*\.\w+", rest)


def real_values(tenant: Tenant) -> set[str]:
    """Return every text of a simulated tenant that could tell who or what it is."""
    objects: list[Any] = [tenant.organization, *tenant.users.values(), *tenant.groups.values()]
    found = {text for each in objects for name, text in _texts(each, "") if text not in PLAIN.get(name, ())}
    parts = {part for text in found if "@" in text for part in re.split("@", re.sub("^smtp:", "", text, flags=re.I))}
    return {text.strip() for text in found | parts if len(text.strip()) > 3 and not HARMLESS.fullmatch(text)}
