"""What of Microsoft Entra a token and the tenant's licences let a run read, module by module."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby

import requests

from integration.config.settings import Config
from integration.doctor.reach import BRIEFLY
from integration.errors import GraphError
from integration.http.auth import Tokens
from integration.sdk.plan import Plan
from integration.sdk.step import Step
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.licences import SKUS, may_ask, plans_in_use, suffice
from integration.sources.msgraph.permissions import PermissionReview, of_graph, smallest


@dataclass(frozen=True)
class Access:
    """What is read of a module.

    Attributes:
        module: its name, such as ``entra.group``.
        types: how many types of it are chosen.
        read: how many of them a run can read.
        to_grant: the smallest set of permissions that lets it read more of them.
        licences: service plans that the tenant lacks, one of which lets it read more of them; where these are read all
            the same, there may be nothing but what is left of a licence that has ended.
    """

    module: str
    types: int
    read: int
    to_grant: tuple[str, ...]
    licences: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return the same as JSON values."""
        return {
            "types": self.types,
            "read": self.read,
            "toGrant": list(self.to_grant),
            "licences": list(self.licences),
        }


def access_by_module(plan: Plan, compared: PermissionReview, plans: Collection[str] | None) -> Iterator[Access]:
    """Yield what is read of each module of Microsoft Entra, sorted by name.

    Args:
        plan: the chosen types.
        compared: their permissions with those in the token.
        plans: service plans that the tenant has; ``None`` where that is not known, and each may be there.
    """
    missing = set(compared.missing)
    lost: set[str] = set()
    for step in plan.steps:
        if missing.intersection(step.permissions) or lost.intersection(step.needs) or _barred(step, plans):
            lost.add(step.name)
    by_module = sorted(plan.steps, key=lambda step: step.module)
    for module, found in groupby(by_module, key=lambda step: step.module):
        steps = list(found)
        if any(of_graph(step.permissions) for step in steps):
            yield Access(
                module=module,
                types=len(steps),
                read=sum(step.name not in lost for step in steps),
                to_grant=smallest(missing.intersection(name for step in steps for name in step.permissions)),
                licences=tuple(dict.fromkeys(n for step in steps if _unlicensed(step, plans) for n in step.licences)),
            )


def worth_granting(plan: Plan, compared: PermissionReview, plans: Collection[str] | None) -> tuple[str, ...]:
    """Return the smallest set to grant, so that no type falls away for which the tenant has the licence.

    Args:
        plan: the chosen types.
        compared: their permissions with those in the token.
        plans: service plans that the tenant has; ``None`` where that is not known, and each may be there.
    """
    wanted = {name for step in plan.steps if not _barred(step, plans) for name in step.permissions}
    return smallest(wanted.intersection(compared.missing))


def plans_of_tenant(config: Config, tokens: Tokens, roles: Collection[str], plan: Plan) -> frozenset[str] | None:
    """Return the service plans that the tenant has; ``None`` where no type needs one, or that may not be asked.

    Raises:
        IntegrationError: Graph cannot be reached or signed in to.
    """
    if not any(step.licences for step in plan.steps) or not may_ask(roles):
        return None
    with requests.Session() as session:
        client = GraphClient(config.graph_url, tokens, session, BRIEFLY)
        try:
            answer = client.get(client.url(SKUS.path, {}))
        except GraphError:
            return None  # a run tells the same from what it is answered
    return plans_in_use(answer.body.get("value"))


def _unlicensed(step: Step, plans: Collection[str] | None) -> bool:
    return plans is not None and bool(step.licences) and not suffice(plans, step.licences)


def _barred(step: Step, plans: Collection[str] | None) -> bool:
    return _unlicensed(step, plans) and not step.outlasts_licence
