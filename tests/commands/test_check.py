"""``integration check``: permissions before any data is read, as a person and as a program see them."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from integration.cli import main
from tests.simulator import Simulator, demo_tenant, license_tenant

ALL = ("GroupMember.Read.All", "Organization.Read.All", "Policy.Read.All", "User.Read.All")


def check(simulator: Simulator, *arguments: str, command: str = "check", **variables: str) -> Result:
    """Run the command with the simulator's secret."""
    environment = {
        "REQUESTS_CA_BUNDLE": str(simulator.ca_file),
        "AZURE_CLIENT_ID": simulator.signin.client_id,
        "AZURE_TENANT_ID": simulator.signin.tenant_id,
        "AZURE_CLIENT_SECRET": simulator.signin.client_secret,
        **variables,
    }
    flags = ("--graph-url", simulator.url, "--authority", simulator.authority, *arguments)
    return CliRunner().invoke(main, [command, *flags], env=environment)


def simulator(*roles: str) -> Simulator:
    return Simulator(demo_tenant(), tls=True, roles=roles)


@pytest.fixture(scope="module")
def permitted() -> Iterator[Simulator]:
    with simulator(*ALL) as permitted:
        yield permitted


def test_all_is_granted(permitted: Simulator) -> None:
    permitted.reset()
    done = check(permitted)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "missing" not in done.stdout
    assert "permissions to grant: none" in done.stdout
    assert "adminconsent" not in done.stdout
    assert done.stdout.startswith(
        "This is what the token says. Whether Graph answers is not looked at: integration doctor"
    )
    assert not [request for request in permitted.requests if request.path.startswith("/v1.0")]
    assert len([request for request in permitted.requests if request.path.endswith("/oauth2/v2.0/token")]) == 1


def test_one_permission_is_missing() -> None:
    with simulator(*(set(ALL) - {"GroupMember.Read.All"})) as lacking:
        done = check(lacking)
        link = f"{lacking.authority}/{lacking.signin.tenant_id}/adminconsent?client_id={lacking.signin.client_id}"
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines if line.startswith("GroupMember")] == [
        ["GroupMember.Read.All", "missing"]
    ]
    read = {line.split()[0]: line.split()[1:] for line in lines if line.startswith("entra.")}
    assert read == {
        "entra.account": ["2", "of", "3", "types"],
        "entra.group": ["none", "GroupMember.Read.All"],
        "entra.user": ["all"],
    }
    assert "permissions to grant: GroupMember.Read.All" in lines
    assert done.stdout.rstrip().endswith(link)


def test_a_run_warns_once_of_all_that_falls_away() -> None:
    with simulator("User.Read.All", "Organization.Read.All") as lacking:
        done = check(lacking, command="run")
    (warned,) = [line for line in done.stderr.splitlines() if " WARNING " in line]
    assert warned.endswith("integration: 5 of 8 types fall away: the token lacks GroupMember.Read.All")


@pytest.mark.every_area
def test_a_run_ends_with_the_same_permissions_to_grant_as_a_check() -> None:
    with simulator("User.Read.All", "GroupMember.Read.All", "Organization.Read.All") as lacking:
        wanted = json.loads(check(lacking, "--json").stdout)["toGrant"]
        last = check(lacking, command="run").stdout.splitlines()[-1]
    *most, final = wanted
    assert last.endswith(f"to read more, grant {', '.join(most)} and {final}.")


def test_a_run_whose_token_names_no_permission_says_so() -> None:
    with simulator() as empty:
        done = check(empty, command="run")
    (warned,) = [line for line in done.stderr.splitlines() if " WARNING " in line]
    assert warned.endswith("integration: 8 of 8 types may fall away: the token names no permission")


def test_a_broader_permission_is_named_as_what_grants() -> None:
    with simulator("Directory.ReadWrite.All") as broad:
        done = check(broad)
    assert done.exit_code == 0
    assert "granted with Directory.ReadWrite.All" in done.stdout
    assert "fewer properties: azure_account: lacks the permission Policy.Read.All" in done.stdout
    assert "for every property also: Policy.Read.All" in done.stdout


