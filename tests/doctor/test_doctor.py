"""``integration doctor``: what it finds wrong with settings, network, clock, sign-in, disk and versions."""

import json
import os
import time
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner, Result
from filelock import FileLock

from integration.cli import main
from integration.doctor import doctor as module
from tests.simulator import Faults, Simulator, demo_tenant
from tests.support import python, write

ALL = ("GroupMember.Read.All", "Organization.Read.All", "Policy.Read.All", "User.Read.All")
SECRET = "secret-that-nobody-may-see"
CHECKS = [
    "versions",
    "disk",
    "settings",
    "types",
    "Microsoft Graph",
    "sign-in service",
    "clock",
    "sign-in",
    "permissions",
]


@pytest.fixture(scope="module")
def tenant() -> Iterator[Simulator]:
    with Simulator(demo_tenant(), tls=True, roles=ALL, client_secret=SECRET) as tenant:
        yield tenant


def variables(tenant: Simulator, **others: str) -> dict[str, str]:
    return {
        "REQUESTS_CA_BUNDLE": str(tenant.ca_file),
        "AZURE_CLIENT_ID": tenant.signin.client_id,
        "AZURE_TENANT_ID": tenant.signin.tenant_id,
        "AZURE_CLIENT_SECRET": SECRET,
        "INTEGRATION_GRAPH_URL": tenant.url,
        "INTEGRATION_AUTHORITY": tenant.authority,
        **others,
    }


def run(*arguments: str, stdin: str | None = None, **environment: str) -> Result:
    done = CliRunner().invoke(main, ["doctor", *arguments], input=stdin, env=environment, catch_exceptions=False)
    assert SECRET not in done.output
    return done


def found(*arguments: str, stdin: str | None = None, **environment: str) -> dict[str, dict[str, str]]:
    """Return each check by its name, having held the answer to what every answer must keep."""
    done = run("--json", *arguments, stdin=stdin, **environment)
    answer = json.loads(done.stdout)
    checks = {check["check"]: check for check in answer["checks"]}
    assert len(checks) == len(answer["checks"])
    assert answer["ok"] == (done.exit_code == 0) == all(check["state"] != "problem" for check in checks.values())
    assert all(bool(check["remedy"]) == (check["state"] != "ok") for check in checks.values())
    return checks


def test_a_line_for_each_check_and_0_where_all_is_well(tenant: Simulator) -> None:
    done = run(**variables(tenant))
    assert (done.exit_code, done.stderr) == (0, "")
    lines = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    assert [state for state, _ in lines] == ["ok"] * len(CHECKS)
    assert [line.partition(":")[0] for _, line in lines] == CHECKS
    assert list(found(**variables(tenant))) == CHECKS
    assert not Path(".integration").exists()


def test_it_reads_nothing_but_the_organizations_id(tenant: Simulator) -> None:
    tenant.reset()
    run(**variables(tenant))
    asked = [request.path for request in tenant.requests if request.path.startswith("/v1.0")]
    assert asked == ["/v1.0/", "/v1.0/organization?$select=id"]


def test_settings_are_named_with_their_source_and_without_values(tenant: Simulator) -> None:
    given = variables(tenant, INTEGRATION_GRAPHURL="typo")
    Path(".env").write_text(f"AZURE_CLIENT_SECRET={given.pop('AZURE_CLIENT_SECRET')}\nAZURE_CLIENT_ID=other\n")
    settings = found("--authority", given.pop("INTEGRATION_AUTHORITY"), **given)["settings"]
    assert "clientId from AZURE_CLIENT_ID," in settings["found"]
    assert "clientSecret from AZURE_CLIENT_SECRET in .env" in settings["found"]
    assert "authority from a flag" in settings["found"]
    assert tenant.signin.client_id not in json.dumps(settings)
    assert settings["state"] == "warning"
    assert "INTEGRATION_GRAPHURL (did you mean INTEGRATION_GRAPH_URL?)" in settings["remedy"]


