"""A run's secrets are in nothing that it leaves: output, logs at every level, files, databases, errors, dumps.

Graph and the sign-in service repeat what they were sent in some forty places.
"""

import json
import logging
import pickle
import subprocess
import sys
import traceback
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from click.testing import CliRunner

from integration import IntegrationError, OutputError, handle
from integration.cli import main
from integration.config.settings import Config, from_event
from integration.sinks.neo4j.sink import Neo4jSink
from integration.sources.msgraph.client import GraphClient
from integration.sources.signin import tokens_for
from integration.store.store import Store
from integration.text.secret import Secret, redacted
from tests.http.sign_in import CLIENT, PASSWORD, issue, pfx
from tests.text.echoes import GRAPH, SIGN_IN, TENANT, USER, Echo, echoing, reply

SECRET = "8Q8Q~client.secret_that-nobody/may+see="
OPAQUE = "opaque~token.that_nobody-may/see+9A9A=="
JWT = ".".join(b64encode(part).decode().rstrip("=") for part in (b'{"alg":"none"}', b'{"tid":"t","roles":[]}', b"sign"))
FORMATS = ["text", "json", ""]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Echo, Path]]:
    ca_file = tmp_path_factory.mktemp("ca") / "ca.pem"
    with echoing(ca_file) as echo:
        yield echo, ca_file


@pytest.fixture(scope="module")
def plain() -> Iterator[Echo]:
    with echoing() as echo:
        yield echo


@pytest.fixture
def echo(server: tuple[Echo, Path], monkeypatch: pytest.MonkeyPatch) -> Echo:
    """Graph and the sign-in service, over TLS."""
    echo, ca_file = server
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca_file))
    return fresh(echo)


@pytest.fixture
def graph(plain: Echo) -> Echo:
    """Graph for who has a token."""
    return fresh(plain)


def fresh(echo: Echo) -> Echo:
    echo.token, echo.graph, echo.sign_in, echo.batch = OPAQUE, None, None, False
    echo.repeated.clear()
    return echo


