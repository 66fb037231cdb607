"""The blocks of properties that Microsoft Graph gives even where nobody has set anything in them."""

from typing import Any

_INFO = dict.fromkeys(("logoUrl", "marketingUrl", "privacyStatementUrl", "supportUrl", "termsOfServiceUrl"))
_VERIFIED_PUBLISHER = dict.fromkeys(("displayName", "verifiedPublisherId", "addedDateTime"))
_APPLICATION: dict[str, Any] = {
    "api": {
        "acceptMappedClaims": None,
        "knownClientApplications": [],
        "requestedAccessTokenVersion": None,
        "oauth2PermissionScopes": [],
        "preAuthorizedApplications": [],
    },
    "info": _INFO,
    "parentalControlSettings": {"countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow"},
    "publicClient": {"redirectUris": []},
    "spa": {"redirectUris": []},
    "verifiedPublisher": _VERIFIED_PUBLISHER,
    "web": {
        "homePageUrl": None,
        "logoutUrl": None,
        "redirectUris": [],
        "implicitGrantSettings": {"enableAccessTokenIssuance": False, "enableIdTokenIssuance": False},
        "redirectUriSettings": [],
    },
}
_SERVICE_PRINCIPAL: dict[str, Any] = {"info": _INFO, "verifiedPublisher": _VERIFIED_PUBLISHER}
_DEVICE: dict[str, Any] = {
    "extensionAttributes": dict.fromkeys(f"extensionAttribute{number}" for number in range(1, 16))
}

NESTED: tuple[dict[str, Any], ...] = ({}, {}, _DEVICE, _SERVICE_PRINCIPAL, {}, _APPLICATION, {}, {})
"""Property to block, by kind number."""
