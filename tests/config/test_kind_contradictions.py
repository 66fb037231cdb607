"""Settings that contradict each other are refused before anything is sent, or the documented one of them counts."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from integration import ConfigurationError, PlanError, load, plan
from integration.cli import main
from integration.config.clouds import CLOUDS, audience, azure_of
from integration.config.settings import from_environment, from_event
from integration.config.variables import variables_of
from integration.sinks import make_sinks

SIGNS_IN = {"clientId": "client", "directoryId": "contoso.example", "clientSecret": "s"}
GRAPH, AZURE = {"accessToken": "t"}, {"azureAccessToken": "t"}
US, CHINA = CLOUDS["usgov"], CLOUDS["china"]


def invoke(*arguments: str, **variables: str) -> Result:
    return CliRunner().invoke(main, arguments, env=variables, catch_exceptions=False)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (SIGNS_IN | {"graphUrl": US.graph}, "graphUrl is of usgov, azureUrl is of usgov or usgov-dod, authority"),
        (SIGNS_IN | {"cloud": "china", "azureUrl": "https://management.azure.com"}, "azureUrl is of global"),
        (SIGNS_IN | {"cloud": "china", "authority": US.authority}, "authority is of usgov or usgov-dod"),
        (GRAPH | AZURE | {"azureUrl": US.azure.upper()}, "graphUrl is of global, azureUrl is of usgov or usgov-dod"),
        ({"managedIdentity": True, "azureUrl": CHINA.azure}, "graphUrl is of global, azureUrl is of china"),
        (AZURE | SIGNS_IN | {"azureUrl": CHINA.azure}, "azureUrl is of china, authority is of global"),
        (SIGNS_IN | {"graphUrl": "https://graph.contoso.example", "azureUrl": CHINA.azure}, "azureUrl is of china"),
    ],
)  # fmt: skip
def test_services_of_two_clouds_are_not_asked_in_one_run(settings: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        from_event({"instance": {"config": settings}})
    (fault,) = caught.value.faults
    assert "these are of different clouds: " in fault
    assert named in fault
    assert fault.endswith("; name the tenant's cloud in cloud (INTEGRATION_CLOUD), and leave these out")


@pytest.mark.parametrize(
    "settings",
    [
        *(SIGNS_IN | {"cloud": cloud} for cloud in CLOUDS), SIGNS_IN | {"cloud": "usgov-dod", "azureUrl": US.azure},
        GRAPH | {"graphUrl": US.graph}, GRAPH | {"azureUrl": US.azure}, AZURE | {"azureUrl": US.azure},
        GRAPH | {"cloud": "china", "graphUrl": US.graph}, SIGNS_IN | {"cloud": "usgov-dod", "graphUrl": US.graph},
        SIGNS_IN | {"graphUrl": "https://graph.contoso.example"},
        SIGNS_IN | {"cloud": "usgov", "authority": "https://sign-in.contoso.example"},
    ],
)  # fmt: skip
def test_what_no_token_is_there_for_is_in_no_cloud(settings: dict[str, Any]) -> None:
    assert from_event({"instance": {"config": settings}}).graph_url


def test_a_flag_does_not_make_two_clouds_of_one_variable() -> None:
    environment = {"INTEGRATION_CLOUD": "usgov", "INTEGRATION_MANAGED_IDENTITY": "true"}
    assert from_environment(environment).azure_url == US.azure
    with pytest.raises(ConfigurationError, match="graphUrl is of usgov, azureUrl is of global"):
        from_environment(environment, {"azureUrl": "https://management.azure.com"})


@pytest.mark.parametrize("root", ["https://GRAPH.Microsoft.us", "https://graph.microsoft.us:443"])
def test_the_host_of_a_cloud_has_no_case_and_its_usual_port(root: str) -> None:
    assert (audience(root), azure_of(root)) == (US.graph, US.azure)
    assert azure_of("https://graph.microsoft.us:8443") == ""


def test_a_flag_of_0_wins_over_a_variable() -> None:
    variables = {"INTEGRATION_FULL_EVERY": "-1", "INTEGRATION_MASS_DELETE": "101"}
    done = invoke("run", "--demo", "--mass-delete", "0", "--full-every", "1", "--only", "azure_account", **variables)
    assert done.exit_code == 0, done.output
    found = invoke("doctor", "--mass-delete", "0", INTEGRATION_ACCESS_TOKEN="t", INTEGRATION_GRAPH_URL="http://[::1]:9")
    assert "massDelete" not in found.output  # it has no such flag: run and push alone delete


def test_what_is_left_out_is_so_although_it_is_chosen() -> None:
    assert plan(load(), only=["azure_user"], skip=["entra.user"]).skipped["azure_user"] == "as asked"


def test_a_part_of_what_is_chosen_may_be_left_out() -> None:
    chosen = plan(load(), only=["entra.group"], skip=["azure_user"])
    assert "azure_user_group" in {step.name for step in chosen.steps}


@pytest.mark.parametrize("flag", ["--only", "--skip"])
def test_an_empty_name_is_told(flag: str) -> None:
    done = invoke("plan", flag, "")
    said = f"error: {flag[2:]} holds an empty name: leave it out, or write the name of a type\n"
    assert (done.exit_code, done.output) == (2, said)
    with pytest.raises(PlanError):
        plan(load(), only=["azure_user", ""])


@pytest.mark.parametrize(
    ("one", "other"), [("files:a", "files:./b/../a/"), ("files:a", "j1:a"), ("j1:link", "j1:a"), ("j1:a", "files:a/")]
)
def test_two_destinations_are_not_one_folder(one: str, other: str) -> None:
    Path("link").symlink_to("a")
    with pytest.raises(ConfigurationError, match=f"the destinations {one} and {other} are one folder: name"):
        make_sinks(load(), [one, other])
    assert not Path("a").exists()


def test_lines_of_another_program_in_a_file_of_variables_are_left_to_it() -> None:
    Path(".env").write_text("source common.sh\n=3\nPASSWORD='\nAZURE_CLIENT_ID=abc\n")
    assert variables_of(Path(".env"))["AZURE_CLIENT_ID"] == "abc"


def test_a_destination_that_is_named_twice_is_one() -> None:
    assert [sink.url for sink in make_sinks(load(), ["files:a", "files:b", "files:a"])] == ["files:a", "files:b"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('CLIENT_ID="abc\nDIRECTORY_ID=x\n', [1]), ("CLIENT_ID=c\n\n\nset AZURE_TENANT_ID x\n", [4]),
        ("INTEGRATION_CLOUD: usgov\n\nAZURE_CLIENT_SECRET='\n", [1, 3]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["run", "check"])
def test_a_line_of_a_file_of_variables_that_sets_nothing_is_told(command: str, text: str, lines: list[int]) -> None:
    Path(".env").write_text(text)
    done = invoke(command)
    told = [line.strip() for line in done.output.splitlines()[1:]]
    assert done.exit_code == 2
    assert told == [
        f"- .env, line {n}: sets no variable: write NAME=VALUE, close its quotation mark, or begin it with #"
        for n in lines
    ]
