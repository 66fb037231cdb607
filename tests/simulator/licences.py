"""What a tenant has bought: its service plans, and what an endpoint says to a tenant that lacks the one it needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.simulator.odata import GraphError
from tests.simulator.properties import Json

if TYPE_CHECKING:
    from tests.simulator.tenant import Tenant

P1, P2, GOVERNANCE = "AAD_PREMIUM", "AAD_PREMIUM_P2", "Entra_Identity_Governance"
INTUNE_PLAN, WORKLOAD_PLAN, DEFENDER_PLAN = "INTUNE_A", "AAD_WRKLDID_P2", "ATA"
SKUS = "/subscribedSkus"

_IDS = {
    P1: "41781fb2-bc02-4b7c-bd55-b576c07bb09d",
    P2: "eec0eb4f-6444-4f95-aba0-50c24d67f998",
    "EXCHANGE_S_ENTERPRISE": "efb87545-963c-4e0d-99df-69c6916d9eb0",
    INTUNE_PLAN: "c1ec4a95-1f05-45b3-a911-aa3fa01094f5",
    GOVERNANCE: "e866a266-3cff-43a3-acca-0c90a7e00c8b",
    DEFENDER_PLAN: "14ab5db5-e6c4-4b20-b4bc-13e36fd2227f",
    WORKLOAD_PLAN: "7dc0e92d-bf15-401d-907e-0884efe7c760",
    "FLOW_P2_VIRAL": "50e68c76-46c6-4674-81f9-75456511b170",
}
_UNKNOWN_PLAN = "77777777-0000-4000-8000-{:012}"


@dataclass(frozen=True)
class Licence:
    """What an endpoint needs, any one of ``plans``, and how it refuses a tenant without."""

    plans: tuple[str, ...]
    status: int
    code: str
    message: str

    def require(self, tenant: "Tenant") -> None:
        """Raise GraphError where the tenant has none of the plans."""
        if plans_of(tenant).isdisjoint(self.plans):
            raise GraphError(self.status, self.code, self.message)


REPORTS = Licence(
    (P1, P2),
    403,
    "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
    "Neither tenant is B2C or tenant doesn't have premium license",
)
"""Registration details and sign-in activity."""

PIM = Licence(
    (P2, GOVERNANCE),
    400,
    "AadPremiumLicenseRequired",
    "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.",
)
"""Eligible and scheduled assignments of roles and groups, and their policies."""

ENTITLEMENT = Licence((P2, GOVERNANCE), 403, "NoLicense", "Tenant does not meet license requirement!")
"""Access packages and what belongs to them."""

CONDITIONAL_ACCESS = Licence((P1, P2), 403, "AccessDenied", "Your tenant is not licensed for this feature.")
"""Conditional access and what belongs to it."""

GROUPS_END = Licence((P1, P2), 403, "Forbidden", "Your tenant is not licensed for this feature.")
"""Groups that end unless they are renewed."""

RISK = Licence((P2,), 403, "Forbidden", "Your tenant is not licensed for this feature.")
"""Users at risk."""

WORKLOADS = Licence((WORKLOAD_PLAN,), 403, "Forbidden", "Your tenant is not licensed for this feature.")
"""Service principals at risk."""

INTUNE = Licence((INTUNE_PLAN,), 400, "BadRequest", "Request not applicable to target tenant.")
"""Managed devices and what is set on them."""

WORKFLOWS = Licence((GOVERNANCE,), 403, "Forbidden", "Your tenant is not licensed for this feature.")
"""Lifecycle workflows."""

DEFENDER = Licence((DEFENDER_PLAN,), 403, "Forbidden", "Your tenant is not licensed for this feature.")
"""Sensors of Defender for Identity."""

ALL_PLANS = (P1, P2, INTUNE_PLAN, WORKLOAD_PLAN, GOVERNANCE, DEFENDER_PLAN)


def plans_of(tenant: "Tenant") -> frozenset[str]:
    """The service plans that the tenant's subscriptions give it now."""
    return frozenset(
        plan["servicePlanName"]
        for sku in tenant.contents.values(SKUS)
        if sku["capabilityStatus"] in ("Enabled", "Warning")
        for plan in sku["servicePlans"]
        if plan["provisioningStatus"] == "Success"
    )


def license_tenant(tenant: "Tenant", plans: Iterable[str] = ALL_PLANS) -> None:
    """Give the tenant these plans, in place of those that it had."""
    tenant.contents.clear(SKUS)
    tenant.contents.put(SKUS, *_skus(tenant.id, [*plans]))


def _skus(tenant: str, plans: Sequence[str]) -> list[Json]:
    office = _sku(tenant, "11111111-aaaa-4bbb-8ccc-222222222222", "CONTOSO_SUITE", ["EXCHANGE_S_ENTERPRISE", *plans])
    flow = _sku(tenant, "33333333-aaaa-4bbb-8ccc-444444444444", "FLOW_FREE", ["FLOW_P2_VIRAL", "EXCHANGE_S_ENTERPRISE"])
    return [office, flow]


def _sku(tenant: str, sku: str, name: str, plans: Sequence[str]) -> Json:
    return {
        "id": f"{tenant}_{sku}",
        "accountId": tenant,
        "accountName": "contoso",
        "appliesTo": "User",
        "capabilityStatus": "Enabled",
        "consumedUnits": 14,
        "prepaidUnits": {"enabled": 25, "suspended": 0, "warning": 0, "lockedOut": 0},
        "servicePlans": [
            {
                "appliesTo": "User",
                "provisioningStatus": "Success",
                "servicePlanId": _IDS.get(plan, _UNKNOWN_PLAN.format(number)),
                "servicePlanName": plan,
            }
            for number, plan in enumerate(plans)
        ],
        "skuId": sku,
        "skuPartNumber": name,
        "subscriptionIds": [f"{sku[:-1]}5"],
    }
