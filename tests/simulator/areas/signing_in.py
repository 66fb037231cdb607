"""What users have registered to sign in with, and when they did last.

How to add to the demo is told in this package's docstring.
"""

from tests.simulator.demo_ids import user_id
from tests.simulator.properties import Json
from tests.simulator.tenant import Tenant

REGISTRATION = "/reports/authenticationMethods/userRegistrationDetails"


def demo(tenant: Tenant) -> None:
    """Add registration details of some enabled users, and sign-ins of some users, to the demo."""
    for number, (methods, differing) in _REGISTERED.items():
        user = tenant.users[user_id(number)]
        tenant.contents.put(REGISTRATION, _details(user, methods, differing))
    for number, activity in _ACTIVITY.items():
        tenant.update(user_id(number), signInActivity=activity)


def _details(user: Json, methods: list[str], differing: Json) -> Json:
    able = len(methods) > 0
    return {
        "id": user["id"],
        "isAdmin": False,
        "isMfaCapable": able,
        "isMfaRegistered": able,
        "isPasswordlessCapable": False,
        "isSsprCapable": able,
        "isSsprEnabled": True,
        "isSsprRegistered": able,
        "isSystemPreferredAuthenticationMethodEnabled": True,
        "lastUpdatedDateTime": "2026-01-14T05:31:07Z",
        "methodsRegistered": methods,
        "systemPreferredAuthenticationMethods": ["push"] if able else [],
        "userDisplayName": user["displayName"],
        "userPreferredMethodForSecondaryAuthentication": "push" if able else "none",
        "userPrincipalName": user["userPrincipalName"],
        "userType": user["userType"].lower(),
        **differing,
    }


_REGISTERED: dict[int, tuple[list[str], Json]] = {
    1: (["microsoftAuthenticatorPush", "softwareOneTimePasscode"], {"isAdmin": True}),
    2: (["fido2SecurityKey", "windowsHelloForBusiness"], {"isAdmin": True, "isPasswordlessCapable": True}),
    3: (["mobilePhone", "email"], {"isMfaCapable": False}),
    4: ([], {}),
    6: (["passKeyDeviceBound"], {}),
    8: ([], {"isSsprEnabled": False}),
    20: ([], {"isSsprEnabled": False}),
}


def _seen(last: str, background: str | None, success: str | None) -> Json:
    return {
        "lastSignInDateTime": last,
        "lastSignInRequestId": "5167ed00-0000-4000-8000-000000000001",
        "lastNonInteractiveSignInDateTime": background,
        "lastNonInteractiveSignInRequestId": "5167ed00-0000-4000-8000-000000000002" if background else None,
        "lastSuccessfulSignInDateTime": success,
        "lastSuccessfulSignInRequestId": "5167ed00-0000-4000-8000-000000000001" if success else None,
    }


_ACTIVITY = {
    1: _seen("2026-01-13T08:00:00Z", "2026-01-13T23:00:00Z", "2026-01-13T23:00:00Z"),
    2: _seen("2025-03-04T08:00:00Z", None, "2025-03-04T08:00:00Z"),
    4: _seen("2026-01-12T08:00:00Z", None, None),
    5: _seen("2024-05-06T08:00:00Z", None, "2024-05-06T08:00:00Z"),
    16: _seen("2026-01-10T08:00:00Z", None, "2026-01-10T08:00:00Z"),
}
"""Of users by number; somebody has tried to sign in as the third of these, and failed."""
