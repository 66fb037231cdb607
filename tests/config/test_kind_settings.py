"""Settings are taken as they were meant, or refused by name before anything is sent; never a crash, never a value."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from integration import ConfigurationError, CredentialsError
from integration.cli import main
from integration.config.settings import Config, from_environment, from_event
from integration.http.auth import GivenToken
from integration.sinks.jupiterone import account as jupiterone_account
from integration.sources.signin import tokens_for
from integration.text.files import NotText, decoded
from integration.text.secret import Secret
from tests.simulator import Simulator, demo_tenant

VALUE = "value-that-nobody-may-see"
APPLICATION = {"AZURE_CLIENT_ID": "client", "AZURE_TENANT_ID": "contoso.example", "AZURE_CLIENT_SECRET": VALUE}
STICKING = ["\n", "\r\n", " ", "\t", "\ufeff", "\u200b", "\u00a0", "\u2028", " \r\n\ufeff"]
COMMANDS = ["run", "check", "doctor"]


@pytest.fixture(scope="module")
def tenant() -> Iterator[Simulator]:
    with Simulator(demo_tenant(), tls=True) as tenant:
        yield tenant


@pytest.fixture
def way(tenant: Simulator) -> dict[str, Any]:
    """How the tenant is reached."""
    assert tenant.ca_file
    return {
        "REQUESTS_CA_BUNDLE": tenant.ca_file, "INTEGRATION_GRAPH_URL": tenant.url,
        "INTEGRATION_AUTHORITY": tenant.authority,
    }  # fmt: skip


def invoke(*arguments: str, stdin: bytes = b"", **variables: Any) -> Result:
    done = CliRunner().invoke(main, arguments, input=stdin, env=variables, catch_exceptions=False)
    assert VALUE not in done.output
    assert "Traceback" not in done.output
    return done


def refused(*arguments: str, stdin: bytes = b"", **variables: Any) -> str:
    """Return what a command says that refuses its settings."""
    done = invoke(*arguments, stdin=stdin, **variables)
    assert done.exit_code == (1 if arguments[0] == "doctor" else 2)
    return " ".join(done.output.split())


@pytest.mark.parametrize("sticking", STICKING, ids=ascii)
def test_what_sticks_to_a_value_is_dropped(sticking: str) -> None:
    odd = {name: f"{sticking}{value}{sticking}" for name, value in APPLICATION.items()}
    more = {"INTEGRATION_INSTANCE_ID": f"i-1{sticking}", "INTEGRATION_IN_FLIGHT": f"8{sticking}"}
    config = from_environment({**odd, **more, "INTEGRATION_AZURE_ACCESS_TOKEN": f"{sticking}{VALUE}{sticking}"})
    assert config.azure_access_token.reveal() == VALUE
    assert (config.client_id, config.directory_id, config.client_secret.reveal()) == (
        "client",
        "contoso.example",
        VALUE,
    )
    assert (config.instance_id, config.in_flight) == ("i-1", 8)
    settings = {"accessToken": f"{VALUE}{sticking}", "cloud": f"usgov{sticking}", "to": [f"files:out{sticking}"]}
    config = from_event({"instance": {"name": f"{sticking}Contoso", "config": settings}})
    assert (config.access_token.reveal(), config.to, config.instance_name) == (VALUE, ("files:out",), "Contoso")
    assert config.graph_url == "https://graph.microsoft.us"


def test_a_variable_that_holds_nothing_but_white_space_is_not_set() -> None:
    config = from_environment({**APPLICATION, "AZURE_CLOUD_LOCAL_EXECUTION_CLIENT_ID": " \r\n"})
    assert config.client_id == "client"
    with pytest.raises(ConfigurationError, match="clientSecret: must not be empty"):
        from_event({"instance": {"config": {"clientId": "c", "directoryId": "d", "clientSecret": "\n"}}})


def test_a_password_keeps_its_blanks() -> None:
    proof = {"AZURE_CLIENT_CERTIFICATE_PATH": "app.pfx\n", "AZURE_CLIENT_CERTIFICATE_PASSWORD": " two words \r\n"}
    config = from_environment({"AZURE_CLIENT_ID": "client", "AZURE_TENANT_ID": "tenant", **proof})
    assert (config.certificate_path, config.certificate_password.reveal()) == ("app.pfx", " two words ")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("sticking", ["\n", "\r\n", "\ufeff"], ids=ascii)
def test_a_token_and_a_secret_from_a_file_with_a_last_line_break_sign_in(
    command: str, sticking: str, tenant: Simulator, way: dict[str, Any]
) -> None:
    token = invoke(command, **way, INTEGRATION_ACCESS_TOKEN=f"{tenant.signin.issue()}{sticking}")
    assert (token.exit_code, "problem" in token.output) == (0, False)
    signin = tenant.signin
    ids: dict[str, Any] = {
        "AZURE_CLIENT_ID": f" {signin.client_id}",
        "AZURE_TENANT_ID": f"{signin.tenant_id}{sticking}",
    }
    secret = invoke(command, **way, **ids, AZURE_CLIENT_SECRET=f"{signin.client_secret}{sticking}")
    assert (secret.exit_code, "problem" in secret.output) == (0, False)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "inside", ["\n", "\r\n", "\t", " ", "\x00", "\x7f", "\u2013", "\u2026", "\u00e9", "\U0001f511"], ids=ascii
)
def test_a_token_that_no_header_takes_is_refused_by_its_name(
    command: str, inside: str, tenant: Simulator, way: dict[str, Any]
) -> None:
    tenant.reset()
    if inside != "\x00":  # which no variable can hold
        said = refused(command, **way, INTEGRATION_ACCESS_TOKEN=f"{VALUE}{inside}{VALUE}")
        assert "accessToken holds a character that no HTTP header takes: set INTEGRATION_ACCESS_TOKEN anew" in said
    event = {"instance": {"config": {"accessToken": f"{VALUE}{inside}{VALUE}", "graphUrl": tenant.url}}}
    said = refused(command, "--event", "-", stdin=json.dumps(event).encode(), **way)
    assert "instance.config: accessToken holds a character that no HTTP header takes" in said
    assert tenant.requests == []


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("AZURE_CLIENT_SECRET", f"{VALUE}\u2013", "clientSecret holds a character that no client secret has"),
        ("INTEGRATION_AZURE_ACCESS_TOKEN", f"{VALUE}\n{VALUE}", "azureAccessToken holds a character that no HTTP"),
        ("INTEGRATION_AZURE_ACCESS_TOKEN", f"{VALUE}\u2013", "azureAccessToken holds a character that no HTTP"),
        ("CLIENT_SECRET", f"{VALUE}\x07{VALUE}", "clientSecret holds a character that no client secret has"),
        ("AZURE_CLIENT_ID", f"{VALUE}\n{VALUE}", "clientId holds a character that no client id has"),
        ("AZURE_TENANT_ID", f"{VALUE}/{VALUE}", "directoryId is neither a GUID nor a domain name"),
        ("AZURE_TENANT_ID", f"{VALUE} {VALUE}", "directoryId is neither a GUID nor a domain name"),
        ("AZURE_TENANT_ID", f"https://{VALUE}", "directoryId is neither a GUID nor a domain name"),
        ("DIRECTORY_ID", f"{VALUE}?x", "directoryId is neither a GUID nor a domain name"),
        ("DIRECTORY_ID", f"{VALUE}#x", "directoryId is neither a GUID nor a domain name"),
        ("DIRECTORY_ID", f"..{VALUE}", "directoryId is neither a GUID nor a domain name"),
        ("AZURE_TENANT_ID", f"{VALUE}\u2026", "directoryId is neither a GUID nor a domain name"),
        ("AZURE_CLIENT_CERTIFICATE_PASSWORD", f"{VALUE}\x1b", "clientCertificatePassword holds a character"),
        ("AZURE_FEDERATED_TOKEN_FILE", f"{VALUE}\x1b{VALUE}", "federatedTokenFile holds a character"),
    ],
    ids=lambda value: ascii(value)[:30],
)  # fmt: skip
def test_an_id_or_a_secret_that_is_none_is_refused_with_the_variable_that_holds_it(
    variable: str, value: str, said: str
) -> None:
    plain = {"CLIENT_ID": "client", "DIRECTORY_ID": "tenant", "CLIENT_SECRET": "secret"}
    with pytest.raises(ConfigurationError) as caught:
        from_environment({**plain, variable: value})
    assert VALUE not in str(caught.value)
    (fault,) = caught.value.faults
    assert fault.startswith(said)
    assert fault.endswith(f"set {variable} anew")


@pytest.mark.parametrize("name", ["Contoso\x1b[2J", "a\nb", "half \ud800", "\u202eosotnoC"], ids=ascii)
def test_a_name_of_the_account_that_cannot_be_seen_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"instance\.name: holds a character that cannot be seen"):
        from_event({"instance": {"name": name, "config": {"accessToken": "t"}}})
    with pytest.raises(ConfigurationError, match=r"id \(INTEGRATION_INSTANCE_ID\): holds a character"):
        from_environment({"INTEGRATION_ACCESS_TOKEN": "t", "INTEGRATION_INSTANCE_ID": name})


def test_a_host_that_makes_its_settings_itself_is_held_to_the_same() -> None:
    assert tokens_for(Config(access_token=Secret(f"{VALUE}\r\n"))).token().reveal() == VALUE
    with pytest.raises(ConfigurationError, match="no HTTP header takes") as caught:
        GivenToken(Secret(f"{VALUE}\n{VALUE}"))
    assert VALUE not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [(f"{VALUE}\x07{VALUE}".encode(), "holds what no token does"), (b"", "is empty"), (b"\xef\xbb\xbf\r\n", "is empty"),
     (b"t\xfcken", "is not UTF-8")],
)  # fmt: skip
def test_a_federated_token_that_cannot_be_one_is_told_with_its_file(
    content: bytes, said: str, tenant: Simulator, way: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", way["REQUESTS_CA_BUNDLE"])
    Path("token").write_bytes(content)
    config = Config(
        client_id="client", directory_id=tenant.signin.tenant_id, federated_token_file="token",
        authority=tenant.authority,
    )  # fmt: skip
    with pytest.raises(CredentialsError, match=f"the federated token file token {said}") as caught:
        tokens_for(config).token()
    assert VALUE not in str(caught.value)


def test_the_variables_of_a_destination_are_taken_alike() -> None:
    given = {
        "JUPITERONE_ACCOUNT": "j1dev\ufeff",
        "JUPITERONE_API_KEY": f"{VALUE}\r\n",
        "INTEGRATION_INSTANCE_ID": "i\n",
    }
    account, _ = jupiterone_account.account_of("", given)
    assert (account.id, account.key.reveal(), account.instance) == ("j1dev", VALUE, "i")
    assert VALUE not in repr(account)
    with pytest.raises(ConfigurationError, match="JUPITERONE_API_KEY holds a character that no HTTP header takes"):
        jupiterone_account.account_of("", {**given, "JUPITERONE_API_KEY": f"{VALUE}\u2026"})


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


def marked(text: str, encoding: str) -> bytes:
    """Return text as an editor saves it: with a byte order mark where there is more than one byte order."""
    return (
        text.encode(encoding)
        if encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32")
        else f"\ufeff{text}".encode(encoding)
    )


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_file_of_variables_and_an_event_may_be_in_any_encoding_that_says_what_it_is(
    encoding: str, tenant: Simulator, way: dict[str, Any]
) -> None:
    token = tenant.signin.issue()
    Path("event.json").write_bytes(
        marked(
            json.dumps({"instance": {"name": "Zoë", "config": {"accessToken": token}}}, ensure_ascii=False), encoding
        )
    )
    assert invoke("check", "--event", "event.json", **way).exit_code == 0
    Path(".env").write_bytes(marked(f"# Zoë\r\nINTEGRATION_ACCESS_TOKEN={token}\r\n", encoding))
    for command in COMMANDS:
        assert invoke(command, **way).exit_code == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"# gr\xfc\xdfe\nCLIENT_ID=c\n", ".env is not UTF-8 (byte 0xFC in line 1): save it as UTF-8"),
        (b"CLIENT_ID=c\n#\x93\n", ".env is not UTF-8 (byte 0x93 in line 2): save it as UTF-8"),
        ("CLIENT_ID=c\n".encode("utf-16-le"), ".env holds NUL characters, as UTF-16 without a byte order mark does"),
        (b"\xff\xfeA\x00B", ".env is not UTF-16-LE (byte 0x42 in line 1): save it as UTF-8"),
    ],
    ids=["latin-1", "cp1252", "utf-16", "cut"],
)  # fmt: skip
@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_of_variables_in_another_encoding_is_named(command: str, content: bytes, said: str) -> None:
    Path(".env").write_bytes(content)
    assert said in refused(command, INTEGRATION_ACCESS_TOKEN="t")


def test_a_file_of_variables_that_cannot_be_opened_is_named() -> None:
    for command in COMMANDS:
        Path(".env").mkdir()
        said = ".env cannot be read: Is a directory: make it a file of lines NAME=VALUE, or remove it"
        assert said in refused(command)
        Path(".env", "pyvenv.cfg").touch()
        assert "clientId is missing" in refused(command)
        Path(".env", "pyvenv.cfg").unlink()
        Path(".env").rmdir()
    Path(".env").symlink_to("nowhere")
    assert ".env cannot be read: No such file or directory: make it" in refused("check")
    Path(".env").unlink()
    Path(".env").symlink_to("/proc/self/mem")
    assert ".env cannot be read" in refused("check")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[" * 100_000, "the event is n"), (b'{"a":' * 100_000, "the event is n"),
        (b'{"instance": "\xfc"}', "the event is not UTF-8 (byte 0xFC in line 1): save it as UTF-8"),
        (b"", "the event is empty"), (b"null", "the event: expected object"),
        (b'{"instance": {"config": {"clientSecret": "\\ud800"}}}', "clientSecret holds a character"),
        (f'{{"instance": {{"config": "{VALUE}"}}}}'.encode(), "instance.config: expected object"),
    ],
    ids=["brackets", "braces", "latin-1", "empty", "null", "half a character", "text"],
)  # fmt: skip
def test_an_event_that_is_none_is_told(command: str, content: bytes, said: str) -> None:
    assert said in refused(command, "--event", "-", stdin=content)


def test_an_event_that_is_nested_in_a_host_is_told_too() -> None:
    script = (
        "from integration.config.settings import from_event\nfrom integration import ConfigurationError\ndeep = {}\n"
        "for _ in range(100_000): deep = {'config': deep, 'instance': deep}\n"
        "try: from_event(deep)\nexcept ConfigurationError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, "the settings cannot be used" in done.stdout) == (0, True), done.stderr[-2000:]


def test_questions_are_read_in_the_same_encodings() -> None:
    question = '[mine]\ndescription = "Zoë"\nsql = "SELECT 1"\n'
    for encoding in ENCODINGS:
        assert decoded(marked(question, encoding)) == question
    for data in (b"\xfc", b"a\0b"):
        with pytest.raises(NotText, match="save it as UTF-8"):
            decoded(data)
