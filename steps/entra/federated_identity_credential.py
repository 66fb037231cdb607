"""Federated identity credentials: workloads that sign in as an application because another party vouches for them."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.entra._apps import APPLICATIONS, READ, application_keys, part_key

RELATION = "federatedIdentityCredentials"
SELECT = ("id", "name", "description", "issuer", "subject", "audiences")
_ISSUERS = {
    "token.actions.githubusercontent.com": "github",
    "gitlab.com": "gitlab",
    "accounts.google.com": "google",
    "cognito-identity.amazonaws.com": "aws",
    "login.microsoftonline.com": "azure-ad",
    "login.microsoftonline.us": "azure-ad",
    "login.partner.microsoftonline.cn": "azure-ad",
    "sts.windows.net": "azure-ad",
}
_TENANT = re.compile(r"/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/|$)", re.IGNORECASE)
_REPOSITORY = re.compile(r"repo:([^:]+)(?::ref:refs/heads/(.+))?")
_NUMBER = re.compile(r"@\d+(?=/|$)")
"""What follows the names of owner and repository in subjects that outlast these (immutable subject claims)."""


@entity_step("AccessPolicy", permissions=READ, needs=["azure_application"], per_row=True)
def azure_federated_identity_credential(ctx: Context) -> Iterator[Entity]:
    """A workload elsewhere, such as a GitHub repository or a cluster, that may sign in as an application.

    ``Directory.Read.All``, which opens applications, does not open these.
    """
    for application, credential in ctx.graph.related(APPLICATIONS, RELATION, select=SELECT):
        name, issuer, subject = credential["name"] or credential["id"], credential["issuer"], credential["subject"]
        kind = issuer_kind(issuer, subject)
        source = _REPOSITORY.match(subject or "") if kind == "github" else None
        yield Entity(
            part_key("azure_federated_identity_credential", application, credential["id"]),
            credential,
            displayName=name,
            name=name,
            applicationId=application,
            issuerKind=kind,
            issuerTenantId=issuer_tenant(issuer),
            repository=_NUMBER.sub("", source[1]) if source else None,
            branch=source[2] if source else None,
            subjectIsWildcard=None if subject is None else "*" in subject,
        )


@relationship_step("azure_application", "HAS", "azure_federated_identity_credential", permissions=READ)
def azure_application_has_federated_identity_credential(ctx: Context) -> Iterator[Relationship]:
    """A workload elsewhere may sign in as an application."""
    keys = application_keys(ctx)
    for application, credential in ctx.graph.related(APPLICATIONS, RELATION, select=SELECT):
        key = part_key("azure_federated_identity_credential", application, credential["id"])
        yield Relationship(keys.get(application, application), key)


def issuer_kind(issuer: str | None, subject: str | None) -> str:
    """Return what kind of party vouches, as far as its address and the form of the subject tell."""
    if (subject or "").startswith("system:serviceaccount:"):
        return "kubernetes"
    return _ISSUERS.get(urlsplit(issuer or "").hostname or "", "other")


def issuer_tenant(issuer: str | None) -> str | None:
    """Return the id of the Microsoft Entra tenant that vouches; ``None`` where it is none."""
    if issuer_kind(issuer, None) != "azure-ad":
        return None
    found = _TENANT.match(urlsplit(issuer or "").path)
    return found[1].lower() if found else None
