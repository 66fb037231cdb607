"""A secret that a text says in whatever form is not kept, and what only reads like one is."""

import time
from base64 import b64encode
from typing import Any

import pytest

from integration.sources.azure.discretion import without_secrets
from integration.sources.azure.tags import tags_kept

S = "hunter2Hunter2hunter2HUNTER2hunter2"
ADDRESSES = (
    f"https://api.telegram.org/bot123456789:AA{S}/sendMessage",
    f"123456789:AA{S}",
    f"https://events.pagerduty.com/integration/{S}/enqueue",
    f"https://events.eu.pagerduty.com/x-ere/{S}",
    f"https://outlook.office.com/webhook/a@b/IncomingWebhook/{S}/c",
    f"https://hooks.zapier.com/hooks/catch/1/{S}/",
    f"https://chat.contoso.example/hooks/{S}",
    f"https://hooks.contoso.example/{S}",
    f"https://alert.victorops.com/integrations/generic/20131114/alert/{S}/key",
    f"https://maker.ifttt.com/trigger/a/with/key/{S}",
    f"https://f.example/api/a%3Fcode%3D{S}",
    f"https://x.example/a?user=u&pw={S}",
    f"AccountKey%3D{S}",
    f"Endpoint=sb://x/;SharedSecretIssuer=owner;SharedSecretValue={S}=",
    f"mongodb://user:a@{S}@x.example",
)
QUOTED = (
    f"host=x password='a {S}' sslmode=require",
    f'Server=x;Password="a;{S}";Encrypt=True',
    f"Driver={{x}};PWD={{a;{S}}};",
    f"$env:DB_PASSWORD = '{S.replace('2', 'x')}'",
    f'config={{"password":"{S}"}}',
)
LINES = (
    "[db]\nuser = a\npassword = correcthorse\n",
    "db:\n  password: correcthorse\n",
    'db:\n  "password": "correcthorse"\n',
    f"env:\n- name: DB_PASSWORD\n  value: {S}\n",
    f"env:\n- name: API_TOKEN\n  secureValue: '{S}'\n",
)
MARKUP = (
    f'<add key="DbPassword" value="{S}" />',
    f'<set-header name="Authorization" exists-action="override"><value>Basic {S}</value></set-header>',
    f'<set-header name="x-functions-key">\n  <value>{S}</value></set-header>',
    f"<Password>{S}</Password>",
    f"<AutoLogon><Password><Value>{S}</Value></Password></AutoLogon>",
)
COMMANDS = (
    f"ConvertTo-SecureString '{S}' -AsPlainText -Force",
    f'ConvertTo-SecureString -String "{S}" -AsPlainText',
    f"docker login -u user -p {S} x.example",
    f"az login --service-principal -u a -p {S} --tenant t",
    f"sshpass -p {S} ssh x",
    f"curl -H 'Authorization: token {S}' https://x.example",
    f"Ocp-Apim-Subscription-Key: {S}",
)
FORMS = (
    f"-----BEGIN PGP PRIVATE KEY BLOCK-----\nComment: a-b\n\n{S}\n-----END PGP PRIVATE KEY BLOCK-----",
    f"eyJhbGciOiJSU0EtT0FFUCJ9.a.b.{S}.c",
    f"abc8Q~{S}",
    f"glpat-{S}",
    f"sk_live_{S}",
    f"SG.{S}.{S}",
    f"AIza{S}",
)


@pytest.mark.parametrize("text", [*ADDRESSES, *QUOTED, *LINES, *MARKUP, *COMMANDS, *FORMS])
def test_what_a_text_says_of_a_secret_is_not_kept(text: str) -> None:
    encoded = b64encode(text.encode()).decode()
    kept = without_secrets({"note": text, "encoded": encoded, "json": f'["{encoded}"]'})
    tags = tags_kept({"note": text, "encoded": encoded, "json": f'[{{"name": "DB_PASSWORD", "value": "{S}"}}]'})
    assert not any(secret in f"{kept} {tags}" for secret in (S, S.replace("2", "x"), "correcthorse", encoded))


@pytest.mark.parametrize(
    "text",
    [
        '<add key="Region" value="westeurope" />',
        '<set-header name="X-Forwarded-Host"><value>x.example</value></set-header>',
        "<tokenLifetime>60</tokenLifetime>",
        "Steps:\n1. Rotate the secret: see the guide\n2. Tell the owner of each token",
        "password: null\ntoken: false\n",
        "https://x.example/hooks/azure",
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r/webhooks/deploy2production2024",
        "MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJRTESMBAGA1UEChMJ",
        b64encode(b"a text in which nothing is secret").decode(),
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ== azureuser",
        "3f2504e04f8941d39a0c0305e82c33013f2504e0",
        "disk-01 has a task-list; nsg.example",
    ],
)
def test_what_only_reads_like_a_secret_stays(text: str) -> None:
    assert without_secrets({"note": text}) == {"note": text}
    assert tags_kept({"note": text}) == {"note": text}


@pytest.mark.parametrize(
    "pair",
    [
        {"displayName": "DB_PASSWORD", "value": S, "secret": False},
        {"variable": "DB_PASSWORD", "value": S},
        {"name": "DB_PASSWORD", "defaultValue": S},
        {"name": "API_TOKEN", "stringValue": S},
        {"settingName": "password", "settingValue": S},
        {"parameterName": "adminPassword", "parameterValue": S},
        {"name": "DB_PASSWORD", "content": S},
        {"name": "DB_PASSWORD", "value": {"value": S}},
        {"name": "DB_PASSWORD", "value": [S]},
        {"passwort": S, "Kennwort": S},
    ],
)
def test_a_value_that_its_name_calls_a_secret_is_not_kept(pair: dict[str, Any]) -> None:
    assert S not in str(without_secrets({"things": [pair]}))


@pytest.mark.parametrize("tags", [[{"name": "DB_PASSWORD", "value": S}], [f"password={S}"], f"password: {S}"])
def test_tags_in_an_odd_form_hold_no_secret(tags: Any) -> None:
    assert S not in str(tags_kept(tags))


@pytest.mark.parametrize(
    "again", ["password={", "\n- - - -password ", "name: secretsecret ", "<password> ", "login -password "]
)
def test_a_text_that_begins_to_state_secrets_all_over_takes_time_in_proportion_to_its_length(again: str) -> None:
    def cost(length: int) -> float:
        text = again * (length // len(again))
        began = time.thread_time()
        without_secrets(text)
        return time.thread_time() - began

    assert cost(200_000) < 50 * max(cost(20_000), 0.01)  # 10 times; 100 where each beginning looks at all the rest
