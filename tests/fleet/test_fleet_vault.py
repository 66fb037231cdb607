"""Secrets of a fleet that stand in Azure Key Vault, which the identity of the machine may read."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration import ConfigurationError, CredentialsError
from integration.errors import Unreachable
from integration.fleet import vault as keyvault
from integration.fleet.references import with_secrets
from integration.fleet.task import check_tenant
from integration.fleet.tenants import Tenant, read_tenants
from integration.fleet.vault import read_secret
from tests.http.sign_in import CLIENT, TENANT, Service, serving, serving_over_tls

SECRET = "s3cret-of-the-fleet"
GIVEN = json.dumps({"value": f"{SECRET}\n", "id": "https://v.vault.azure.net/secrets/fleet/7"}).encode()


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The endpoint of the managed identity of the machine that reads the tenants."""
    keyvault._identity.cache_clear()
    with serving(Service()) as service:
        monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", service.url)
        yield service
    keyvault._identity.cache_clear()


@pytest.fixture
def vault() -> Iterator[Service]:
    """A vault, which gives its secret to everybody."""
    with serving(Service(raw=lambda _: GIVEN)) as service:
        yield service


def refusal(code: str) -> bytes:
    return json.dumps({"error": {"code": code, "message": f"planted {SECRET}"}}).encode()


def tenants(secret: dict[str, Any], **more: str) -> list[Tenant]:
    entry = {"name": "contoso", "directoryId": "contoso.example", "clientId": "app", "clientSecret": secret, **more}
    Path("tenants.jsonl").write_text(json.dumps(entry))
    return read_tenants(Path("tenants.jsonl"))


def test_a_secret_comes_with_a_token_for_key_vault_that_serves_all_tenants(machine: Service, vault: Service) -> None:
    assert read_secret(f"{vault.url}/secrets/fleet").reveal() == SECRET
    assert read_secret(f"{vault.url}/secrets/fleet/7/").reveal() == SECRET
    assert [asked["resource"] for asked in machine.asked] == ["https://vault.azure.net"]
    assert {(asked["authorization"], asked["api-version"]) for asked in vault.asked} == {("Bearer token-1", "7.4")}
    read_secret(f"{vault.url}/secrets/fleet", CLIENT)
    assert [asked.get("client_id") for asked in machine.asked] == [None, CLIENT]


def test_a_tenant_signs_in_with_what_the_vault_has(
    machine: Service, vault: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    with serving_over_tls(tmp_path / "ca.pem") as authority:
        secret = {"keyvault": f"{vault.url}/secrets/fleet", "identity": CLIENT}
        (tenant,) = tenants(secret, authority=authority.url, directoryId=TENANT)
        assert check_tenant(tenant) == {"tenant": "contoso", "word": "ok"}
        assert authority.asked[-1]["client_secret"] == SECRET


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (403, refusal("Forbidden"), "clientSecret: the vault 127.0.0.1 does not give /secrets/fleet to this machine's"),
        (404, refusal("SecretNotFound"), "clientSecret: the vault 127.0.0.1 has nothing at /secrets/fleet: check"),
        (200, b'{"value": " "}', "clientSecret: the vault 127.0.0.1 has an empty secret at /secrets/fleet"),
        (200, b'{"value": 7}', "clientSecret: the vault 127.0.0.1 has an empty secret at /secrets/fleet"),
    ],
)
def test_what_a_vault_refuses_is_told_without_what_it_said(
    machine: Service, vault: Service, status: int, body: bytes, expected: str
) -> None:
    vault.status, vault.raw = status, lambda _: body
    with pytest.raises(CredentialsError, match=expected) as caught:
        with_secrets(tenants({"keyvault": f"{vault.url}/secrets/fleet"})[0].settings)
    assert SECRET not in str(caught.value)


def test_a_vault_or_an_identity_that_does_not_answer_makes_the_tenant_unreachable(machine: Service) -> None:
    with serving(Service()) as gone:
        address = f"{gone.url}/secrets/fleet"
    with pytest.raises(Unreachable, match="does not answer"):
        read_secret(address)
    machine.status = 503
    keyvault._identity.cache_clear()
    (tenant,) = tenants({"keyvault": address})
    assert check_tenant(tenant)["word"] == "unreachable"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("contoso", "clientSecret: the address of a secret is not a URL such as https://contoso.vault.azure.net"),
        ("http://contoso.vault.azure.net/secrets/s", "clientSecret: the address of a secret must begin with https://"),
        ("https://vault.azure.net.evil.example/secrets/s", "clientSecret: the address of a secret leads to no Azure"),
        ("https://contoso.vault.azure.net/keys/s", "clientSecret: the address of a secret ends with /secrets and its"),
        ("https://u:p@contoso.vault.azure.net/secrets/s", "clientSecret: the address of a secret must hold neither"),
    ],
)
def test_a_token_for_key_vault_goes_nowhere_else(address: str, expected: str) -> None:
    with pytest.raises(ConfigurationError, match=expected):
        tenants({"keyvault": address})


def test_vaults_of_national_clouds_have_their_own_tokens(machine: Service) -> None:
    for cloud in ("vault.azure.net", "vault.usgovcloudapi.net", "vault.azure.cn"):
        address = f"https://contoso.{cloud}/secrets/fleet"
        assert keyvault.fault_of_address(address) is None
        keyvault._identity("", keyvault._domain_of(address)).token()
    assert [asked["resource"].removeprefix("https://vault.") for asked in machine.asked] == [
        "azure.net",
        "usgovcloudapi.net",
        "azure.cn",
    ]
