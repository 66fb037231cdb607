"""Bad input: one clear message, the right exit code, nothing lost."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from integration.cli import main
from integration.config.variables import NAMES
from tests.simulator import Faults, Simulator, demo_tenant, synthetic_tenant
from tests.support import ROOT, distribution, write

TOKEN = "test-token"
MEMBERSHIPS = {"azure_user_assigned_group", "azure_user_group_has_user", "azure_user_group_has_group"}
STEP = '''from integration import Entity, entity_step


@entity_step("User", needs=[])
def acme_person(ctx):
    """A person."""
    yield Entity("1", displayName="One")
'''
SCHEMA = '{"properties": {"displayName": {"type": "string", "description": "Name."}}}'

Install = Callable[..., None]

Reasons = dict[str, tuple[str, str]]


def integration(*arguments: str, stdin: str | None = None, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin, env=environment, catch_exceptions=False)


def graph() -> list[list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(".integration/graph.db")) as database:
        statements = ("SELECT * FROM entities ORDER BY _key", "SELECT * FROM relationships ORDER BY _key")
        return [database.execute(statement).fetchall() for statement in statements]


def refused(code: int, *arguments: str, stdin: str | None = None, **environment: str) -> str:
    """Return the one message of a run that ends with ``code`` and leaves an earlier run's graph as it was."""
    assert integration("run", "--demo").exit_code == 0
    before = graph()
    ended = integration("run", *arguments, stdin=stdin, **environment)
    assert ended.exit_code == code, ended.output
    assert ended.stderr.startswith("error: ")
    assert ended.output.count("error: ") == 1
    assert graph() == before
    return ended.stderr


def summary() -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = json.loads(Path(".integration/summary.json").read_text())["integrationStepResults"]
    return steps


def read(simulator: Simulator, *arguments: str) -> tuple[int, Reasons]:
    """Read a tenant; return the exit code, and the verdict and its reason of each type that is not complete."""
    ended = integration("run", "--graph-url", simulator.url, *arguments, INTEGRATION_ACCESS_TOKEN=TOKEN)
    less = {step["id"]: (step["verdict"], step["reason"]) for step in summary() if step["verdict"] != "complete"}
    assert [reason for _, reason in less.values() if reason not in ended.stdout] == []
    return ended.exit_code, less


