"""The tenants file: what is wrong with it is told at once, and no secret stands in it."""

import json
from pathlib import Path

import pytest

from integration import ConfigurationError, CredentialsError
from integration.config.settings import from_event
from integration.fleet.references import with_secrets
from integration.fleet.tenants import read_tenants

GOOD = """
[defaults]
clientId = "app"
clientSecret = { env = "SECRET" }
to = ["files:export/{tenant}", "postgresql://graph.example/fleet"]

[[tenant]]
name = "contoso"
directoryId = "contoso.example"

[[tenant]]
name = "fabrikam"
directoryId = "fabrikam.example"
clientSecret = { file = "secret" }
instanceId = "i-2"
weight = "heavy"

[[tenant]]
name = "idle"
directoryId = "idle.example"
enabled = false
"""


def written(text: str, name: str = "tenants.toml") -> Path:
    path = Path(name)
    path.write_text(text)
    return path


def faults(text: str, name: str = "tenants.toml") -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read_tenants(written(text, name))
    return caught.value.faults


def test_an_entry_becomes_an_event_with_the_defaults() -> None:
    contoso, fabrikam = read_tenants(written(GOOD))
    assert (contoso.name, contoso.heavy, fabrikam.heavy) == ("contoso", False, True)
    assert contoso.settings["to"] == ["files:export/contoso", "postgresql://graph.example/fleet"]
    assert contoso.settings["clientSecret"] == {"env": "SECRET"}
    assert fabrikam.event["instance"]["id"] == "i-2"
    assert contoso.credential != fabrikam.credential


def test_json_lines_say_the_same() -> None:
    lines = [
        {"defaults": {"clientId": "app", "clientSecret": {"env": "SECRET"}}},
        {"name": "contoso", "directoryId": "contoso.example"},
    ]
    (tenant,) = read_tenants(written("\n".join(map(json.dumps, lines)), "tenants.jsonl"))
    assert tenant.settings["clientId"] == "app"


def test_full_reads_are_spread_downwards_and_stay_where_they_are() -> None:
    entries = [f'[[tenant]]\nname = "t{number}"\ndirectoryId = "t{number}.example"\n' for number in range(50)]
    text = '[defaults]\nclientId = "app"\nclientSecret = { env = "S" }\n' + "".join(entries)
    days = [tenant.settings["fullEvery"] for tenant in read_tenants(written(text))]
    assert days == [tenant.settings["fullEvery"] for tenant in read_tenants(written(text))]
    assert 4.9 <= min(days) < 5.5
    assert 6.4 < max(days) <= 7


def test_all_faults_are_told_at_once_and_without_secrets() -> None:
    text = """
    [defaults]
    clientId = "app"
    clientSecret = "hunter2-hunter2"
    to = ["files:export", "jsonl:-", "postgresql://u:hunter3@h/d"]
    [[tenant]]
    name = "Contoso Ltd"
    [[tenant]]
    name = "a"
    directoryId = "one.example"
    weight = "huge"
    colour = "blue"
    [[tenant]]
    name = "b"
    directoryId = "ONE.example"
    inFlight = 100
    clientSecret = { keychain = "x" }
    [[tenant]]
    name = "a"
    """
    found = "\n".join(faults(text))
    for expected in (
        "tenant 1: name: expected",
        "a (tenant 2), a (tenant 4): clientSecret: a tenants file holds no secrets",
        "b (tenant 3): clientSecret: says not where",
        "b (tenant 3): directoryId: it is also that of a",
        "a (tenant 2): weight: expected one of light, heavy",
        "a (tenant 2): unknown: colour",
        "b (tenant 3): inFlight: must be at most 64",
        "a (tenant 4): the name is also that of tenant 2",
        "a (tenant 4): directoryId is missing",
        "files: is a folder of one tenant: write {tenant}",
        "jsonl:- is the standard output",
        "leave the password to the environment",
    ):
        assert expected in found
    assert "hunter" not in found


@pytest.mark.parametrize(
    "url", ["postgresql://h/d?sslmode=require&password=hunter3", "postgresql://h/d?sslpassword=hunter3"]
)
def test_no_password_stands_in_the_query_of_a_destination(url: str) -> None:
    found = "\n".join(faults(f'[[tenant]]\nname = "a"\nto = ["{url}"]'))
    assert "to: postgresql: a tenants file holds no secrets: leave the password to the environment" in found
    assert "hunter" not in found