@pytest.fixture
def host_log() -> Iterator[StringIO]:
    """The log of a host that writes what every library says at every level, in the usual way."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s %(args)s"))
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "integration", "urllib3", "msal")}
    root.addHandler(handler)
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def event(echo: Echo, **settings: Any) -> dict[str, Any]:
    ids = {"clientId": CLIENT, "directoryId": TENANT, "graphUrl": echo.url}
    if echo.url.startswith("https:"):
        ids["authority"] = echo.url
    return {"instance": {"config": {**ids, **(settings or {"clientSecret": SECRET})}}}


def forms(secret: str) -> set[str]:
    """Return what a secret looks like in text, and the beginning of it that a cut leaves."""
    encoded = b64encode(secret.encode()).decode()
    return {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), repr(secret)[1:-1], encoded, secret[:12]}


def shown(text: str | bytes, *secrets: str) -> list[str]:
    """Return the forms of secrets that a text shows."""
    plain = text.decode("utf-8", errors="replace") if isinstance(text, bytes) else text
    return [form for secret in secrets for form in forms(secret) if form in plain]


def left(folder: Path) -> str:
    """Return all that a run has written."""
    return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file())


def told(error: BaseException) -> str:
    """Return all that an error and what led to it say, whether a traceback shows that or not."""
    texts = []
    todo: list[BaseException | None] = [error]
    while todo:
        each = todo.pop()
        if each is not None:
            texts += [str(each), repr(each), repr(each.args), repr(vars(each))]
            todo += [each.__cause__, each.__context__]
    return "\n".join([*traceback.format_exception(error), *texts])


def hosted(settings: dict[str, Any]) -> str:
    """Run as a host does, and return what it holds in its hands afterwards."""
    try:
        report = handle(settings)
    except IntegrationError as error:
        return told(error)
    return f"{report!r} {vars(report)} {report.results!r} {report.summary()}"


def searched(echo: Echo, settings: dict[str, Any], host_log: StringIO, secret: str, form: str) -> None:
    """Run as a host does, and with the command where a form of its log is named, and search everything."""
    if form:
        flags = ["--event", "-", "--log-level", "debug", "--log-format", form]
        done = CliRunner().invoke(main, ["run", *flags], input=json.dumps(settings))
        assert done.exception is None or isinstance(done.exception, SystemExit)
        assert shown(done.output, secret) == []
    assert shown(hosted(settings), secret) == []
    assert shown(host_log.getvalue(), secret) == []
    assert shown(left(Path(".integration")), secret) == []
    assert set(echo.repeated) == {secret}


@pytest.mark.parametrize(("place", "form"), [*zip(GRAPH, FORMATS * len(GRAPH), strict=False)])
def test_a_token_that_graph_repeats_is_in_nothing_that_a_run_leaves(
    place: str, form: str, graph: Echo, host_log: StringIO
) -> None:
    graph.graph = GRAPH[place]
    searched(graph, event(graph, accessToken=OPAQUE, only=["azure_user"]), host_log, OPAQUE, form)


@pytest.mark.parametrize("place", ["message of 400", "message of 500", "code", "request-id"])
def test_a_token_that_a_part_of_a_batch_repeats_neither(place: str, graph: Echo, host_log: StringIO) -> None:
    graph.graph, graph.batch = GRAPH[place], True
    searched(graph, event(graph, accessToken=OPAQUE), host_log, OPAQUE, "json")


@pytest.mark.parametrize(("place", "form"), [*zip(SIGN_IN, FORMATS * len(SIGN_IN), strict=False)])
def test_a_secret_that_the_sign_in_service_repeats_neither(
    place: str, form: str, echo: Echo, host_log: StringIO
) -> None:
    echo.sign_in = SIGN_IN[place]
    searched(echo, event(echo), host_log, SECRET, form)


@pytest.mark.parametrize("place", ["error", "form", "cut token"])
def test_an_assertion_that_the_sign_in_service_repeats_neither(place: str, echo: Echo, host_log: StringIO) -> None:
    Path("app.pfx").write_bytes(pfx(issue(), PASSWORD))
    echo.sign_in = SIGN_IN[place]
    settings = event(echo, clientCertificatePath="app.pfx", clientCertificatePassword=PASSWORD)
    for command in ("run", "check", "doctor"):
        done = CliRunner().invoke(main, [command, "--event", "-", "--log-level", "debug"], input=json.dumps(settings))
        assert shown(done.output, *echo.repeated) == []
    assert shown(hosted(settings) + host_log.getvalue(), *echo.repeated) == []
    assert echo.repeated[0].startswith("eyJ")


@pytest.mark.parametrize("token", [OPAQUE, JWT])
@pytest.mark.parametrize("command", ["check", "doctor"])
def test_the_other_commands_keep_them_too(command: str, token: str, echo: Echo, host_log: StringIO) -> None:
    echo.token, echo.graph = token, GRAPH["message of 401"]
    for settings in (event(echo), event(echo, accessToken=token)):
        done = CliRunner().invoke(main, [command, "--event", "-", "--log-level", "debug"], input=json.dumps(settings))
        assert shown(done.output, token, SECRET) == []
    assert shown(host_log.getvalue(), token, SECRET) == []


def test_a_name_that_is_the_token_is_neither_kept_nor_logged(echo: Echo, host_log: StringIO) -> None:
    echo.graph = lambda secret, url: reply(200, {"value": [{**USER, "displayName": secret}]})
    done = CliRunner().invoke(main, ["run", "--event", "-", "--log-level", "debug"], input=json.dumps(event(echo)))
    assert shown(done.output + host_log.getvalue() + left(Path(".integration")), OPAQUE) == []


def test_a_kind_of_object_that_is_the_token_is_not_told(echo: Echo, host_log: StringIO) -> None:
    echo.batch = True
    echo.graph = lambda secret, url: reply(200, {"value": [{"@odata.type": f"#{secret}\x1b[2J", "id": "x-1"}]})
    done = CliRunner().invoke(main, ["run", "--event", "-", "--log-level", "debug"], input=json.dumps(event(echo)))
    assert "#***" in Path(".integration/summary.json").read_text()
    CliRunner().invoke(main, ["report"])
    for told in (".integration/summary.json", ".integration/report.html"):
        assert shown(Path(told).read_text(), OPAQUE) == []
    assert shown(done.output + host_log.getvalue(), OPAQUE) == []


def test_what_a_driver_logs_of_a_server_s_words_is_clean(host_log: StringIO) -> None:
    sink = Neo4jSink("neo4j://127.0.0.1:9", {"NEO4J_PASSWORD": SECRET})
    with pytest.raises(OutputError, match="does not answer"):
        sink.check()
    logging.getLogger("neo4j").setLevel(logging.NOTSET)
    for name in ("neo4j", "neo4j.pool", "neo4j.io"):
        logging.getLogger(name).error("the server said: %s \x1b[2J", SECRET)
    assert "the server said: ***" in host_log.getvalue()
    assert shown(host_log.getvalue(), SECRET) == []
    assert "\x1b" not in host_log.getvalue()


def test_a_push_says_what_went_wrong_once(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "graph.db")) as store:
        store.begin("tenant")
        store.commit()
    arguments = ["-m", "integration", "push", "--out", str(tmp_path), "--to", "neo4j://127.0.0.1:9"]
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    assert done.stderr.startswith("error: neo4j://127.0.0.1:9/: the server does not answer")
    assert done.stderr.count("\n") == 1


def test_what_holds_secrets_shows_none_when_it_is_dumped(echo: Echo) -> None:
    password = "pass~word-of-a-database"
    to = (
        f"postgresql://me:{password}@db/graph",
        f"neo4j://me:{password[:4]}@{password[4:]}@db",
        f"x://d?password={password}",
    )
    config = from_event(event(echo, clientSecret=SECRET, accessToken=OPAQUE, to=list(to)))
    for dumped in (repr(config), str(config), repr(vars(config)), repr(Config(to=to)), f"{config}"):
        assert shown(dumped, SECRET, OPAQUE, password) == []
        assert password[4:] not in dumped
    assert config.to == to
    tokens = tokens_for(config)
    for held in (tokens, tokens_for(from_event(event(echo))), GraphClient(echo.url, tokens, None)):  # type: ignore[arg-type]
        assert shown(f"{held!r} {vars(held)}", SECRET, OPAQUE) == []
    with pytest.raises(TypeError):
        pickle.dumps(config)


def test_a_step_that_fails_with_a_secret_in_its_words_is_logged_without(host_log: StringIO) -> None:
    secret = Secret(SECRET)
    log = logging.getLogger("integration.steps.mine")
    from integration.text.discretion import logger

    logger("integration.steps.mine")
    try:
        raise ValueError(f"'Bearer {secret.reveal()}'")
    except ValueError:
        log.exception("it sent %s", secret.reveal(), extra={"sent": {"token": secret.reveal()}})
    assert shown(host_log.getvalue(), SECRET) == []
    assert "ValueError" in host_log.getvalue()


def test_the_search_finds_what_is_there(echo: Echo, host_log: StringIO, tmp_path: Path) -> None:
    logging.getLogger("of.the.host").warning("the token is %s", OPAQUE)
    (tmp_path / "left").mkdir()
    (tmp_path / "left" / "graph.db").write_bytes(b"\xff" + quote(SECRET, safe="").encode())
    for text in (host_log.getvalue(), told(ValueError(OPAQUE))):
        assert OPAQUE in shown(text, OPAQUE)
    assert quote(SECRET, safe="") in shown(left(tmp_path / "left"), SECRET)
    inner = ValueError(OPAQUE)
    outer = RuntimeError("no")
    outer.__context__, outer.__suppress_context__ = inner, True
    assert OPAQUE in shown(told(outer), OPAQUE)


@pytest.mark.parametrize("before", ["", "u", "me", f"{CLIENT}:", "a:", "ab:"])
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@pytest.mark.parametrize("as_it_is", [True, False], ids=["as it is", "in a URL"])
def test_a_secret_in_base64_is_hidden_wherever_it_stands(
    before: str, encode: Callable[[bytes], bytes], as_it_is: bool
) -> None:
    value = "\xff\xfe" + SECRET + ">>>???\xff\xbf"
    secret = Secret(value)
    for after in ("", "&", "&more"):
        for padding in ("=", ""):
            written = encode(f"{before}{value}{after}".encode()).decode().replace("=", padding)
            said = redacted(f"the header '{written if as_it_is else quote(written, safe='')}' is refused")
            assert "***" in said
            assert len(said) < 45 + 2 * len(before + after)
    assert secret.reveal() == value


def test_the_header_of_a_password_that_is_repeated_shows_nothing() -> None:
    secret = Secret("correct horse battery")
    said = redacted(f"Authorization: {b64encode(b'me:' + secret.reveal().encode()).decode()}")
    assert not [at for at in range(9) if b64encode(secret.reveal().encode()[at : at + 9]).decode()[:8] in said]