def test_a_variable_that_is_not_known_is_told_once_also_beside_what_is_wrong(tenant: Simulator) -> None:
    slip = {"INTEGRATION_GRAPHURL": "typo"}
    wrong = {**variables(tenant), "INTEGRATION_IN_FLIGHT": "many"}
    for given in (variables(tenant), wrong):
        done = CliRunner().invoke(main, ["doctor"], env={**given, **slip})
        assert " ".join(done.output.split()).count("INTEGRATION_GRAPHURL (did you mean INTEGRATION_GRAPH_URL?)") == 1
        assert done.output.count("INTEGRATION_GRAPHURL") == 1


def test_a_name_in_the_file_that_is_not_known_is_told_as_one_in_the_environment(tenant: Simulator) -> None:
    Path(".env").write_text("INTEGRATION_IN_FLIHGT=4\nANOTHER_PROGRAM=1\n")
    settings = found(**variables(tenant))["settings"]
    assert settings["state"] == "warning"
    assert settings["remedy"].endswith("have no effect: INTEGRATION_IN_FLIHGT (did you mean INTEGRATION_IN_FLIGHT?)")


def test_missing_settings_are_a_problem_and_the_network_is_left_alone() -> None:
    checks = found()
    assert checks["settings"]["state"] == "problem"
    assert "AZURE_CLIENT_ID" in checks["settings"]["remedy"]
    assert list(checks)[-1] == "network"
    assert run("--event", "-", stdin="{").exit_code == 1
    assert "INTEGRATION_LOG_LEVEL" in found(INTEGRATION_LOG_LEVEL="loud")["settings"]["remedy"]


def test_an_event_is_looked_at_too(tenant: Simulator) -> None:
    config = {"accessToken": tenant.signin.issue(), "graphUrl": tenant.url}
    event = json.dumps({"instance": {"config": config}})
    checks = found("--event", "-", stdin=event, REQUESTS_CA_BUNDLE=str(tenant.ca_file))
    assert checks["settings"]["found"] == "accessToken from the event, graphUrl from the event"
    assert checks["permissions"]["state"] == "ok"
    assert "sign-in service" not in checks


def test_a_refused_sign_in_names_what_to_do(tenant: Simulator) -> None:
    checks = found(**variables(tenant, AZURE_CLIENT_SECRET="wr0ng"))
    assert checks["sign-in"]["state"] == "problem"
    assert "AADSTS7000215" in checks["sign-in"]["found"]
    assert "wr0ng" not in json.dumps(checks)
    assert "permissions" not in checks
    refused = found(**variables(tenant, INTEGRATION_ACCESS_TOKEN="opaque"))["sign-in"]
    assert refused["state"] == "problem"
    assert "expired" in refused["found"]


def test_missing_permissions_are_named_and_the_types_that_fall_away_counted() -> None:
    with Simulator(
        demo_tenant(), tls=True, client_secret=SECRET, roles=("User.Read.All", "Policy.Read.All")
    ) as lacking:
        checks = found(**variables(lacking))
        chosen = found("--only", "azure_user", **variables(lacking))
    assert checks["sign-in"]["state"] == "ok"
    assert checks["permissions"]["state"] == "problem"
    assert checks["permissions"]["found"] == (
        "missing GroupMember.Read.All and Organization.Read.All: 7 of 8 types fall away, which integration check tells"
    )
    assert "grant GroupMember.Read.All, Organization.Read.All;" in checks["permissions"]["remedy"]
    assert "adminconsent" in checks["permissions"]["remedy"]
    assert chosen["permissions"]["state"] == "ok"


def test_an_unknown_type_is_a_problem(tenant: Simulator) -> None:
    checks = found("--only", "azure_usr", **variables(tenant))
    assert (checks["types"]["state"], "azure_user" in checks["types"]["found"]) == ("problem", True)
    assert checks["sign-in"]["state"] == "ok"