def test_a_wrong_name_or_table_hides_no_other_fault() -> None:
    text = '[other]\n[[tenant]]\nname = "A b"\nclientSecret = "plain"\nfoo = 1\n[[tenant]]\nname = 7\nweight = "huge"\n'
    told = faults(text)
    for expected in (
        "tenants.toml: other: unknown: a tenants file has [defaults] and any number of [[tenant]]",
        "tenant 1, tenant 2: name: expected 1 to 63 small letters",
        "tenant 1: clientSecret: ",
        "tenant 1: unknown: foo",
        "tenant 1, tenant 2: directoryId is missing",
        "tenant 2: weight: expected one of light, heavy",
    ):
        assert any(each.startswith(expected) for each in told), (expected, told)
    assert "plain" not in str(told)


def test_all_lines_with_a_fault_are_told_by_their_numbers() -> None:
    good = {"name": "a", "directoryId": "a.example", "clientId": "app", "clientSecret": {"env": "S"}}
    lines = ["{", "", json.dumps(good), "null", json.dumps({**good, "name": "b", "weight": "huge"}), "not JSON either"]
    assert faults("\n".join(lines), "tenants.jsonl") == [
        "line 1, line 6: it is not JSON",
        "line 4: an entry is a table of settings, and so are the defaults",
        "b (line 5): weight: expected one of light, heavy",
        "b (line 5): directoryId: it is also that of a, whose quota it shares",
    ]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("x = [", "tenants.toml", "is not TOML"),
        ("[tenants]\n", "tenants.toml", "tenants: unknown"),
        ("", "tenants.toml", "names no tenant: begin each one with [[tenant]]"),
        ("x = " + "[" * 100_000, "tenants.toml", "nested too deep"),
        ("x = " + "9" * 5_000, "tenants.toml", "is not TOML"),
        ("", "tenants.jsonl", "names no tenant: write one into each line"),
        ("[" * 100_000, "tenants.jsonl", "line 1: it is not JSON"),
        ('{"name": "\\ud800"}', "tenants.jsonl", "line 1: name: expected"),
        ("{", "tenants.jsonl", "line 1: it is not JSON"),
        ("[1]", "tenants.jsonl", "line 1: an entry is a table"),
    ],
)
def test_a_file_of_another_form_is_refused(text: str, name: str, expected: str) -> None:
    assert expected in faults(text, name)[0]


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ('to = ["postgresql://[x/d"]', "to: postgresql: is not a URL"),
        ('to = ["files://[{tenant}"]', "to: files: is not a URL"),
        ("to = 5", "to: expected array"),
        ('to = ["jupiterone:"]\ninstanceId = [1]', "instance.id: expected string"),
    ],
)
def test_a_value_that_is_none_is_told_with_its_tenant(setting: str, expected: str) -> None:
    entry = '[[tenant]]\nname = "a"\ndirectoryId = "a.example"\nclientId = "app"\nclientSecret = { env = "S" }\n'
    assert f"a (tenant 1): {expected}" in faults(entry + setting)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_file_may_be_in_any_encoding_that_says_what_it_is(encoding: str) -> None:
    Path("tenants.toml").write_bytes(f"# Zoë\n{GOOD}".encode(encoding))
    assert len(read_tenants(Path("tenants.toml"))) == 2
    Path("tenants.toml").write_bytes(f"# Zoë\n{GOOD}".encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"tenants\.toml is not UTF-8 \(byte 0xEB in line 1\)"):
        read_tenants(Path("tenants.toml"))


def test_jupiterone_needs_an_instance_of_each_tenant() -> None:
    def entry(name: str, more: str = "") -> str:
        return f'[[tenant]]\nname = "{name}"\ndirectoryId = "{name}.example"\n{more}\n'

    start = '[defaults]\nclientId = "app"\nclientSecret = { env = "S" }\nto = ["jupiterone:"]\n'
    found = faults(start + entry("a") + entry("b", 'instanceId = "i"') + entry("c", 'instanceId = "i"'))
    assert [fault.partition(" is ")[0] for fault in found] == ["a: instanceId:", "c: instanceId: it"]


def test_secrets_are_found_where_the_tenant_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    contoso, fabrikam = read_tenants(written(GOOD))
    with pytest.raises(CredentialsError, match="clientSecret: the variable SECRET is not set"):
        with_secrets(contoso.settings)
    with pytest.raises(CredentialsError, match="is read, the file secret cannot be read: No such file"):
        with_secrets(fabrikam.settings)
    monkeypatch.setenv("SECRET", "s3cret-of-contoso\n")
    settings, secrets = with_secrets(contoso.settings)
    assert from_event({"instance": {"config": settings}}).client_secret.reveal() == "s3cret-of-contoso"
    assert str(secrets) == "[***]"
