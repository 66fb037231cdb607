"""What stands for the values of Microsoft Graph, and which of them steps decide by."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from integration.config.clouds import GLOBAL_GRAPH
from integration.recording.scrub import GUID, REMOVED, Scrubber, is_word
from integration.sources.msgraph.answers import deciding

PLAIN = frozenset(
    "accesstype agegroup allowedcombinations allowedmembertypes allowexternalidtouseemailotp allowinvitesfrom "
    "appliesto apptype authenticationtype builtincontrols capabilities capabilitystatus certificateupdateresult "
    "clientapptypes cloudappsecuritytype compliancestate consentprovidedforminor consenttype countriesandregions "
    "countrylettercode countrylookupmethod creationoptions creationtype devicemanagementappid deviceownership "
    "enrollmenttype excludeplatforms externaluserstate federatedidpmfabehavior frequencyinterval grouptypes "
    "guestorexternalusertypes includeplatforms includeuseractions insiderrisklevels isolationlevel "
    "joinruleprocessingstate keytype legalagegroupclassification managementtype membershipkind "
    "membershipruleprocessingstate membershiptype methodsregistered mode multifactorauthconfiguration "
    "nativeauthenticationapisenabled operatingsystem operatingsystemversion operator passwordpolicies "
    "permissionclassification permissiontype policymigrationstate policytype policyversion "
    "preferredauthenticationprotocol preferreddatalocation preferredlanguage profiletype promptloginbehavior "
    "provisioningstatus querytype requirementssatisfied resourcebehavioroptions resourceprovisioningoptions "
    "restrictiontype scenarios scope service serviceplanname serviceprincipalrisklevels serviceprincipaltype "
    "signinaudience signinrisklevels skupartnumber status supportedservices systempreferredauthenticationmethods "
    "targettype tenanttype theme tokentype transfermethods trusttype type usage usagelocation "
    "userpreferredmethodforsecondaryauthentication userproperty userrisklevels usertype visibility "
    "x509certificatefield".split()
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
_OBJECT_PATH = re.compile(
    r"(/(?:[a-z][A-Za-z]{0,40}/)?)([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", re.IGNORECASE
)
"""The path of an object, such as ``/administrativeUnits/{id}``: references keep leading to what they name."""
_NAMED_PATH = re.compile(r"(/attributeSets/)(\w+)")
"""The path of what has a name in the place of an id: an attribute set, which a role may be assigned over."""
_NAMING = frozenset({"attributeset"})
"""Properties, in lower case, that lead to such a thing by its name (customSecurityAttributeDefinition)."""
_HEX32 = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)


class GraphScrubber(Scrubber):
    """Replaces a tenant's own values in what Microsoft Graph answers."""

    def error(self, body: Any) -> Any:
        """Return the body of an error: its codes, and of its message what decides, since messages may name anybody."""
        envelope = body.get("error") if isinstance(body, dict) else None
        return {"error": dict(_codes(envelope))} if isinstance(envelope, dict) else {}

    def is_plain(self, name: str, text: str, within: str = "") -> bool:
        """Tell whether a text stays as it is, because steps decide by such values."""
        if super().is_plain(name, text, within) or name == "@odata.type" or text in WORDS:
            return True
        return name.lower() in PLAIN and is_word(text)

    def _kept(self, value: Mapping[str, Any]) -> Collection[str]:
        return _OF_BUILT_IN if value.get("isBuiltIn") is True else ()

    def _named(self, name: str) -> str:
        """Return a property's name; that of an extension has the id of an application in it."""
        if name in self._literals:
            return name
        return _HEX32.sub(lambda found: self.pseudonyms.guid(_dashed(found[0])).replace("-", ""), name)

    def _known(self, text: str, name: str) -> str | None:
        if name.endswith("@odata.context"):
            return self._context(text)
        if "@odata." in name:
            return self.pseudonyms.identifier(text)
        if name.lower() == "query" and _GRAPH_PATH.fullmatch(text):
            return self._path(text)
        return self.pseudonyms.identifier(text) if name.lower() in _NAMING else None

    def _by_form(self, text: str) -> str | None:
        if path := _OBJECT_PATH.fullmatch(text):
            return path[1] + self.pseudonyms.guid(path[2])
        if path := _NAMED_PATH.fullmatch(text):
            return path[1] + self.pseudonyms.identifier(path[2])
        if _BUILT_IN.fullmatch(text):
            return text
        if consent := _CONSENT.fullmatch(text):
            return f"{consent[1]}{self.scrubbed(consent[2], 'id')}"
        return super()._by_form(text)

    def _context(self, text: str) -> str:
        """Return the address of what describes an answer: ids are quoted or GUIDs there; with a host in it, it goes."""
        described = text.partition("/$metadata#")[2]
        if "." in re.sub(r"'[^']*'|microsoft\.graph\.", "", described):
            return f"{GLOBAL_GRAPH}/v1.0/$metadata#{self.pseudonyms.identifier(described)}"
        return f"{GLOBAL_GRAPH}/v1.0/$metadata#{self._path(described)}"

    def _path(self, text: str) -> str:
        """Return a path of Graph with what stands for the ids in it, which are quoted or GUIDs."""
        kept = re.sub(r"'([^']*)'", lambda found: f"'{self.scrubbed(found[1], 'id')}'", text)
        return GUID.sub(lambda found: self.pseudonyms.guid(found[0]), kept)


def _codes(envelope: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "code", envelope.get("code")
    yield "message", deciding(str(envelope.get("message"))) or REMOVED
    inner = envelope.get("innerError") or envelope.get("innererror")
    if isinstance(inner, dict):
        yield "innerError", {"code": inner["code"]} if "code" in inner else {}


def _dashed(digits: str) -> str:
    return "-".join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]])
