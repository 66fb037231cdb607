"""Many tenants on this machine, with real processes of Dask: one command, and a folder for each tenant."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from integration import handle, load
from tests.fleet.fleets import VARIABLE, fleet, records, started, tenants_file, told, workers_of
from tests.simulator.many import ManyTenants, small_tenants, tenant_id
from tests.simulator.signin import CLIENT_ID, CLIENT_SECRET
from tests.sinks.postgresql import query
from tests.support import distribution, write

FEW = ("--workers", "2", "--threads", "4")
ONE = ("--workers", "1", "--threads", "8")
POISON = """
import os
from integration import entity_step
from integration.text.whose import tenant_at_work

@entity_step("User", needs=["azure_account"])
def azure_poison(ctx):
    '''Ends the process that reads one of the tenants.'''
    if tenant_at_work() == "t2":
        os._exit(1)
    return iter(())
"""


@pytest.fixture
def simulator() -> Iterator[ManyTenants]:
    with ManyTenants(small_tenants(8), tls=True) as simulator:
        yield simulator


def test_tenants_are_read_side_by_side_and_what_became_of_each_is_told(
    simulator: ManyTenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tenants_file(Path("tenants.jsonl"), simulator, 8, to=["files:export/{tenant}"])
    broken = {"name": "broken", "directoryId": tenant_id(7), "clientSecret": {"env": "NOT_SET"}}
    lines = file.read_text().splitlines()[:-1]
    file.write_text("\n".join([*lines, json.dumps(broken)]))
    simulator.remove(tenant_id(6))
    out, err = fleet(simulator, "run", str(file), "--state", "state", *FEW, code=1)
    found = told("state")
    assert {name: each["word"] for name, each in found.items()} == {
        **{f"t{number}": "ok" for number in range(6)}, "t6": "gone", "broken": "denied",
    }  # fmt: skip
    assert found["t6"]["codes"] == [90002]
    assert "broken: denied, clientSecret: the variable NOT_SET is not set where the tenant is read" in out
    assert out.endswith("8 tenants: 1 denied, 1 gone, 6 ok.\n")
    assert "t0: ok" in err
    assert {path.parts[1] for path in Path("export").rglob("*.jsonl")} == {f"t{number}" for number in range(6)}

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(simulator.ca_file))
    config = {
        "clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET, "directoryId": tenant_id(3), "graphUrl": simulator.url,
        "authority": simulator.url, "only": ["azure_user_group_has_user"],
    }  # fmt: skip
    handle({"instance": {"config": config}}, out="alone", manager=load())
    assert records(Path("alone")) == records(Path("state/t3"))

    assert fleet(simulator, "status", "--state", "state")[0].splitlines()[-1] == out.splitlines()[-1]
    fleet(simulator, "pull", "t3", "copy", "--state", "state")
    assert records(Path("copy")) == records(Path("alone"))
    fleet(simulator, "forget", "t3", "--state", "state")
    assert not Path("state/t3").exists()
    assert "t3" not in told("state")
    for unread in ("t6", "broken"):
        _, err = fleet(simulator, "pull", unread, "unread", "--state", "state", code=3)
        assert f"no graph of the tenant {unread}: " in err or f"nothing is kept of a tenant {unread}" in err
    assert not Path("unread").exists()
    assert "nothing is kept of a tenant t3" in fleet(simulator, "pull", "t3", "again", "--state", "state", code=3)[1]

    said = [out, err, *(path.read_bytes().decode(errors="replace") for path in Path().rglob("*") if path.is_file())]
    assert not any(CLIENT_SECRET in text for text in said)


def test_without_the_extra_it_is_said_how_to_install_it(simulator: ManyTenants) -> None:
    missing = {f"{name}.py": "raise ImportError" for name in ("dask", "distributed", "obstore", "zstandard")}
    path = os.pathsep.join([str(write(Path("missing"), missing).absolute()), os.environ["PYTHONPATH"]])
    file = tenants_file(Path("tenants.jsonl"), simulator, 1)
    for arguments in (("run", str(file)), ("check", str(file)), ("status", "--state", "s3://bucket/state")):
        _, err = fleet(simulator, *arguments, code=2, PYTHONPATH=path)
        assert "pip install 'integration-microsoft-entra[fleet]'" in err
        assert "Traceback" not in err


def test_a_refused_credential_is_not_tried_in_all_tenants(simulator: ManyTenants) -> None:
    file = tenants_file(Path("tenants.jsonl"), simulator, 8)
    wrong = {VARIABLE: "not-the-simulated-secret"}
    fleet(simulator, "run", str(file), "--state", "state", *ONE, code=2, **wrong)
    reasons = [each["reason"] for each in told("state").values() if each["word"] == "denied"]
    assert sum(each.startswith("not asked: its credential was refused in 5 tenants in a row") for each in reasons) == 3
    assert (len(reasons), sum(simulator.sign_ins(tenant_id(number)) for number in range(8))) == (8, 5)
    out, _ = fleet(simulator, "check", str(file), *ONE, code=2, **wrong)
    assert out.count("denied, sign-in refused: invalid_client (AADSTS7000215)") == 5
    assert out.count("not asked: its credential was refused in 5 tenants in a row") == 3
    assert sum(simulator.sign_ins(tenant_id(number)) for number in range(8)) == 5 + 5
    out, _ = fleet(simulator, "check", str(file), *ONE, "--only-tenants", "t[0-3]", "--json")
    assert {name: each["word"] for name, each in json.loads(out).items()} == {f"t{n}": "ok" for n in range(4)}


def test_a_run_that_is_stopped_goes_on_by_its_id() -> None:
    with ManyTenants(small_tenants(8), tls=True, latency=0.2) as simulator:
        file = tenants_file(Path("tenants.jsonl"), simulator, 8)
        process = started(simulator, "run", str(file), "--state", "state", "--workers", "1", "--threads", "2")
        assert process.stderr
        first = process.stderr.readline()
        run_id = first.split()[1]
        while ": ok" not in process.stderr.readline():
            pass
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=200)
        assert process.returncode == 3, err
        assert "Traceback" not in err
        words = {name: each["word"] for name, each in told("state").items()}
        assert "left" in words.values()
        done = {name for name, word in words.items() if word == "ok"}
        before = {name: simulator.sign_ins(tenant_id(int(name[1:]))) for name in done}
        out, err = fleet(simulator, "run", str(file), "--state", "state", *ONE, "--run-id", run_id)
        assert out.endswith("8 tenants: 8 ok.\n")
        assert err.count("done before by this run") == len(done)
        assert before == {name: simulator.sign_ins(tenant_id(int(name[1:]))) for name in done}


def test_a_killed_worker_costs_no_tenant() -> None:
    with ManyTenants(small_tenants(8), tls=True, latency=0.1) as simulator:
        file = tenants_file(Path("tenants.jsonl"), simulator, 8)
        process = started(simulator, "run", str(file), "--state", "state", "--workers", "2", "--threads", "2")
        assert process.stderr
        while ": ok" not in process.stderr.readline():
            pass
        os.kill(workers_of(process.pid)[0], signal.SIGKILL)
        out, err = process.communicate(timeout=200)
        assert process.returncode == 0, err
        assert out.endswith("8 tenants: 8 ok.\n")
        assert sum(simulator.sign_ins(tenant_id(number)) for number in range(8)) <= 8 + 2


@pytest.mark.parametrize("patience", ["15s", "1ms"])
def test_a_tenant_that_ends_the_process_is_lost_alone(simulator: ManyTenants, patience: str) -> None:
    """Also where workers that died take longer to be there again than Dask would wait, as on a busy machine."""
    package = Path("package")
    schema = {"description": "Poison.", "properties": {}}
    write(package, {"azure_poison.py": POISON, "azure_poison.json": json.dumps(schema)})
    distribution(package, "poison", {"azure_poison": "azure_poison:azure_poison"})
    file = tenants_file(Path("tenants.jsonl"), simulator, 4, only=["entra.user", "azure_poison"])
    path = os.pathsep.join([str(package.absolute()), os.environ["PYTHONPATH"]])
    out, err = fleet(
        simulator, "run", str(file), "--state", "state", "--workers", "2", "--threads", "2", code=1, PYTHONPATH=path,
        DASK_DISTRIBUTED__DEPLOY__LOST_WORKER_TIMEOUT=patience,
    )  # fmt: skip
    assert out.endswith("4 tenants: 1 lost, 3 ok.\n"), err
    assert told("state")["t2"]["word"] == "lost"


def test_many_tenants_go_into_one_database_which_says_who_is_who(postgresql_url: str) -> None:
    parts = urlsplit(postgresql_url)
    url = parts._replace(netloc=f"{parts.username}@{parts.hostname}:{parts.port}").geturl()
    with ManyTenants(small_tenants(20), tls=True) as simulator:
        file = tenants_file(Path("tenants.jsonl"), simulator, 20, to=[url])
        password = unquote(parts.password or "")
        out, err = fleet(simulator, "run", str(file), "--state", "state", *FEW, PGPASSWORD=password)
        assert out.endswith("20 tenants: 20 ok.\n"), err
        assert password not in out + err
        users = sum(len(simulator.one(tenant_id(number)).tenant.users) for number in range(20))
    assert query(postgresql_url, "SELECT count(*), count(DISTINCT tenant) FROM integration.tenants") == [(20, 20)]
    found = query(postgresql_url, "SELECT count(*), count(DISTINCT _scope) FROM integration.azure_user")
    assert found == [(users, 20)]


def test_a_tenant_that_takes_too_long_is_stopped() -> None:
    with ManyTenants(small_tenants(1), tls=True, latency=3.0) as simulator:
        file = tenants_file(Path("tenants.jsonl"), simulator, 1)
        arguments = ("run", str(file), "--state", "state", "--workers", "1", "--tenant-timeout", "2")
        out, _ = fleet(simulator, *arguments, code=1)
        assert "t0: stopped" in out
        assert "it took longer than 2 seconds" in out
