"""Clusters whose workloads act as applications and identities: the relationships, and the question about them."""

import random

import pytest

from integration.testing import GraphServer
from integration.text.secret import Secret
from tests.azure.one_group import azure, place
from tests.azure.reading import Azure, edges, verdicts
from tests.question_graphs import Made, ask, saved_graphs, tenant
from tests.simulator.azure.place import Place

__all__ = ["azure", "place", "tenant"]
pytestmark = pytest.mark.every_area

ISSUER = "https://westeurope.oic.example/Shop/"
AKS, ARC = "Microsoft.ContainerService/managedClusters", "Microsoft.Kubernetes/connectedClusters"
APP, IDENTITY = "azure_federated_identity_credential", "azure_user_assigned_identity_credential"
CLUSTERS = ["azure_kubernetes_cluster", "azure_arc_kubernetes_cluster"]
ACTING = {
    APP: ("azure_application", "azure_application_has_federated_identity_credential"),
    IDENTITY: ("azure_user_assigned_identity", "azure_user_assigned_identity_has_credential"),
}
SUBJECT = {"subject": "system:serviceaccount:shop:web", "audiences": ["api://AzureADTokenExchange"]}
ISSUERS = [ISSUER, ISSUER.lower(), ISSUER.removesuffix("/"), "https://token.actions.githubusercontent.com"]


def clusters(place: Place) -> tuple[str, str]:
    aks = place.put(AKS, "aks", {"oidcIssuerProfile": {"enabled": True, "issuerURL": ISSUER}})
    arc = place.put(ARC, "arc", {"oidcIssuerProfile": {"enabled": True, "issuerUrl": ISSUER}})
    place.put(AKS, "plain", {"oidcIssuerProfile": {"enabled": False}})
    place.put(ARC, "plain", {})
    return aks.lower(), arc.lower()


def test_an_identity_trusts_the_cluster_whose_issuer_it_names_to_the_letter(place: Place, azure: Azure) -> None:
    ends = clusters(place)
    identity = place.put("Microsoft.ManagedIdentity/userAssignedIdentities", "id", {})
    for number, issuer in enumerate(ISSUERS):
        of = {"issuer": issuer, **SUBJECT}
        place.tenant.add_child(identity, "/federatedIdentityCredentials", f"c{number}", of)
    report = azure.run(*(f"{IDENTITY}_trusts_{type.removeprefix('azure_')}" for type in CLUSTERS))
    assert verdicts(report) == {"complete"}
    assert edges() == {(f"{identity}/federatedIdentityCredentials/c0".lower(), end) for end in ends}


def test_an_application_trusts_the_cluster_whose_issuer_it_names(
    place: Place, azure: Azure, graph: GraphServer
) -> None:
    ends = clusters(place)
    graph.add("/applications", {"id": "app-000001", "appId": "app-id-00001", "displayName": "Shop"})
    rows = [{"id": f"credential-{n}", "name": f"c{n}", "issuer": of, **SUBJECT} for n, of in enumerate(ISSUERS)]
    graph.relate("/applications", "app-000001", "federatedIdentityCredentials", *rows)
    types = [f"{APP}_trusts_{type.removeprefix('azure_')}" for type in CLUSTERS]
    report = azure.run(*types, graph_url=graph.url, access_token=Secret(graph.token))
    assert verdicts(report, types) == {"complete"}
    assert edges() == {(f"{APP}:app-000001:credential-0", end) for end in ends}


def made_up(seed: int) -> Made:
    made, rng = Made(), random.Random(seed)
    services = [f"service:{n}" for n in range(4)]
    for type in CLUSTERS:
        made.fill(rng, type, 2, displayName=["a", "B"], resourceGroup=["one", "two"])
    for credential, (holder, has) in ACTING.items():
        made.fill(rng, holder, 3, displayName=["a", "B", "c"], principalId=[each.upper() for each in services])
        found = made.fill(rng, credential, 5, subject=["system:serviceaccount:a:b", "other"])
        made.ends[has] = {(rng.choice([*made.of(holder)]), key): {} for key in found[:-1]}
        for cluster in CLUSTERS:
            type = f"{credential}_trusts_{cluster.removeprefix('azure_')}"
            made.join(rng, type, found, [*made.of(cluster), "gone"], 4)
    apps = [*made.of("azure_application")]
    made.ends["azure_application_has_service_principal"] = {
        (app, rng.choice(services)): {} for app in apps if rng.random() < 0.7
    }
    made.fill(
        rng, "azure_role_assignment", 6,
        principalId=services, roleName=["Owner", "reader", None], roleDefinitionId=["/role"],
    )  # fmt: skip
    return made


saved = saved_graphs(made_up, range(12))


def test_which_workloads_of_clusters_act_as_what(tenant: Made) -> None:
    expected = []
    for credential, (holder, has) in ACTING.items():
        for cluster in CLUSTERS:
            for key, end in tenant.pairs(f"{credential}_trusts_{cluster.removeprefix('azure_')}"):
                for start in tenant.sources(has, key):
                    if end not in tenant.of(cluster):
                        continue
                    of, where = tenant.of(holder)[start], tenant.of(cluster)[end]
                    principals = (
                        tenant.targets("azure_application_has_service_principal", start)
                        if credential == APP
                        else {of["principalId"].lower()}
                    )
                    roles = {
                        held["roleName"] or held["roleDefinitionId"]
                        for held in tenant.of("azure_role_assignment").values()
                        if held["principalId"] in principals
                    }
                    subject = tenant.of(credential)[key]["subject"]
                    named = ", ".join(sorted(roles, key=str.lower)) or None
                    expected.append(
                        (where["displayName"], cluster, where["resourceGroup"], subject, of["displayName"], holder,
                         named, key)
                    )  # fmt: skip
    rows = ask("workloads-of-clusters")
    assert sorted(map(str, (tuple(row.values()) for row in rows))) == sorted(map(str, expected))
    order = [row["cluster"].lower() for row in rows]
    assert order == sorted(order)
