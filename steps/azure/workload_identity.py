"""Clusters whose workloads sign in as applications and identities: federated credentials that trust their tokens."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Relationship, relationship_family

_CREDENTIALS = ["azure_federated_identity_credential", "azure_user_assigned_identity_credential"]
_CLUSTERS = ["azure_kubernetes_cluster", "azure_arc_kubernetes_cluster"]


@relationship_family(_CREDENTIALS, "TRUSTS", _CLUSTERS)
def azure_credential_trusts_cluster(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A federated credential trusts the tokens of a cluster's workloads, of whose service accounts it names one.

    The issuers must be the same to the letter, or Microsoft Entra refuses the token. Source: Azure AD Workload
    Identity, troubleshooting (AADSTS70021).
    """
    clusters: dict[Any, list[str]] = {}
    for cluster in ctx.entities(to_type):
        if issuer := cluster.properties.get("oidcIssuerUrl"):
            clusters.setdefault(issuer, []).append(cluster.key)
    for credential in ctx.entities(from_type):
        for key in clusters.get(credential.properties.get("issuer"), ()):
            yield Relationship(credential.key, key)
