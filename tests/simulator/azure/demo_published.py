"""What Azure Resource Manager alone tells of apps of the demo's tenant, and of models and what they may be asked."""

from typing import Any

from tests.simulator.azure.place import Place

_CLIENT = "00000000-0000-4000-8000-4eec86631b17"
_SITE, _PASSWORDS = "Microsoft.Web/sites", "/basicPublishingCredentialsPolicies"


def add_published(web: Place, lab: Place) -> None:
    """Put policies of apps there, and models with their content filters."""
    add = web.tenant.add_child
    apps = (
        (web.of(_SITE, "shop"), False),
        (web.of(f"{_SITE}/slots", "shop/staging"), True),
        (lab.of(_SITE, "trial"), True),
    )
    for app, allow in apps:
        for name in ("ftp", "scm"):
            add(app, _PASSWORDS, name, {"allow": allow})
    _sign_in(web, apps[0][0], apps[1][0])
    account = web.of("Microsoft.CognitiveServices/accounts", "ai-web")
    model: dict[str, Any] = {
        "model": {"format": "OpenAI", "name": "gpt-4o", "version": "2024-11-20"},
        "versionUpgradeOption": "OnceNewDefaultVersionAvailable",
        "raiPolicyName": "Careful",
        "provisioningState": "Succeeded",
    }
    more: dict[str, Any] = {"sku": {"name": "GlobalStandard", "capacity": 10}, "tags": {"owner": "web"}}
    add(account, "/deployments", "chat", model, **more)
    careful = {
        "mode": "Blocking",
        "type": "UserManaged",
        "basePolicyName": "Microsoft.DefaultV2",
        "contentFilters": [
            {"name": "Hate", "enabled": True, "blocking": True, "severityThreshold": "Medium", "source": "Prompt"},
            {
                "name": "Violence",
                "enabled": True,
                "blocking": False,
                "severityThreshold": "High",
                "source": "Completion",
            },
            {"name": "Jailbreak", "enabled": False, "blocking": True, "source": "Prompt"},
        ],
    }
    add(account, "/raiPolicies", "Careful", careful)
    add(account, "/raiPolicies", "Microsoft.DefaultV2", {"mode": "Blocking", "type": "SystemManaged"})


def _sign_in(web: Place, shop: str, slot: str) -> None:
    """One app that asks for a sign-in by an application of the demo's, and a slot that lets everybody in."""
    registration = {"openIdIssuer": f"https://sts.windows.net/{web.tenant.id}/v2.0", "clientId": _CLIENT}
    principals = {
        "identities": ["00000000-0000-4000-8000-000000007603"],
        "groups": ["00000000-0000-4000-8000-000000007604"],
    }
    entra = {
        "enabled": True,
        "registration": registration,
        "validation": {
            "allowedAudiences": [f"api://{_CLIENT}"],
            "defaultAuthorizationPolicy": {"allowedApplications": [_CLIENT], "allowedPrincipals": principals},
        },
    }
    asks = {
        "platform": {"enabled": True},
        "globalValidation": {
            "requireAuthentication": True,
            "unauthenticatedClientAction": "RedirectToLoginPage",
            "excludedPaths": ["/health"],
        },
        "httpSettings": {"requireHttps": True},
        "identityProviders": {"azureActiveDirectory": entra, "gitHub": {"enabled": True}},
    }
    web.tenant.set_child(shop, "/config/authsettingsV2", asks)
    web.tenant.set_child(slot, "/config/authsettingsV2", {"platform": {"enabled": False}})