def test_only_the_chosen_types_are_compared() -> None:
    with simulator("User.Read.All") as lacking:
        assert check(lacking, "--only", "azure_user").exit_code == 0
        assert check(lacking, "--only", "azure_user_group").exit_code == 1
        done = check(lacking, "--skip", "azure_user_group", "--skip", "azure_account", "--json")
    assert (done.exit_code, json.loads(done.stdout)["granted"]) == (0, ["User.Read.All"])


def test_json_says_the_same() -> None:
    with simulator("User.Read.All") as lacking:
        done = check(lacking, "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == 1
    assert found["readable"] is True
    assert found["granted"] == ["User.Read.All"]
    assert found["toGrant"] == ["GroupMember.Read.All", "Organization.Read.All"]
    assert "azure_account" in found["fallsAway"]
    assert found["adminConsent"].startswith(lacking.authority)
    assert found["licencesKnown"] is False


@pytest.mark.every_area
def test_licences_are_compared_too() -> None:
    tenant = demo_tenant()
    license_tenant(tenant, ["AAD_PREMIUM"])
    with Simulator(tenant, tls=True) as premium:
        done = check(premium)
        modules = json.loads(check(premium, "--json").stdout)["modules"]
    assert done.exit_code == 0
    assert modules["entra.device"] == {"types": 3, "read": 3, "toGrant": [], "licences": []}
    assert modules["entra.named_location"]["licences"] == []
    assert "is not looked at" not in done.stdout
    assert modules["entra.role_eligibility"]["read"] == 0
    assert modules["entra.role_eligibility"]["licences"] == ["AAD_PREMIUM_P2", "Entra_Identity_Governance"]
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("entra.role_eligibility ")]
    assert line.split() == ["entra.role_eligibility", "none", "AAD_PREMIUM_P2", "or", "Entra_Identity_Governance"]


@pytest.mark.every_area
def test_what_outlasts_its_licence_may_be_read_without_it() -> None:
    tenant = demo_tenant()
    license_tenant(tenant, [])
    with Simulator(tenant, tls=True) as unlicensed:
        done = check(unlicensed)
        modules = json.loads(check(unlicensed, "--json").stdout)["modules"]
    assert done.exit_code == 0
    location, roles = modules["entra.named_location"], modules["entra.role_eligibility"]
    assert (location["read"], location["licences"]) == (location["types"], ["AAD_PREMIUM", "AAD_PREMIUM_P2"])
    assert roles["read"] == 0


def test_an_opaque_token_cannot_be_read(permitted: Simulator) -> None:
    permitted.reset()
    done = check(permitted, INTEGRATION_ACCESS_TOKEN="opaque")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "cannot be read" in done.stdout
    assert "Only a run can tell. Whether Graph answers is not looked at: integration doctor does that." in done.stdout
    found = json.loads(check(permitted, "--json", INTEGRATION_ACCESS_TOKEN="opaque").stdout)
    assert found == {"readable": False, "adminConsent": None}
    assert not permitted.requests


def test_an_event_is_checked_too(permitted: Simulator) -> None:
    event = {"instance": {"config": {"accessToken": permitted.signin.issue(), "only": ["azure_user"]}}}
    command = [sys.executable, "-m", "integration", "check", "--json", "--event", "-"]
    done = subprocess.run(command, input=json.dumps(event), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["granted"] == ["User.Read.All"]


def test_wrong_settings_and_credentials_exit_with_2(permitted: Simulator) -> None:
    wrong = check(permitted, AZURE_CLIENT_SECRET="wr0ng")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "AADSTS7000215" in wrong.stderr
    assert "wr0ng" not in wrong.stderr
    missing = check(permitted, AZURE_CLIENT_SECRET="", AZURE_CLIENT_ID="")
    assert missing.exit_code == 2
    assert "clientId is missing" in missing.stderr
    assert "INTEGRATION_MANAGED_IDENTITY" in missing.stderr
    unknown = check(permitted, "--only", "azure_usr")
    assert (unknown.exit_code, "azure_user" in unknown.stderr) == (2, True)


def test_a_sign_in_service_that_does_not_answer_exits_with_3(permitted: Simulator) -> None:
    done = check(permitted, "--authority", "https://127.0.0.1:9")
    assert done.exit_code == 3
    assert "did not answer" in done.stderr