@contextmanager
def server(status: int, **headers: str) -> Iterator[tuple[str, list[str]]]:
    """Serve one answer to every request; gives the URL, and the requests with their tokens as they come."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.path} {self.headers['Authorization']}")
            self.send_response(status)
            for name, value in {**headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        thread = Thread(target=serving.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}", asked
        serving.shutdown()
        thread.join()


@pytest.fixture
def closed_port() -> int:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as serving:
        return serving.server_port


def test_all_missing_settings_are_named_at_once() -> None:
    message = refused(2)
    for setting in "clientId", "directoryId", "clientSecret":
        assert f"{setting} is missing" in message
        assert [name for name in NAMES[setting] if name not in message] == []


def test_who_has_set_nothing_yet_is_told_how_to_begin() -> None:
    begin = "integration run --demo shows a run that needs none"
    assert begin in refused(2)
    assert begin not in refused(2, AZURE_CLIENT_ID="client")
    assert begin not in refused(2, "--graph-url", "graph.contoso.example")


@pytest.mark.parametrize(
    ("name", "value", "parts"),
    [
        ("CLIENT_SECRET", "wrong", ("AADSTS7000215", "copy the secret's value, not its id")),
        ("CLIENT_ID", "nobody", ("AADSTS700016", "check the client id")),
        ("AZURE_TENANT_ID", "fabrikam.example", ("the tenant fabrikam.example", "check the directory (tenant) id")),
    ],
    ids=["wrong secret", "unknown application", "unknown tenant"],
)
def test_a_refused_sign_in_says_what_to_do(name: str, value: str, parts: tuple[str, ...]) -> None:
    with Simulator(demo_tenant(), tls=True) as simulator:
        right = {
            "CLIENT_ID": simulator.signin.client_id,
            "AZURE_TENANT_ID": simulator.signin.tenant_id,
            "CLIENT_SECRET": simulator.signin.client_secret,
            "REQUESTS_CA_BUNDLE": str(simulator.ca_file),
        }
        roots = ("--graph-url", simulator.url, "--authority", simulator.authority)
        message = refused(2, *roots, **{**right, name: value})
    assert [part for part in parts if part not in message] == []
    assert "wrong" not in message.replace("the client secret is wrong", "")


@pytest.mark.parametrize("signs_in", [True, False], ids=["issued", "given"])
def test_a_token_that_graph_refuses(signs_in: bool) -> None:
    with Simulator(demo_tenant(), tls=True, faults=Faults(expired_token_401=1000)) as simulator:
        signin = simulator.signin
        identity = {"clientId": signin.client_id, "directoryId": signin.tenant_id, "clientSecret": signin.client_secret}
        config = identity if signs_in else {"accessToken": TOKEN}
        event = {"instance": {"config": {**config, "graphUrl": simulator.url, "authority": simulator.authority}}}
        message = refused(2, "--event", "-", stdin=json.dumps(event), REQUESTS_CA_BUNDLE=str(simulator.ca_file))
    assert "Graph refused the " in message
    assert ("also a fresh one" if signs_in else "get a new one") in message


def test_hosts_that_do_not_answer(closed_port: int) -> None:
    graph_host, sign_in_host = f"http://127.0.0.1:{closed_port}", f"https://127.0.0.1:{closed_port}"
    message = refused(3, "--graph-url", graph_host, INTEGRATION_ACCESS_TOKEN=TOKEN)
    assert f"{graph_host} does not answer" in message
    identity = {"CLIENT_ID": "client", "DIRECTORY_ID": "contoso.example", "CLIENT_SECRET": "secret"}
    message = refused(3, "--authority", sign_in_host, **identity)
    assert f"sign-in service 127.0.0.1:{closed_port} did not answer" in message
    assert "check its address (authority), the proxy and the network" in message


def test_plain_http_is_for_this_machine_alone() -> None:
    urls = ("--graph-url", "http://contoso.example", "--authority", "http://127.0.0.1:1")
    message = refused(2, *urls, INTEGRATION_ACCESS_TOKEN=TOKEN)
    assert "graphUrl must begin with https://" in message
    assert "authority must begin with https://" in message


def test_an_unknown_type_says_the_nearest_one() -> None:
    for flag in ("--only", "--skip"):
        assert "azure_usr (did you mean azure_user?)" in refused(2, "--demo", flag, "azure_usr")
    assert integration("plan", "--only", "azure_usr").exit_code == 2


def test_a_broken_event_names_every_fault_and_no_value() -> None:
    config = {"clientId": "", "clientsecret": "s3cret", "clientSecret": 1717, "strict": "s3cret", "graphUrl": "s3cret"}
    event = {"instance": {"id": 1717, "config": config}, "s3cret": "s3cret", "more": 1}
    message = refused(2, "--event", "-", stdin=json.dumps(event).replace('"s3cret": ', '"other": '))
    for fault in (
        "the event: unknown: more, other", "instance.id: expected string", "config: unknown: clientsecret",
        "clientId: must not be empty", "clientSecret: expected string", "directoryId is missing",
        "strict: expected boolean", "graphUrl is not a URL",
    ):  # fmt: skip
        assert fault in message
    assert "s3cret" not in message
    assert "1717" not in message
    for text, fault in ("[]", "expected object"), ("{}", "missing: instance"), ('{"s3cret', "not JSON (line 1"):
        assert fault in refused(2, "--event", "-", stdin=text)


@pytest.mark.parametrize(
    ("path", "permission", "failed", "skipped"),
    [
        ("/organization", "Organization.Read.All", {"azure_account"},
         {"azure_account_has_group", "azure_account_has_user"}),
        ("/users", "User.Read.All", {"azure_user"},
         {"azure_account_has_user", "azure_user_assigned_group", "azure_user_group_has_user"}),
        ("/groups", "GroupMember.Read.All", {"azure_user_group"}, {"azure_account_has_group", *MEMBERSHIPS}),
        ("/groups/", "GroupMember.Read.All", MEMBERSHIPS, set()),
    ],
)  # fmt: skip
def test_a_forbidden_collection(path: str, permission: str, failed: set[str], skipped: set[str]) -> None:
    with Simulator(demo_tenant(), faults=Faults(forbidden={path: "Authorization_RequestDenied"})) as simulator:
        code, found = read(simulator)
    assert code == 1
    verdicts = {name: verdict for name, (verdict, _) in found.items()}
    assert verdicts == {**dict.fromkeys(failed, "failed"), **dict.fromkeys(skipped, "skipped")}
    assert [name for name, (_, reason) in found.items() if permission not in reason] == []


def test_a_record_that_its_schema_rejects() -> None:
    tenant = demo_tenant()
    key = next(iter(tenant.users))
    tenant.update(key, jobTitle=17)
    with Simulator(tenant) as simulator:
        code, found = read(simulator)
        strict_code, strict = read(simulator, "--strict")
    verdict, reason = found["azure_user"]
    assert (code, verdict) == (0, "partial")
    assert f'1 record rejected, such as azure_user {key}: jobTitle: expected type "string", found 17' in reason
    assert "azure_user_group" not in found
    assert (strict_code, strict["azure_user"][0]) == (1, "failed")
    assert f"{key}: jobTitle: expected" in strict["azure_user"][1]


def test_garbled_answers() -> None:
    with Simulator(demo_tenant(), faults=Faults(malformed=1000)) as simulator:
        code, found = read(simulator, "--only", "azure_user")
    assert (code, found["azure_user"][0]) == (1, "failed")
    assert found["azure_user"][1].startswith("/users: the answer is not a JSON object")


def test_a_next_link_to_another_host_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with server(200) as (elsewhere, asked), monkeypatch.context() as patch:
        patch.setattr("tests.simulator.paging.FOREIGN_ORIGIN", elsewhere)
        with Simulator(demo_tenant(), page_size=5, faults=Faults(foreign_next_link=1000)) as simulator:
            code, found = read(simulator)
    assert asked == []
    assert (code, found["azure_user"][0]) == (1, "failed")
    assert f"a link leads to another host, {urlsplit(elsewhere).netloc}: not followed" in found["azure_user"][1]


def test_a_redirect_is_not_followed() -> None:
    with server(200) as (elsewhere, asked), server(302, Location=f"{elsewhere}/v1.0/users") as (url, redirected):
        ended = integration("run", "--graph-url", url, "--only", "azure_user", INTEGRATION_ACCESS_TOKEN=TOKEN)
    assert redirected
    assert asked == []
    assert ended.exit_code == 1
    assert "HTTP 302" in ended.stdout


def test_a_repeated_next_link() -> None:
    tenant = synthetic_tenant(users=300, groups=3, memberships=10, seed=7)
    with Simulator(tenant, page_size=50, faults=Faults(repeated_next_link=1000)) as simulator:
        code, found = read(simulator)
    verdict, reason = found["azure_user"]
    assert (code, verdict) == (1, "failed")
    assert "a next link leads back to a page that was read already" in reason
    assert "127.0.0.1" not in reason
    assert "azure_user_group" not in found


def test_graph_goes_down_in_the_middle() -> None:
    tenant = synthetic_tenant(users=300, groups=30, memberships=300, seed=7)
    with Simulator(tenant, page_size=50) as simulator:
        assert read(simulator) == (0, {})
    before = graph()
    port = urlsplit(simulator.url).port or 0
    with Simulator(tenant, page_size=50, port=port, faults=Faults(reset=100_000, after=2)) as simulator:
        code, found = read(simulator)
        assert simulator.injector.fired["reset"]
    assert code == 1
    assert "failed" in {verdict for verdict, _ in found.values()}
    assert graph() == before


def test_a_folder_that_cannot_be_used() -> None:
    Path("file").write_text("kept")
    assert "file/graph: cannot be made" in refused(3, "--demo", "--out", "file/graph")
    assert "file/graph/entities: cannot be made" in refused(3, "--demo", "--to", "files:file/graph")
    assert Path("file").read_text() == "kept"
    Path("other").mkdir()
    Path("other/graph.db").write_text("a letter of somebody's")
    assert "other/graph.db: not usable as a graph" in refused(3, "--demo", "--out", "other")
    assert Path("other/graph.db").read_text() == "a letter of somebody's"
    assert "no installed plugin knows the destination nowhere" in refused(2, "--demo", "--to", "nowhere:graph")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_not_writable() -> None:
    Path("locked").mkdir(mode=0o500)
    assert "locked: not writable; choose another folder" in refused(3, "--demo", "--out", "locked")


def test_a_folder_that_another_run_is_using() -> None:
    with Simulator(demo_tenant(), latency=0.2) as simulator:
        command = [sys.executable, "-m", "integration", "run", "--graph-url", simulator.url, "--out", "shared"]
        environment = {**os.environ, "INTEGRATION_ACCESS_TOKEN": TOKEN}
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet) as slow:
            while not simulator.stats.requests:
                assert slow.poll() is None
                time.sleep(0.01)
            message = refused(3, "--demo", "--out", "shared")
    assert "shared: another run is using it" in message
    assert slow.returncode == 0


@pytest.mark.parametrize("text", ["interactions: [", "- interactions", "interactions: [1]", "version: 1"])
def test_a_broken_cassette(text: str) -> None:
    Path("cassettes").mkdir()
    Path("cassettes/azure_user.yaml").write_text(text)
    assert "cassettes/azure_user.yaml: not a cassette" in refused(2, "--replay", "cassettes")


def test_cassettes_that_lack_something() -> None:
    for folder in ("empty", "other"):
        Path(folder).mkdir()
    assert "empty: no cassettes there" in refused(2, "--replay", "empty")
    assert "choose one of --demo and --replay" in refused(2, "--demo", "--replay", "empty")
    shutil.copy(ROOT / "tests" / "cassettes" / "entra" / "account.yaml", "other")
    ended = integration("run", "--replay", "other", "--only", "azure_user", "--only", "azure_account")
    assert ended.exit_code == 1
    assert "account.yaml: GET /v1.0/users is not there" in ended.stdout
    assert "is not there: record the cassette again" in ended.stdout
    verdicts = {step["id"]: step["verdict"] for step in summary()}
    assert verdicts == {"azure_account": "complete", "azure_user": "failed"}


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Put a package that declares one type where Python finds it, as pip would; gone after the test."""

    def put(package: str, name: str, right: str = "", wrong: str = "") -> None:
        step = STEP.replace("acme_person", name).replace(right, wrong)
        write(tmp_path / package, {f"{name}.py": step, f"{name}.json": SCHEMA})
        distribution(tmp_path, package, {name: f"{package}.{name}:{name}"})
        monkeypatch.syspath_prepend(tmp_path)

    yield put
    for module in [module for module in sys.modules if module.startswith("acme")]:
        del sys.modules[module]