@pytest.mark.parametrize(
    ("others", "name", "phrases"),
    [
        ({"INTEGRATION_GRAPH_URL": "http://127.0.0.1:9"}, "Microsoft Graph", ["127.0.0.1:9", "no connection"]),
        ({"INTEGRATION_AUTHORITY": "https://127.0.0.1:9"}, "sign-in service", ["127.0.0.1:9", "no connection"]),
        ({"REQUESTS_CA_BUNDLE": ""}, "Microsoft Graph", ["certificate is not trusted", "REQUESTS_CA_BUNDLE"]),
        ({"HTTPS_PROXY": f"http://me:{SECRET}@127.0.0.1:9"}, "Microsoft Graph", ["the proxy 127.0.0.1:9", "NO_PROXY"]),
    ],
)  # fmt: skip
def test_what_is_in_the_way_is_named(tenant: Simulator, others: dict[str, str], name: str, phrases: list[str]) -> None:
    check = found(**variables(tenant, **others))[name]
    assert check["state"] == "problem"
    assert [phrase for phrase in phrases if phrase not in check["found"] + check["remedy"]] == []


def test_a_service_that_fails_at_present_is_told() -> None:
    with Simulator(demo_tenant(), tls=True, client_secret=SECRET, faults=Faults(status_500=1000)) as broken:
        checks = found(**variables(broken))
    assert checks["sign-in"]["state"] == "warning"
    assert "500" in checks["sign-in"]["found"]


@pytest.mark.parametrize(
    ("ahead", "state"), [(0, "ok"), (120, "warning"), (-290, "warning"), (400, "problem"), (-400, "problem")]
)
def test_a_wrong_clock_is_told_in_seconds(ahead: int, state: str) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b'{"value": []}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def date_time_string(self, timestamp: float | None = None) -> str:
            return formatdate(time.time() - ahead, usegmt=True)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        clock = found(INTEGRATION_ACCESS_TOKEN="opaque", INTEGRATION_GRAPH_URL=url)["clock"]
        server.shutdown()
    assert clock["state"] == state
    assert abs(int(clock["found"].split()[0]) - abs(ahead)) <= 2
    assert ahead == 0 or ("ahead" if ahead > 0 else "behind") in clock["found"]


def test_the_folder_of_the_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("--out", "new/folder")["disk"]["state"] == "ok"
    assert not Path("new").exists()
    Path("file").touch()
    for out in ("file/below", "/proc/integration"):
        assert "cannot be written" in found("--out", out)["disk"]["found"]
    Path("held").mkdir()
    with FileLock("held/.lock"):
        held = found("--out", "held")["disk"]
    assert (held["state"], "another run" in held["found"]) == ("warning", True)
    assert found("--out", "held")["disk"]["state"] == "ok"
    monkeypatch.setattr(module, "_NEEDED", 10**18)
    full = found("--out", "held")["disk"]
    assert (full["state"], "make room" in full["remedy"]) == ("problem", True)


def test_a_dependency_that_is_missing_or_too_old(tmp_path: Path) -> None:
    metadata = (
        f"Metadata-Version: 2.1\nName: {module.PACKAGE}\nVersion: 9.9\nRequires-Dist: click>=99\n"
        "Requires-Dist: not-there-at-all\nRequires-Dist: extra-only; extra == 'more'\nRequires-Dist: rich>=1\n"
    )
    write(tmp_path, {f"{module.PACKAGE.replace('-', '_')}-9.9.dist-info/METADATA": metadata})
    shown = python("-c", "from pathlib import Path; from integration.doctor.doctor import examine_machine\n"
                   "print(next(examine_machine(Path('out'))))", path=tmp_path)  # fmt: skip
    for phrase in ("state='problem'", "click is ", "not >=99", "not-there-at-all is missing", " 9.9,"):
        assert phrase in shown
    assert "rich" not in shown
    assert "extra-only" not in shown


def test_help_says_what_it_looks_at() -> None:
    assert os.environ.get("AZURE_CLIENT_SECRET") is None
    shown = CliRunner().invoke(main, ["doctor", "--help"]).stdout
    assert all(word in shown for word in ("versions", "disk", "settings", "clock", "permissions", "Exits with 1"))
