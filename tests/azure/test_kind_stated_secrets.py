"""A secret that a text says in whatever form is not kept, and what only reads like one is."""

import json
import time
from base64 import b64encode
from typing import Any

import pytest

from integration.sources.azure.child_rows import child_row
from integration.sources.azure.discretion import without_secrets
from integration.sources.azure.rows import by_type
from integration.sources.azure.tags import tags_kept
from integration.text.stated import PASSWORD_ABROAD

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
    f"mysql -uroot -p{S} db",
    "mysqldump -h x.example -u root -pcorrecthorse db",
    "sshpass -pcorrecthorse ssh x",
    "az login --service-principal -u a -p correcthorse --tenant t",
    "docker login -u user -p correcthorse x.example",
    "curl --user user:correcthorse https://x.example",
    "curl -suuser:correcthorse https://x.example",
    "net use z: \\\\host\\share correcthorse /user:x",
    "net use \\\\host\\share /user:x correcthorse",
    f"net user admin {S} /add",
    "sqlcmd -S x.example -U sa -P correcthorse",
    "redis-cli -h x.example -a correcthorse ping",
    "ldapsearch -D cn=a -w correcthorse -b dc=x",
    "openssl rsa -in a.pem -passin pass:correcthorse",
    "keytool -storepass correcthorse -list",
    "cmdkey /add:x /user:u /pass:correcthorse",
    "schtasks /create /ru u /rp correcthorse",
    "echo correcthorse | docker login -u user --password-stdin",
    "echo 'correcthorse' | sudo -S ls",
    "echo user:correcthorse | chpasswd",
    "PGPASSWORD=correcthorse psql -h x",
    "msbuild /p:Password=correcthorse x",
)
SENTENCES = (
    f"the password is {S}",
    f"DB_PASS={S} HOST=x",
    f"PSK: {S}",
    *(f"{word.capitalize()} : {S}" for word in PASSWORD_ABROAD),
    f"Contraseña={S}",
    f"パスワード\uff1a{S}",
    f'<password value="{S}"/>',
    f'it sends {{\\"password\\": \\"{S}\\"}}',
    f"jdbc:oracle:thin:scott/{S}@x.example:1521/db",
    f"https://x.example/#access_token={S}",
    f"powershell -enc {b64encode(f'$password={S!r}'.encode('utf-16-le')).decode()}",
    f"data:text/plain;base64,{b64encode(f'password={S}'.encode()).decode()}",
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


@pytest.mark.parametrize("text", [*ADDRESSES, *QUOTED, *LINES, *MARKUP, *COMMANDS, *SENTENCES, *FORMS])
def test_what_a_text_says_of_a_secret_is_not_kept(text: str) -> None:
    encoded = b64encode(text.encode()).decode()
    wide = b64encode(text.encode("utf-16-le")).decode()
    kept = without_secrets({"note": text, "encoded": [encoded, wide], "json": json.dumps(json.dumps([encoded, text]))})
    tags = tags_kept({"note": text, "encoded": encoded, "json": f'[{{"name": "DB_PASSWORD", "value": "{S}"}}]'})
    assert not any(secret in f"{kept} {tags}" for secret in (S, S.replace("2", "x"), "correcthorse", encoded, wide))
    assert not any(S in str(each) for each in (without_secrets({text: {"a": 1}}), tags_kept({text: "a"})))


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
        "MySQL -prod cluster, mongodb -p1, curl -s https://x.example | net use by team 12",
        "bypass=AzureServices",
        "the pass: 2024-01-01, by compass=north",
        "powershell -enc " + b64encode("Get-ChildItem C:".encode("utf-16-le")).decode(),
        "the password is asked for",
        "bcp -Production, sqlcmd -Prod",
        "contraseñas: doce caracteres",
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
        {"variableName": "DB_PASSWORD", "value": S},
        {"parameter": "adminPassword", "value": S},
        {"name": "DB_PASSWORD", "defaultValue": S},
        {"name": "API_TOKEN", "stringValue": S},
        {"settingName": "password", "settingValue": S},
        {"parameterName": "adminPassword", "parameterValue": S},
        {"name": "DB_PASSWORD", "content": S},
        {"name": "DB_PASSWORD", "value": {"value": S}},
        {"name": "DB_PASSWORD", "value": [S]},
        {"passwort": S, "Kennwort": S},
        {"mot de passe": S, "Contraseña": S, "пароль": S, "パスワード": S, "密码": S, "DB PASSWORD": S, "password1": S},
        {"lines": [["DB_PASSWORD", S], ["A", "b"]]},
        {"type": "SecureString", "value": S, "defaultValue": S},
        json.dumps({"password": S}),
    ],
)
def test_a_value_that_its_name_calls_a_secret_is_not_kept(pair: Any) -> None:
    assert S not in str(without_secrets({"things": [pair]}))