def wrongly_declared() -> str:
    """Return the one message with which every command refuses to work."""
    planned, ran = integration("plan"), integration("run", INTEGRATION_ACCESS_TOKEN=TOKEN)
    assert (planned.exit_code, ran.exit_code) == (2, 2)
    assert planned.output == ran.output == planned.stderr
    assert planned.stderr.startswith("error: ")
    assert not Path(".integration").exists()
    return planned.stderr


def test_a_package_without_faults(install: Install) -> None:
    install("acme", "acme_person")
    assert "acme_person" in integration("plan").stdout


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("yield Entity", "yeild Entity", "acme_person.py, line 7)"),
        ("def acme", "def the_acme", "acme.acme_person:acme_person: AttributeError"),
        ("needs=[]", "needs=['azure_usr']", "acme_person needs azure_usr, which no step declares (did you mean azure"),
    ],
    ids=["syntax", "name", "need"],
)
def test_a_package_with_a_broken_step(right: str, wrong: str, fault: str, install: Install) -> None:
    install("acme", "acme_person", right, wrong)
    assert fault in wrongly_declared()


@pytest.mark.parametrize(
    ("path", "right", "wrong", "fault"),
    [
        ("steps/entra/user.py", "yield Entity(", "yield Entity((", "it cannot be imported: SyntaxError"),
        ("schemas/entra/azure_user.json", "{", "", "not JSON"),
    ],
    ids=["step", "schema"],
)
def test_a_broken_file_of_this_project(path: str, right: str, wrong: str, fault: str) -> None:
    for folder in ("steps", "schemas"):
        shutil.copytree(ROOT / folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
    Path(path).write_text(Path(path).read_text().replace(right, wrong, 1))
    command = [sys.executable, "-m", "integration", "plan"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"error: {Path(path).resolve()}: {fault}")
    assert ended.stderr.count("\n") == 1


def test_one_type_of_two_packages(install: Install) -> None:
    install("acme-one", "acme_person")
    install("acme-two", "acme_person")
    message = wrongly_declared()
    for part in "acme-one", "acme-two", "both declare acme_person: uninstall one of them":
        assert part in message


def test_a_type_that_is_there_already(install: Install) -> None:
    install("acme", "azure_user")
    message = wrongly_declared()
    for part in "acme/azure_user.py", "steps/entra/user.py", "declared twice", "rename or uninstall":
        assert part in message


def test_types_that_need_each_other(install: Install) -> None:
    install("acme", "acme_person", "needs=[]", "needs=['acme_dog']")
    install("acme_too", "acme_dog", "needs=[]", "needs=['acme_person']")
    paths = ("acme_dog → acme_person → acme_dog", "acme_person → acme_dog → acme_person")
    message = wrongly_declared()
    assert any(f"these types need each other: {path}; remove one" in message for path in paths)
