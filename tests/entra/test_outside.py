"""Whom and what the tenant knows of outside: identity providers and contacts; and policies on tokens."""

import pytest

from integration import load
from integration.testing import GraphServer, assert_records, run_steps

pytestmark = pytest.mark.every_area

MANAGER = load()
PROVIDERS = "/identity/identityProviders"
EXTERNAL_FEDERATIONS = "/directory/federationConfigurations/graph.samlOrWsFedExternalDomainFederation"
DOMAINS = [{"id": "fabrikam.example"}, {"id": "fabrikam-sales.example"}]
CONTACT, TEAM = "contact-000001", "group-0000-team"


def test_the_secret_of_an_identity_provider_is_not_asked_for(graph: GraphServer) -> None:
    social = {
        "@odata.type": "#microsoft.graph.socialIdentityProvider",
        "clientId": "c",
        "clientSecret": "s3cret-of-google",
    }
    graph.add(PROVIDERS, {"id": "Google-OAUTH", "displayName": "Google", **social}, {"id": "MSASignup-OAUTH"})
    ran = run_steps("azure_identity_provider", source=graph, manager=MANAGER)
    key = "azure_identity_provider:{}"
    expected = [
        {"_key": key.format("Google-OAUTH"), "name": "Google", "providerKind": "social"},
        {"_key": key.format("MSASignup-OAUTH"), "name": "MSASignup-OAUTH"},
    ]
    assert_records(ran.records["azure_identity_provider"], expected)
    assert [each for each in graph.requests if PROVIDERS in each]
    assert all("$select=id,displayName" in each for each in graph.requests if PROVIDERS in each)
    assert "s3cret" not in str(ran.records)


def test_who_signs_in_guests_of_other_organizations(graph: GraphServer) -> None:
    told = {"issuerUri": "http://sts.fabrikam.example/adfs", "preferredAuthenticationProtocol": "wsFed"}
    graph.add(
        EXTERNAL_FEDERATIONS,
        {"id": "f-000001", "displayName": None, "signingCertificate": None, "domains": []},
        {"id": "f-000002", "displayName": "Fabrikam", "signingCertificate": "AQIDBA==", "domains": DOMAINS, **told},
    )
    type = "azure_external_domain_federation"
    ran = run_steps(type, "azure_account_has_external_domain_federation", source=graph, manager=MANAGER)
    assert_records(
        ran.records[type],
        [
            {"_key": f"{type}:f-000001", "name": "f-000001", "domainNames": []},
            {
                "_key": f"{type}:f-000002",
                "name": "Fabrikam",
                "domainNames": ["fabrikam-sales.example", "fabrikam.example"],
                "signingCertificateThumbprint": "12DADA1FFF4D4787ADE3333147202C3B443E376F",
                **told,
            },
        ],
    )
    assert [f"GET {EXTERNAL_FEDERATIONS}?$expand=domains"] == [
        each for each in graph.requests if EXTERNAL_FEDERATIONS in each
    ]


def test_policies_of_all_kinds_are_read_and_one_that_is_refused_fails_them(graph: GraphServer) -> None:
    kinds = ("activityBasedTimeout", "claimsMapping", "homeRealmDiscovery", "tokenIssuance", "tokenLifetime")
    for kind in kinds:
        row = {"id": f"policy-{kind}", "displayName": None, "definition": ["{}"], "isOrganizationDefault": False}
        graph.add(f"/policies/{kind}Policies", row)
    found = run_steps("azure_sts_policy", source=graph, manager=MANAGER).records["azure_sts_policy"]
    assert [(each["name"], each["policyType"]) for each in found] == [(f"policy-{kind}", kind) for kind in kinds]
    graph.fail("/policies/tokenIssuancePolicies", status=403, code="AccessDenied")
    assert (
        run_steps("azure_sts_policy", source=graph, manager=MANAGER).report.of("azure_sts_policy").verdict == "failed"
    )


def test_contacts_are_members_of_groups(graph: GraphServer) -> None:
    graph.add("/groups", {"id": TEAM, "displayName": "team", "groupTypes": []})
    place = {"city": "Exampleton", "countryOrRegion": "United Kingdom", "street": "4 Example Street"}
    phones = [{"type": "mobile", "number": None}, {"type": "business", "number": "+44 20 7946 0002"}]
    reached = {"mail": "helpdesk@fabrikam.example", "addresses": [place], "phones": phones}
    graph.add("/contacts", {"id": CONTACT, "displayName": None, **reached})
    contact = {"@odata.type": "#microsoft.graph.orgContact", "id": CONTACT}
    user = {"@odata.type": "#microsoft.graph.user", "id": "user-0000-ada"}
    graph.relate("/groups", TEAM, "members", contact, user)
    has = "azure_user_group_has_org_contact"
    ran = run_steps(has, source=graph, manager=MANAGER)
    (found,) = ran.records["azure_org_contact"]
    assert found["name"] == "helpdesk@fabrikam.example"
    assert (found["phones"], found["city"], found["country"]) == (["+44 20 7946 0002"], "Exampleton", "United Kingdom")
    assert "4 Example Street" not in str(found)
    assert [(each["_fromEntityKey"], each["_toEntityKey"]) for each in ran.records[has]] == [(TEAM, CONTACT)]
