"""What Azure Resource Manager alone tells of apps of the demo's tenant, and of models and what they may be asked."""

from typing import Any

from tests.simulator.azure.place import Place

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
