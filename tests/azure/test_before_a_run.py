"""``integration check`` and ``integration doctor`` tell what a run would see of Azure, beside what of Graph."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result

from integration.cli import main
from tests.simulator import Simulator, demo_tenant
from tests.simulator.azure import AzureSimulator, Fault, made_up_tenant
from tests.simulator.azure.made_up import show

pytestmark = pytest.mark.every_area
TYPES = ("--only", "azure_vm", "--only", "azure_user")
READER = "Reader on the tenant's root management group"


@pytest.fixture(scope="module")
def tenant() -> Iterator[Simulator]:
    with Simulator(demo_tenant()) as tenant:
        yield tenant


@pytest.fixture
def azure() -> Iterator[AzureSimulator]:
    with AzureSimulator(made_up_tenant(30, 3)) as azure:
        yield azure


def ask(command: str, tenant: Simulator, azure: AzureSimulator, *flags: str, **others: str) -> Result:
    environment = {
        "INTEGRATION_GRAPH_URL": tenant.url,
        "INTEGRATION_ACCESS_TOKEN": tenant.signin.issue(),
        "INTEGRATION_AZURE_URL": azure.url,
        "INTEGRATION_AZURE_ACCESS_TOKEN": azure.token,
        **others,
    }
    return CliRunner().invoke(main, [command, *(flags or TYPES)], env=environment, catch_exceptions=False)


def lines(done: Result) -> dict[str, str]:
    return {line.split(": ")[0].split("  ")[-1].strip(): line for line in done.stdout.splitlines() if line.strip()}


def access(tenant: Simulator, azure: AzureSimulator, **others: str) -> dict[str, Any]:
    """Return what the doctor finds of the access to Azure, having seen that ``check`` says the same."""
    found = json.loads(ask("doctor", tenant, azure, *TYPES, "--json", **others).stdout)["checks"]
    checked = json.loads(ask("check", tenant, azure, *TYPES, "--json", **others).stdout)
    assert checked["azure"] == [each for each in found if each["check"].startswith("Azure")]
    return next(each for each in found if each["check"] == "Azure access")


@pytest.mark.parametrize("command", ["check", "doctor"])
def test_all_is_well(command: str, tenant: Simulator, azure: AzureSimulator) -> None:
    done = ask(command, tenant, azure)
    assert (done.exit_code, done.stderr) == (0, "")
    assert azure.url.removeprefix("http://") in lines(done)["Azure Resource Manager"]
    assert "the application sees 3 subscriptions" in lines(done)["Azure access"]
    assert not azure.queries


@pytest.mark.parametrize("command", ["check", "doctor"])
def test_azure_is_left_alone_where_no_type_reads_it(command: str, tenant: Simulator, azure: AzureSimulator) -> None:
    done = ask(command, tenant, azure, "--only", "azure_user")
    assert done.exit_code == 0
    assert "Azure" not in done.stdout
    assert not azure.requests


def test_hidden_subscriptions_are_told_with_what_to_grant(tenant: Simulator, azure: AzureSimulator) -> None:
    show(azure.tenant, 2)
    found = access(tenant, azure)
    assert (found["state"], READER in found["remedy"]) == ("warning", True)
    assert "sees 2 subscriptions, and 1 more exist" in found["found"]
    assert f"Azure access: {found['found']}" in ask("check", tenant, azure).stdout


def test_an_application_that_sees_nothing(tenant: Simulator, azure: AzureSimulator) -> None:
    show(azure.tenant, 0)
    found = access(tenant, azure)
    assert (found["state"], READER in found["remedy"]) == ("warning", True)
    assert "sees no subscription: types of Azure are skipped" in found["found"]


@pytest.mark.parametrize(("status", "state"), [(401, "warning"), (403, "warning"), (400, "warning")])
def test_a_refused_token(tenant: Simulator, azure: AzureSimulator, status: int, state: str) -> None:
    azure.manager.faults = [Fault(status, lambda asked: asked.path == "/subscriptions")]
    assert access(tenant, azure)["state"] == state
    assert ask("check", tenant, azure).exit_code == 0


@pytest.mark.parametrize("command", ["check", "doctor"])
def test_an_address_where_nobody_answers(command: str, tenant: Simulator, azure: AzureSimulator) -> None:
    done = ask(command, tenant, azure, INTEGRATION_AZURE_URL="http://127.0.0.1:9")
    assert done.exit_code == 1
    assert "no connection" in lines(done)["Azure Resource Manager"]
    assert "Azure access" not in done.stdout


@pytest.mark.parametrize(("command", "code"), [("run", 2), ("doctor", 1), ("check", 2)])
def test_a_fault_of_this_machine_is_told_as_one(
    command: str, code: int, tenant: Simulator, azure: AzureSimulator
) -> None:
    others = {"INTEGRATION_AZURE_URL": "https://127.0.0.1:9", "REQUESTS_CA_BUNDLE": "/nonexistent.pem"}
    done = ask(command, tenant, azure, **others)
    said = " ".join(done.output.split())
    assert done.exit_code == code
    assert "REQUESTS_CA_BUNDLE names /nonexistent.pem, which is not there" in said
    assert not {"Traceback", "Reader"} & {*said.split()}


def test_no_token_or_no_address_for_azure(tenant: Simulator, azure: AzureSimulator) -> None:
    found = access(tenant, azure, INTEGRATION_AZURE_ACCESS_TOKEN="")
    assert "there is a token for Graph alone" in found["found"]
    assert "INTEGRATION_AZURE_ACCESS_TOKEN" in found["remedy"]
    found = access(tenant, azure, INTEGRATION_AZURE_URL="")
    assert "INTEGRATION_AZURE_URL" in found["remedy"]
    assert not azure.requests


@pytest.mark.parametrize("command", ["check", "doctor"])
def test_a_token_for_azure_alone(command: str, tenant: Simulator, azure: AzureSimulator) -> None:
    done = ask(command, tenant, azure, INTEGRATION_ACCESS_TOKEN="")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "there is a token for Azure alone" in done.stdout
    assert "the application sees 3 subscriptions" in lines(done)["Azure access"]
