"""Scrubbing: what Graph answers, with pseudonyms for everything that could name somebody or open something.

Whatever is not known to be harmless is replaced. Booleans, numbers, nulls, empty values, the values of Graph's own
enumerations and those that a step's code or schema names stay, since steps decide by them.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any

from integration.config.clouds import GLOBAL_GRAPH
from integration.recording.pseudonyms import Pseudonyms
from integration.sdk.schema import load_schema
from integration.sdk.step import Step

REMOVED = "(removed)"
PLAIN = frozenset(
    "accesstype agegroup allowedcombinations allowedmembertypes allowexternalidtouseemailotp allowinvitesfrom "
    "appliesto apptype authenticationtype builtincontrols capabilities capabilitystatus clientapptypes "
    "cloudappsecuritytype compliancestate consentprovidedforminor consenttype countriesandregions countrylettercode "
    "countrylookupmethod creationoptions creationtype devicemanagementappid deviceownership enrollmenttype "
    "excludeplatforms externaluserstate frequencyinterval grouptypes guestorexternalusertypes includeplatforms "
    "includeuseractions insiderrisklevels isolationlevel joinruleprocessingstate keytype legalagegroupclassification "
    "managementtype membershipkind membershipruleprocessingstate membershiptype methodsregistered mode "
    "multifactorauthconfiguration operatingsystem operatingsystemversion operator passwordpolicies "
    "permissionclassification permissiontype policymigrationstate policytype policyversion preferreddatalocation "
    "preferredlanguage profiletype provisioningstatus querytype requirementssatisfied resourcebehavioroptions "
    "resourceprovisioningoptions restrictiontype scenarios scope service serviceplanname serviceprincipalrisklevels "
    "serviceprincipaltype signinaudience signinrisklevels skupartnumber status supportedservices "
    "systempreferredauthenticationmethods targettype tenanttype theme tokentype transfermethods trusttype type usage "
    "usagelocation userpreferredmethodforsecondaryauthentication userrisklevels usertype visibility".split()
)
"""Properties, in lower case, whose values come from lists that Microsoft publishes (Microsoft Graph v1.0, resource
types), languages and countries included."""

WORDS = frozenset(
    "All AllApplications AllTrusted AllUsers Email Fido2 GuestsOrExternalUsers HardwareOath MicrosoftAdminPortals "
    "MicrosoftAuthenticator None Office365 QRCodePin ServicePrincipalsInMyTenant Sms SoftwareOath TemporaryAccessPass "
    "Voice X509Certificate all_users blocked default disabled enabled enabledForReportingButNotEnforced".split()
)
"""Microsoft's own words that stand where a tenant has an id or a text (Microsoft Graph v1.0, conditional access,
cross-tenant access and authentication methods)."""

_BUILT_IN = re.compile(r"c[1-9]\d?|microsoft-[a-z-]+|urn:user:[a-z]+")
_OF_BUILT_IN = frozenset({"displayName", "description"})
"""What every tenant has of a directory role that Microsoft defines (unifiedRoleDefinition, ``isBuiltIn``)."""
_CONSENT = re.compile(r"(ManagePermissionGrantsFor\w+\.)(.+)")
_GRAPH_PATH = re.compile(r"\.?/[\w./$?=&() ,'-]+", re.ASCII)
_PLAIN_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ,.:_-]{0,79}", re.ASCII)
_SECRETS = frozenset(
    "accesstoken clientsecret currentpassword hint idtoken keymaterial newpassword password privatekey recoverykey "
    "refreshtoken secret secrettext token".split()
)
_COORDINATES = ("accuracy", "altitude", "latitude", "longitude")
_OBJECT_PATH = re.compile(
    r"(/(?:[a-z][A-Za-z]{0,40}/)?)([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", re.IGNORECASE
)
"""The path of an object, such as ``/administrativeUnits/{id}``: references keep leading to what they name."""
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_HEX32 = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
_TOKEN = re.compile(r"eyJ[\w-]+\.|-----BEGIN |Bearer ")
_SID = re.compile(r"S-1-\d+(-\d+)+")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+")
_PREFIXED = re.compile(r"([A-Za-z0-9]{2,6}):(?!//)(.+)")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)
_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_DURATION = re.compile(r"-?P(?=.)(\d+[YMWD])*(T(\d+(\.\d+)?[HMS])+)?", re.ASCII)
_PHONE = re.compile(r"\+?[0-9()./ -]{7,}", re.ASCII)


class Scrubber:
    """Replaces a tenant's own values.

    Args:
        pseudonyms: makes what stands for them.
        literals: values that stay wherever they stand.
        plain: names of further properties whose values stay.
    """

    def __init__(self, pseudonyms: Pseudonyms, literals: Iterable[str] = (), plain: Iterable[str] = ()) -> None:
        self.pseudonyms = pseudonyms
        self._literals, self._plain = frozenset(literals), frozenset(plain)

    def scrubbed(self, value: Any, name: str = "", within: str = "") -> Any:
        """Return a JSON value with pseudonyms in it.

        Args:
            value: as Graph answered.
            name: the property that it is the value of.
            within: the property whose object has it.
        """
        if isinstance(value, dict):
            kept = _OF_BUILT_IN if value.get("isBuiltIn") is True else ()
            return {
                self._named(key): each if key in kept else self.scrubbed(each, key, name) for key, each in value.items()
            }
        if isinstance(value, list):
            return [self.scrubbed(each, name, within) for each in value]
        if isinstance(value, str):
            return self._text(value, name, within)
        if isinstance(value, int | float) and name.lower() in _COORDINATES:
            return self.pseudonyms.number(value)
        return value

    def error(self, body: Any) -> Any:
        """Return the body of an error: its codes alone, since messages may name anybody."""
        envelope = body.get("error") if isinstance(body, dict) else None
        return {"error": dict(_codes(envelope))} if isinstance(envelope, dict) else {}

    def is_plain(self, name: str, text: str) -> bool:
        """Tell whether a text stays as it is, because steps decide by such values."""
        if name == "@odata.type" or text in self._literals or text in WORDS or name in self._plain:
            return True
        return name.lower() in PLAIN and bool(_PLAIN_FORM.fullmatch(text)) and not _GUID.fullmatch(text)

    def _named(self, name: str) -> str:
        """Return a property's name; that of an extension has the id of an application in it."""
        if name in self._literals:
            return name
        return _HEX32.sub(lambda found: self.pseudonyms.guid(_dashed(found[0])).replace("-", ""), name)

    def _text(self, text: str, name: str, within: str) -> str:
        if not text.strip():
            return text
        lowered = name.lower()
        if _TOKEN.search(text) or lowered in _SECRETS or (lowered == "key" and _of_credentials(within)):
            return REMOVED
        if self.is_plain(name, text):
            return text
        if name.endswith("@odata.context"):
            return self._context(text)
        if "@odata." in name:
            return self.pseudonyms.identifier(text)
        if lowered == "query" and _GRAPH_PATH.fullmatch(text):
            return self._path(text)
        return self._by_form(text) or self._by_name(text, lowered, within.lower())

    def _by_form(self, text: str) -> str | None:
        """Return what stands for a text that tells by its form what it is; ``None`` where it does not."""
        pseudonyms = self.pseudonyms
        if _GUID.fullmatch(text):
            return pseudonyms.guid(text)
        if path := _OBJECT_PATH.fullmatch(text):
            return path[1] + pseudonyms.guid(path[2])
        if _is_time(text):
            return pseudonyms.time(text)
        if _DURATION.fullmatch(text):
            return text
        if _SID.fullmatch(text):
            return pseudonyms.sid(text)
        if _is_address(text):
            return pseudonyms.address(text)
        if _is_network(text):
            return pseudonyms.network(text)
        if _BUILT_IN.fullmatch(text):
            return text
        if consent := _CONSENT.fullmatch(text):
            return f"{consent[1]}{self.scrubbed(consent[2], 'id')}"
        if _URL.fullmatch(text):
            return pseudonyms.url(text)
        if _MAIL.fullmatch(text):
            prefixed = _PREFIXED.fullmatch(text)
            return f"{prefixed[1]}:{pseudonyms.mail(prefixed[2])}" if prefixed else pseudonyms.mail(text)
        if _PHONE.fullmatch(text) and sum(letter.isdigit() for letter in text) >= 7:
            return pseudonyms.phone(text)
        return None

    def _by_name(self, text: str, name: str, within: str) -> str:
        """Return what stands for a text by the property that it is the value of."""
        if "domain" in name + within and (_DOMAIN.fullmatch(text) or name != "name"):
            return self.pseudonyms.domain(text)
        if "phone" in name or "fax" in name:
            return self.pseudonyms.phone(text)
        if name == "id" and _DOMAIN.fullmatch(text):
            return self.pseudonyms.domain(text)
        if _GUID.search(text) or name.endswith("id"):
            return self.pseudonyms.identifier(text)
        return self.pseudonyms.text(text)

    def _context(self, text: str) -> str:
        """Return the address of what describes an answer: ids are quoted or GUIDs there; with a host in it, it goes."""
        described = text.partition("/$metadata#")[2]
        if "." in re.sub(r"'[^']*'|microsoft\.graph\.", "", described):
            return f"{GLOBAL_GRAPH}/v1.0/$metadata#{self.pseudonyms.identifier(described)}"
        return f"{GLOBAL_GRAPH}/v1.0/$metadata#{self._path(described)}"

    def _path(self, text: str) -> str:
        """Return a path of Graph with what stands for the ids in it, which are quoted or GUIDs."""
        kept = re.sub(r"'([^']*)'", lambda found: f"'{self.scrubbed(found[1], 'id')}'", text)
        return _GUID.sub(lambda found: self.pseudonyms.guid(found[0]), kept)


