"""What the README says is so: its commands and programs are run, with a simulated tenant in place of a real one."""

import ast
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from integration import declared_steps, load, plan
from integration.cli import main
from integration.testing import replay
from tests.simulator import Simulator, demo_tenant
from tests.simulator.many import ManyTenants, small_tenants, tenant_id
from tests.simulator.signin import CLIENT_ID, CLIENT_SECRET
from tests.support import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAMS = {
    "query": "sqlite3.connect",
    "step": "@entity_step",
    "test": "check_step(",
    "host": "manager = load()",
    "event": "report = handle(",
}
"""A phrase of each Python block by what the block shows."""
OF_ENTRA = {step.name for step in plan(load()).steps if not step.module.startswith("azure.")}
DEVICE = {"type": "string", "description": "A property of the device."}
COPIED = {"id": "id", "name": "displayName", "operatingSystem": "operatingSystem"}
WANTED = ["category", "make", "model", "serial", "deviceId", "lastSeenOn"]
SCHEMA = {
    "required": WANTED,
    "properties": {
        **{name: {**DEVICE, "x-from": path} for name, path in COPIED.items()},
        **{name: {**DEVICE, "type": ["string", "null"]} for name in WANTED},
    },
}
"""As JupiterOne's class Device wants it."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def program(name: str) -> str:
    (found,) = [block for block in blocks("python") if PROGRAMS[name] in block]
    return str(found)


def commands() -> list[str]:
    """Return every command of the console blocks, without comments; what stands behind ``or:`` is one too."""
    lines = [line for block in blocks("console") for line in re.sub(r"# +or: ", "\n", block).splitlines()]
    return [command for line in lines if (command := line.partition("#")[0].strip())]


def inline_commands() -> list[str]:
    """Return every command that stands in the text."""
    return sorted(set(re.findall(r"`(integration [^`]+)`", README)))


def shell(command: str, **environment: str) -> str:
    """Run a command as a shell does that finds this environment's programs first; return its output."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, **environment}
    ended = subprocess.run(["bash", "-euc", command], env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def python(code: str, **environment: str) -> str:
    Path("program.py").write_text(code, encoding="utf-8")
    return shell("python program.py", **environment)


@pytest.fixture(scope="module")
def tenant() -> Iterator[Simulator]:
    with Simulator(demo_tenant(), tls=True) as simulator:
        yield simulator


@pytest.fixture
def environment(tenant: Simulator) -> dict[str, str]:
    return {
        "REQUESTS_CA_BUNDLE": str(tenant.ca_file),
        "INTEGRATION_GRAPH_URL": tenant.url,
        "INTEGRATION_AUTHORITY": tenant.authority,
    }


def filled(text: str, tenant: Simulator) -> str:
    """Put the simulated tenant's own values in place of the README's dots."""
    values = {
        ("AZURE_CLIENT_ID=", '"clientId": "'): tenant.signin.client_id,
        ("AZURE_TENANT_ID=", '"directoryId": "'): tenant.signin.tenant_id,
        ("AZURE_CLIENT_SECRET=", '"clientSecret": "'): tenant.signin.client_secret,
        ('"INTEGRATION_ACCESS_TOKEN": "',): f'{tenant.token}", "INTEGRATION_GRAPH_URL": "{tenant.url}',
    }
    for names, value in values.items():
        for name in names:
            text = text.replace(f"{name}…", f"{name}{value}")
    return text.replace('"config": {', f'"config": {{"graphUrl": "{tenant.url}", "authority": "{tenant.authority}", ')


def test_every_python_block_is_one_of_those_that_are_run() -> None:
    shown = [[name for name, phrase in PROGRAMS.items() if phrase in block] for block in blocks("python")]
    assert sorted(shown) == sorted([name] for name in PROGRAMS)


def test_the_targets_of_make_are_there() -> None:
    targets = {command.split()[1] for command in commands() if command.startswith("make ")}
    assert targets == {"run", "test"}
    makefile = (ROOT / "Makefile").read_text()
    assert {target for target in targets if re.search(rf"^{target}:", makefile, re.MULTILINE)} == targets


@pytest.mark.every_area
def test_the_commands_read_a_tenant(tenant: Simulator, environment: dict[str, str]) -> None:
    (event,) = re.findall(r"handle\((.*)\)", filled(program("event"), tenant), re.DOTALL)
    Path("event.json").write_text(json.dumps(json.loads(event)))
    lines = [
        filled(command, tenant)
        for command in commands()
        if not command.startswith(("make ", "integration record ", "integration fleet "))
    ]
    questions = [line for line in lines if line.startswith("integration query")]
    lines = [line for line in lines if line not in questions]
    verbs = ("doctor", "check", "run", "run")
    assert [line.split()[:2] for line in lines[1:]] == [["integration", verb] for verb in verbs]
    assert lines[0].startswith("export ")
    for line in lines[1:3]:
        assert "granted" in shell(f"{lines[0]}\n{line}", **environment)
    for line in lines[3:]:
        output = shell(f"{lines[0]}\n{line}", **environment)
        assert output.count(" complete ") == len(OF_ENTRA)
    assert len(questions) == 5
    assert all(len(shell(question).splitlines()) > 2 for question in questions)


def test_the_commands_read_many_tenants() -> None:
    (file,) = [block for block in blocks("toml") if "[[tenant]]" in block]
    with ManyTenants(small_tenants(1), tls=True) as simulator:
        where = f'graphUrl = "{simulator.url}"\nauthority = "{simulator.url}"\nonly = ["azure_user"]\n'
        file = file.replace('clientId = "…"', f'clientId = "{CLIENT_ID}"\n{where}')
        Path("tenants.toml").write_text(file.replace('directoryId = "…"', f'directoryId = "{tenant_id(0)}"'))
        settings = {"REQUESTS_CA_BUNDLE": str(simulator.ca_file), "FLEET_SECRET": CLIENT_SECRET}
        lines = [command for command in commands() if command.startswith("integration fleet ")]
        assert [line.split()[2] for line in lines] == ["check", "run", "status"]
        assert [shell(line, **settings) for line in lines] == ["contoso: ok\n", *["1 tenant: 1 ok.\n"] * 2]


@pytest.mark.parametrize("command", inline_commands())
def test_a_command_of_the_text(command: str, tenant: Simulator, environment: dict[str, str]) -> None:
    settings = {} if "--demo" in command else {**environment, "INTEGRATION_ACCESS_TOKEN": tenant.token}
    assert CliRunner().invoke(main, ["run", "--demo"]).exit_code == 0
    for folder in ("steps", "schemas"):
        Path(folder).mkdir()  # as in the repository, where types are begun
    given = shlex.split(command.replace("URL", "files:copy"))[1:]
    ended = CliRunner().invoke(main, given, env=settings, catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    assert ended.stdout


def test_the_query_finds_disabled_members() -> None:
    CliRunner().invoke(main, ["run", "--demo"])
    found = [line.rpartition(" ") for line in python(program("query")).splitlines()]
    disabled = {user["displayName"] for user in replay("azure_user").records if not user["active"]}
    assert found
    assert {name for name, _, _ in found} <= disabled
    assert all(int(groups) > 0 for _, _, groups in found)


def test_a_type_is_three_files(tenant: Simulator, environment: dict[str, str]) -> None:
    for folder in ("steps", "schemas"):
        shutil.copytree(ROOT / folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
    Path("tests/cassettes").mkdir(parents=True)
    step = Path("steps/acme_device.py")
    assert program("step").startswith(f"# {step}\n")
    step.write_text(program("step"))
    Path("schemas/acme_device.json").write_text(json.dumps(SCHEMA))
    (record,) = [command for command in commands() if command.startswith("integration record ")]
    shell(f"python -m {record}", **environment, INTEGRATION_ACCESS_TOKEN=tenant.token)
    assert Path("tests/cassettes/acme_device.yaml").is_file()
    python(f"{program('test')}\n\ntest_devices()\n")
    broken = program("test").replace("==", "!=")
    with pytest.raises(AssertionError, match="AssertionError"):
        python(f"{broken}\n\ntest_devices()\n")


@pytest.mark.skipif((ROOT / "steps" / "acme_device.py").exists(), reason="a type has one package, and is built in here")
def test_a_package_adds_a_type_with_one_line() -> None:
    (toml,) = [block for block in blocks("toml") if "[project" in block]
    ((group, lines),) = tomllib.loads(toml)["project"]["entry-points"].items()
    ((name, value),) = lines.items()
    module, _, attribute = value.partition(":")
    assert name == attribute
    path = Path(*module.split(".")).with_suffix(".py")
    about = Path("acme_devices-1.0.dist-info")
    for folder in (path.parent, about):
        folder.mkdir()
    path.write_text(program("step"))
    path.with_suffix(".json").write_text(json.dumps(SCHEMA))
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-devices\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[{group}]\n{name} = {value}\n")
    listed = shell("integration types", PYTHONPATH=os.pathsep.join([os.environ["PYTHONPATH"], str(Path.cwd())]))
    assert f"{name} " in listed


@pytest.mark.every_area
def test_a_host_loads_plans_and_runs(tenant: Simulator, environment: dict[str, str]) -> None:
    code, _, results = python(filled(program("host"), tenant), **environment).partition(" ")
    assert code == "0"
    verdicts = dict(ast.literal_eval(results))
    complete = {type for type, verdict in verdicts.items() if verdict == "complete"}
    assert complete == OF_ENTRA
    assert set(verdicts.values()) == {"complete", "skipped"}  # the one that is left out, and what is Azure's
    assert Path("graph/graph.db").is_file()


def test_an_event_is_one_call(tenant: Simulator, environment: dict[str, str]) -> None:
    assert python(filled(program("event"), tenant) + "print(report.exit_code())", **environment) == "0\n"


def test_it_names_no_type_of_the_steps() -> None:
    names = [step.name for step in declared_steps(load()) if step.run.__module__.startswith("steps.")]
    assert names
    assert [name for name in names if name in README and f"# steps/{name}.py" not in README] == []