def test_a_number_is_a_secret_where_its_name_says_so_and_it_is_none_of_how_many_there_are() -> None:
    assert without_secrets({"adminPassword": 12345678, "unlockPin": 123456, "secret": 98765}) == {}
    told = {"passwordHistory": 5000, "secret": True, "password": 12, "tokens": 100_000, "secrets": 4000, "port": 8443}
    assert without_secrets(told) == told


def test_what_has_an_id_is_kept_whatever_its_resource_is_called() -> None:
    id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-secret"
    told = {"userAssignedIdentities": {id: {"clientId": "c", "principalId": "p"}}, "pairs": [["a", "b"], ["c", 1]]}
    assert without_secrets(told) == told


def test_tags_say_by_their_names_what_is_a_secret() -> None:
    secrets = ("AccountKey", "account key", "pw", "db_pass", "secret", "mot de passe", "storageKey", "Password1")
    for name in secrets:
        assert tags_kept({name: "correcthorse"}) == {name: ""}
    told = {
        "secret": "none", "token": "https://kv.example/secrets/a", "password": "2027-01-01",
        "SAS": "9.4M7-base", "script": "deploy-1.sh", "bypass": "a-1234567", "ssh-key": "team-1234567",
        "hidden-link:/subscriptions/s/a": "Resource", "secretRotation": "90-days-1", "passwordExpiry": "x1-23456",
    }  # fmt: skip
    assert tags_kept(told) == told


def test_no_column_of_a_row_holds_a_secret() -> None:
    columns = ("extendedLocation", "identity", "plan", "sku", "properties", "tags")
    row = {"id": "/a", "type": "T", **{name: {"AccountKey": S, "note": f"password={S}"} for name in columns}}
    found, _, _ = by_type([row])
    assert S not in str(found)
    child = {**row, "id": "/subscriptions/s/resourceGroups/g/providers/A.B/c/d"}
    assert S not in str(child_row(child, {}, "/e"))


@pytest.mark.parametrize("tags", [[{"name": "DB_PASSWORD", "value": S}], [f"password={S}"], f"password: {S}"])
def test_tags_in_an_odd_form_hold_no_secret(tags: Any) -> None:
    assert S not in str(tags_kept(tags))


@pytest.mark.parametrize(
    "again",
    [
        "password={",
        "\n- - - -password ",
        "name: secretsecret ",
        "<password> ",
        "login -password ",
        "curl ",
        "mysql -u ",
        "net use a ",
        "echo |sudo ",
    ],
)
def test_a_text_that_begins_to_state_secrets_all_over_takes_time_in_proportion_to_its_length(again: str) -> None:
    def cost(length: int) -> float:
        text = again * (length // len(again))
        began = time.thread_time()
        without_secrets(text)
        return time.thread_time() - began

    assert cost(200_000) < 50 * max(cost(20_000), 0.01)  # 10 times; 100 where each beginning looks at all the rest