def literals_of(steps: Iterable[Step]) -> frozenset[str]:
    """Return the texts that steps and their schemas name: whoever reads the code knows them."""
    return frozenset(text for step in steps for text in _literals(step))


def _literals(step: Step) -> Iterator[str]:
    for node in ast.walk(ast.parse(step.source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
    for name, definition in load_schema(step).document["properties"].items():
        if "." in name:
            yield name.partition(".")[2]
        for listed in (definition.get("enum"), [definition.get("const")]):
            yield from (value for value in listed or () if isinstance(value, str))


def _codes(envelope: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "code", envelope.get("code")
    yield "message", "page token" if "page token" in str(envelope.get("message")).lower() else REMOVED
    inner = envelope.get("innerError") or envelope.get("innererror")
    if isinstance(inner, dict):
        yield "innerError", {"code": inner["code"]} if "code" in inner else {}


def _of_credentials(name: str) -> bool:
    return "key" in name.lower() or "credential" in name.lower()


def _is_time(text: str) -> bool:
    try:
        return bool(_TIME.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def _is_address(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return False


def _is_network(text: str) -> bool:
    try:
        return "/" in text and bool(ip_network(text, strict=False))
    except ValueError:
        return False


def _dashed(digits: str) -> str:
    return "-".join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]])
