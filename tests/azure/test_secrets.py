"""Secrets that people put into the properties of resources are in no file of a run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from integration.cli import main
from integration.sdk.plugins import declared_steps, load
from integration.sources.azure.discretion import properties_kept, without_secrets
from integration.sources.azure.tags import tags_kept
from tests.azure.reading import Azure, keys
from tests.simulator.azure import AzureSimulator
from tests.simulator.azure.demo import azure_demo_tenant
from tests.simulator.azure.made_up import STORAGE

pytestmark = pytest.mark.every_area

WORD = "s3cr3t-of-"
PLACES: dict[str, Any] = {
    "adminPassword": "{}",
    "primaryKey": "{}",
    "AccessKeys": ["{}"],
    "connectionString": "Endpoint=sb://x;SharedAccessKey={}",
    "ConnectionStrings": [{"name": "db", "value": "{}"}],
    "siteConfig": {
        "appSettings": [{"name": "TOKEN", "value": "{}"}],
        "azureStorageAccounts": {"a": {"accessKey": "{}"}},
    },
    "settings": {"fileUris": ["https://x/?sig={}"], "commandToExecute": "run --password {}"},
    "protectedSettings": {"script": "{}"},
    "containers": [
        {"name": "c", "properties": {"environmentVariables": [{"name": "A", "value": "{}"}], "command": ["{}"]}}
    ],
    "template": {"containers": [{"name": "c", "env": [{"name": "A", "value": "{}"}], "args": ["{}"]}]},
    "osProfile": {"customData": "{}", "secrets": [{"sourceVault": {"id": "v"}, "vaultCertificates": ["{}"]}]},
    "userData": "{}",
    "serviceKey": "{}",
    "sites": [{"siteName": "chat", "key": "{}", "key2": "{}"}],
    "sslCertificates": [{"name": "gate", "properties": {"data": "{}", "publicCertData": "MII"}}],
    "definition": {"actions": {"http": {"inputs": {"authentication": {"password": "{}"}}}}},
    "arguments": "-key {}",
    "InstrumentationKey": "{}",
    "sharedKey": "{}",
    "sasToken": "?sig={}",
    "clientSecret": "{}",
    "deliveryAttributeMappings": [{"name": "Authorization", "type": "Static", "properties": {"value": "{}"}}],
    "startTask": {
        "environmentSettings": [{"name": "A", "value": "{}"}],
        "resourceFiles": [{"httpUrl": "https://x.blob.example/f?sv=2020&sig={}"}],
    },
    "mountConfiguration": [{"azureBlobFileSystemConfiguration": {"sasKey": "{}"}}],
    "parameters": [{"name": "adminPassword", "value": "{}"}],
    "protectedParameters": [{"name": "p", "value": "{}"}],
    "machineKey": {"validationKey": "{}", "decryptionKey": "{}"},
    "windowsConfiguration": {"additionalUnattendContent": [{"content": "<Password><Value>{}</Value></Password>"}]},
    "logicAppReceivers": [{"callbackUrl": "https://x.example/{}"}],
    "webhookReceivers": [{"name": "w", "serviceUri": "https://hooks.example/services/{}"}],
    "azureFunctionReceivers": [{"httpTriggerUrl": "https://f.example/api?code={}"}],
    "Configuration": {"WebTest": "<Header Name='Authorization' Value='{}'/>"},
    "Request": {"RequestUrl": "https://x.example?api_key={}", "Headers": [{"key": "Authorization", "value": "{}"}]},
    "httpConfiguration": {"requestHeaders": [{"name": "X", "value": "{}"}]},
    "requestHeaderConfigurations": [{"headerName": "Authorization", "headerValue": "{}"}],
    "metadata": [{"name": "masterKey", "value": "{}"}],
    "logAnalytics": {"workspaceKey": "{}"},
    "gitRepo": {"repository": "https://user:{}@git.example/r"},
    "gitRepository": {"url": "https://{}@git.example/r"},
    "repositoryUrl": "https://user:{}@git.example/r",
    "scriptActions": [{"uri": "https://x.example/s", "parameters": "-p {}"}],
    "redisConfiguration": {"rdb-storage-connection-string": "AccountKey={}", "other": "A=b;AccountKey={};C=d"},
    "configurationProtectedSettings": {"x": "{}"},
    "configurationSettings": {"smtp.pw": "{}"},
    "kustomizations": {"apps": {"postBuild": {"substitute": {"db": "{}"}}}},
    "actionGroups": [{"actionGroupId": "/a", "webHookProperties": {"X-Api": "{}"}}],
    "configMap": {"keyValuePairs": {"db": "{}"}},
    "vmTemplate": '{"vmAdminPassword":"{}"}',
    "webApp": {"appCommandLine": "start --pw {}"},
    "buildProperties": {"apiBuildCommand": "build --pw {}", "appBuildCommand": "build --pw {}"},
    "sidecar": {"startUpCommand": "start --pw {}"},
    "cloudInitConfiguration": "#cloud-config\npassword: {}",
    "parameterValues": {"gateway": "{}"},
    "customParameterValues": {"address": "{}"},
    "arcConfiguration": {"kubeConfig": "{}"},
    "dataSources": {"extensions": [{"name": "e", "extensionSettings": {"db": "{}"}}]},
    "configurations": [{"propertyName": "spring.datasource.password", "value": "{}"}],
    "instanceView": {"output": "the password is {}", "exitCode": 0},
    "customize": [{"type": "Shell", "inline": ["echo {}"]}],
    "validate": {"inVMValidations": [{"inline": ["echo {}"]}]},
    "publishingProfile": {"manageActions": {"install": "i {}", "remove": "r {}"}, "customActions": [{"script": "{}"}]},
    "step": {"encodedValuesContent": "{}", "values": [{"name": "db", "value": "{}", "isSecret": True}]},
    "runCommand": {"parameters": [{"name": "dbpw", "value": "{}"}]},
    "factory": {"globalParameters": {"db": {"type": "string", "value": "{}"}}},
    "scripts": {"outputs": {"made": "{}"}},
    "certificates": {"pfxBlob": "{}"},
    "monitorConfig": {"customHeaders": [{"name": "X-Api", "value": "{}"}]},
    "assigned": {"parameters": {"workspaceKey": {"type": "String", "value": "{}"}}},
    "workflow": {"parameters": {"partner": {"type": "String", "defaultValue": "{}"}, "plain": "{}"}},
    "ofFrontDoor": [{"matchVariable": "RequestHeader", "selector": "X-Api-Key", "matchValue": ["{}"]}],
    "datasourceAuthCredentials": {"secretStoreResource": {"uri": "https://kv.example/secrets/a", "value": "{}"}},
    "securitySettings": {"authorizationValue": None, "passwordValue": "{}"},
    "sparkConfigProperties": {"content": "spark.hadoop.fs.azure.account.key.st.example {}"},
    "ofGateway": [{"matchVariables": [{"selector": "R"}, {"selector": "Authorization"}], "matchValues": ["{}"]}],
    "ofContent": {"name": "RequestHeader", "parameters": {"selector": "X-Api-Key", "matchValues": ["{}"]}},
    "notifications": [{"webhooks": [{"serviceUri": "https://x.example/{}", "properties": {"partner": "{}"}}]}],
    **dict.fromkeys(
        "pwd passwd psk credential credentials secretText secretValue tokenValue apiKeyValue privateKeyPem pfx pfxData "
        "certificateData sharedAccessSignature linkingAuthCode sasUri connString jdbcUrl saslJaasConfig passwordHash "
        "hookUrl signature bearer adminPass devicePasscode operatorKeyCode keyValue client-key-data secretString "
        "slackWebhook teamsWebhookUrl authHeader basicAuth secureValue jwt keytab unlockCode snmpCommunity "
        "sessionCookie startupScript userDataBase64 account_key_b64".split(),
        "{}",
    ),
    **{name: {"default": "{}"} for name in ("functionKeys", "hostKeys", "queryKeys", "systemKeys")},
    "signingKey": ["{}"],
    "registries": {"credentials": ["{}", {"value": "{}"}]},
    "notes": [
        "it is called with Authorization: Bearer {}",
        "AUTHORIZATION: BEARER {}",
        "Basic {}",
        "InstrumentationKey={};IngestionEndpoint=https://x.example/",
        "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----",
        "https://hooks.slack.com/services/T0/B0/{}",
        "https://contoso.webhook.office.com/webhookb2/{}/IncomingWebhook/a",
        "HTTPS://HOOKS.SLACK.COM/services/T0/B0/{}",
        "https://discord.com/api/webhooks/1/{}",
        "made by ghp_0123456789{}",
        "it is eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.{}",
    ],
    "typeProperties": {"url": "https://x.example/{}", "userName": "{}"},
    "variables": {"partner": {"type": "String", "defaultValue": "{}"}},
    "ofBackend": {"credentials": {"header": {"x-partner": ["{}"]}, "query": {"partner": ["{}"]}}},
    "ofEngine": {"rulesEngineMatchVariable": "RequestHeader", "selector": "X-Token", "rulesEngineMatchValue": ["{}"]},
}


def planted(value: Any, word: str) -> Any:
    if isinstance(value, dict):
        return {name: planted(each, word) for name, each in value.items()}
    if isinstance(value, list):
        return [planted(each, word) for each in value]
    return value.replace("{}", word) if isinstance(value, str) else value


@pytest.fixture
def azure() -> Iterator[Azure]:
    tenant = azure_demo_tenant()
    for name, rows in tenant.tables.items():
        for row in rows.values():
            if name == "resources":
                given = planted(PLACES, f"{WORD}{row['name']}")
                row["properties"] = {**given, **(row["properties"] or {}), "settings": given["settings"]}
    for path, told in tenant.children.items():
        for child in told if isinstance(told, list) else [told]:
            word = f"{WORD}{child['id'].rpartition('/')[2]}"
            given = planted(PLACES, word)
            more = {"value": word} if path.endswith(("/secrets", "/variables")) else {}
            if "properties" in child:
                child["properties"] = {**given, **child["properties"], "settings": given["settings"], **more}
            else:
                child |= given
            child |= {"primaryKey": word, "keys": [word]}
    with AzureSimulator(tenant) as simulator:
        yield Azure(simulator, {})


def test_no_secret_in_the_properties_of_resources_is_kept(azure: Azure, caplog: pytest.LogCaptureFixture) -> None:
    """Of each type, with raw data: in the graph, in what was read, in files, in the report and in the log."""
    steps = declared_steps(load())
    types = [step.name for step in steps if step.module.startswith("azure.") and not step.is_relationship]
    with caplog.at_level("DEBUG"):
        azure.run(*types, raw_data=True, to=("files:out/files", "j1:out/j1"))
    for type in ("azure_vm", "azure_keyvault_secret", "azure_event_grid_topic_subscription", "azure_storage_container"):
        assert keys(type)
    assert CliRunner().invoke(main, ["report", "--to", "out/page.html", "--out", "out"]).exit_code == 0
    written = [path for path in Path("out").rglob("*") if path.is_file()]
    assert {"graph.db", "mirror.db", "summary.json", "page.html", "azure_vm.jsonl"} <= {path.name for path in written}
    assert [path.name for path in written if WORD.encode() in path.read_bytes()] == []
    assert WORD not in caplog.text


def test_settings_of_an_app_are_not_kept() -> None:
    """They are all names that people gave, with values."""
    row = {"id": "/subscriptions/s/providers/microsoft.web/sites/a/Config/AppSettings", "properties": {"A": "b"}}
    assert properties_kept(row) == {}
    assert properties_kept(row | {"id": "/subscriptions/s/providers/microsoft.web/sites/a/config/web"}) == {"A": "b"}


def test_no_secret_stays_in_json_that_is_text() -> None:
    told = {
        "linked": '{"password": "hunter2", "typed": {"apiKey": "hunter2", "port": 5432}}',
        "list": '[{"name": "db", "connectionString": "Server=a;Pwd=hunter2"}]',
        "twice": '{"inner": "{\\"clientSecret\\": \\"hunter2\\", \\"kind\\": \\"a\\"}"}',
        "deep": f"{'[' * 1_000}{']' * 1_000}",
    }
    kept = without_secrets(told)
    assert "hunter2" not in str(kept)
    assert kept["linked"] == '{"typed":{"port":5432}}'
    assert kept["twice"] == r'{"inner":"{\"kind\":\"a\"}"}'
    for text in ('{"policy": "Audit", "port": 1 }', "[1, 2]", "{not json}", "[", "{}"):
        assert without_secrets({"a": text}) == {"a": text}


def test_what_is_no_secret_stays() -> None:
    """Numbers and booleans of such names, references to secrets, and the names of variables."""
    told = {
        "linuxConfiguration": {"disablePasswordAuthentication": True},
        "allowSharedKeyAccess": False,
        "networkAcls": {"bypass": "AzureServices"},
        "passwordValidityPeriodInDays": 90,
        "secretUrl": "https://kv.example/secrets/a",
        "keyVaultSecretId": "https://kv.example/secrets/a",
        "adminPassword": None,
        "tlsSettings": {"secret": {"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Cdn/p/p/s/a"}},
        "httpsSettings": {"secret": {"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Cdn/p/p/s/a/"}},
        "parameters": {"expirationDate": "2027-01-01T00:00:00-00:00", "secretSource": {"id": "/subscriptions/s"}},
        "keyCreationTime": {"key1": "2024-03-20T10:40:57.0460787Z", "key2": "2024-03-20T10:40:57+00:00"},
    }
    assert without_secrets(told) == told
    for text in (
        "Bearer tokens are accepted",
        "Basic authentication is off",
        "-----BEGIN PUBLIC KEY-----\nMII=",
        "hooks are at hooks.slack.com and webhook.office.com/",
        "https://hooks.example/path",
        "eyJ and ghp_ begin tokens",
    ):
        assert without_secrets({"note": text}) == {"note": text}
    registries = {"imageRegistryCredentials": [{"server": "cr.example", "username": "u"}]}
    assert without_secrets(registries) == registries
    made = {"generationTime": "2024-03-20T10:40:57.0460787Z"}
    assert without_secrets({"primaryMasterKey": {**made, "value": "a", "of": made}}) == {"primaryMasterKey": made}
    assert without_secrets({"environmentVariables": [{"name": "A", "value": "b"}, {"value": "c"}]}) == {
        "environmentVariables": [{"name": "A"}]
    }
    permits = {"permissions": {"secrets": ["Get", "list"], "keys": ["wrapKey"]}}
    assert without_secrets(permits) == permits
    assert without_secrets({"activeKey": {"keyUrl": "k"}, "extendedProperties": {"assessmentKey": "a"}}) == {
        "activeKey": {"keyUrl": "k"},
        "extendedProperties": {"assessmentKey": "a"},
    }
    options = {"authOptions": {"aadOrApiKey": {"aadAuthFailureMode": "http403", "apiKey": "a"}}}
    assert without_secrets(options) == {"authOptions": {"aadOrApiKey": {"aadAuthFailureMode": "http403"}}}
    assert without_secrets({"aadOrApiKey": "a", "orApiKey": {"mode": "a"}}) == {"orApiKey": {}}
    synchronized = {f"sync{kind}Passwords": "Enabled" for kind in ("Kerberos", "Ntlm", "OnPrem")}
    assert without_secrets(synchronized | {"pfxCertificate": "a", "syncPasswords": "a"}) == synchronized
    trust = {"trustedDomainFqdn": "a.example", "trustDirection": "Inbound", "remoteDnsIps": "198.18.0.4"}
    trusts = [trust | {"trustPassword": "a", "friendlyName": "a"}, {"name": "a", "value": "b"}, "a", None]
    assert without_secrets({"settings": trusts}) == {"settings": [trust]}
    compared = {"matchVariables": [{"variableName": "RemoteAddr", "selector": None}], "matchValues": ["192.0.2.0/24"]}
    assert without_secrets(compared) == compared
    agents = {"selector": "User-Agent", "matchValue": ["curl"]}
    assert without_secrets(agents) == agents
    paths = {"name": "UrlPath", "parameters": {"operator": "BeginsWith", "matchValues": ["/admin"], "transforms": []}}
    assert without_secrets(paths) == paths
    sizes = {"parameters": {"partitionKey": {"value": "/id"}, "keys": {"value": "a"}, "needsKey": {"value": True}}}
    assert without_secrets(sizes) == sizes
    assert without_secrets({"key": "env", "value": "a"}) == {"key": "env", "value": "a"}
    parameters = {"parameters": {"rootKeySource": {"value": "Default"}}, "values": [{"value": "a", "isSecret": False}]}
    assert without_secrets(parameters) == parameters
    assert without_secrets({"name": "dbPassword", "value": "a"}) == {"name": "dbPassword"}
    assert without_secrets({"url": "https://x.example/a?sv=1&sig=b&se=2"}) == {
        "url": "https://x.example/a?sv=1&sig=&se=2"
    }
    assert without_secrets(
        ["ssh://git@x.example/r", "https://a:b@x.example/r", "amqp://a:b@x.example", "a@x.example"]
    ) == [
        "ssh://git@x.example/r",
        "https://x.example/r",
        "amqp://a@x.example",
        "a@x.example",
    ]
    assert without_secrets({"secrets": ["get", "hunter2"]}) == {"secrets": []}
    assert without_secrets({"secrets": {"a": "b"}, "secret": {"a": "b"}}) == {"secrets": None, "secret": {}}


ODD_PLACES: tuple[Any, ...] = (
    {
        "config": [
            {"key": "clientSecret", "Value": "{}"},
            {"k": "token", "v": "{}"},
            {"property": "secret", "val": "{}"},
        ]
    },
    {"Name": "DB_PASSWORD", "Value": "{}"},
    {"displayName": "n", "value": "{}", "secret": True},
    {"envVars": [{"name": "A", "value": "{}"}], "environmentVars": {"A": "{}"}},
    {"parameters": {"o": {"value": {"pw": "{}", "x": ["{}"]}}, "l": {"defaultValue": [["{}"], {"a": "{}"}]}}},
    {
        "runCommand": "{}",
        "inlineScript": "{}",
        "shellScripts": ["{}"],
        "adminKubeconfig": "{}",
        "primaryConnString": "{}",
    },
    {"secureSettings": {"a": "{}"}, "secretSettings": ["{}"], "secretsConfiguration": [{"name": "a", "value": "{}"}]},
    {"pat": "{}", "userPw": "{}", "serviceAccountJson": "{}", "credentialsJson": "{}"},
    {"a": [[["x", {"password": "{}"}], ["AccountKey={};x"]]]},
)
ODD_TEXTS = (
    ' {{"password": "{}"}}',
    "Data Source=x;Password='{}'",
    "jdbc:sqlserver://x;user=a;password={{{}}}",
    "PASSWORD = {}",
    "password: {}\nuser: x",
    "api-key: {}",
    "curl -u user:{} https://x.example",
    "run --password {} now",
    "export AWS_SECRET_ACCESS_KEY={}",
    "sig={}&se=1",
    '<publishProfile userName="$a" userPWD="{}"/>',
)


@pytest.mark.parametrize("place", [*ODD_PLACES, *({"note": text} for text in ODD_TEXTS)], ids=str)
def test_a_secret_is_known_by_odd_names_and_in_odd_forms(place: Any) -> None:
    """Names in capitals, values that are lists and objects, texts that are commands, markup or settings."""
    hidden = "hunter2hunter2"

    def planted(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: planted(each) for name, each in value.items()}
        return [planted(each) for each in value] if isinstance(value, list) else _filled(value, hidden)

    assert hidden in str(planted(place))
    assert hidden not in str(without_secrets(planted(place)))


def _filled(value: Any, hidden: str) -> Any:
    return value.format(hidden) if isinstance(value, str) else value


def test_what_reads_as_a_secret_and_is_none_stays() -> None:
    for text in (
        "Passwords: at least twelve characters",
        "Rotate each secret every 90-days",
        "Tokens of 2024-release are accepted",
        "Keys: Microsoft.KeyVault/vaults/keys/read",
        "https://kv.example/secrets/a",
    ):
        assert without_secrets({"note": text}) == {"note": text}
    chosen = {"parameters": {"effect": {"value": "Audit"}, "ids": {"value": ["/subscriptions/s", "Deny", 5]}}}
    assert without_secrets(chosen) == chosen
    rules = {"scripting": "a", "description": "b", "commandId": "RunShellScript", "secret": True}
    assert without_secrets(rules) == rules


def test_no_secret_in_tags_is_kept(azure: Azure) -> None:
    hidden = "hunter2hunter2"
    tags = {
        "conn": f"Server=x;Password={hidden};",
        "apiKey": hidden,
        "db-password": hidden,
        "note": f"https://x.example/?sig={hidden}",
        "env": "prod-1234567",
        "projectKey": "ABC-1234567",
        "secretRotation": "90-days-1",
        "n": None,
    }
    tenant = azure.simulator.tenant
    row = next(each for each in tenant.tables["resources"].values() if each["type"] == STORAGE)
    row["tags"] = tags
    azure.run("azure_storage_account")
    files = {path: path.read_bytes() for path in Path("out").rglob("*") if path.is_file()}
    assert b"prod-1234567" in b"".join(files.values())
    assert [path for path, data in files.items() if hidden.encode() in data] == []
    kept = tags_kept(tags)
    assert {name for name in tags if kept[name] == tags[name]} == {"env", "projectKey", "secretRotation", "n"}
    assert tags_kept(None) is None
