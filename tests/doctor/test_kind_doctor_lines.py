"""What ``integration doctor`` prints can be read: a line for what is there, and lines below it for the rest."""

import pytest
from click.testing import CliRunner

from integration.cli import main
from tests.simulator import Simulator, demo_tenant
from tests.terminal.terminals import on_terminal, plain

OPAQUE = "opaque-token"


def lines(**environment: str) -> list[str]:
    done = CliRunner().invoke(main, ["doctor"], env=environment, catch_exceptions=False)
    return done.stdout.splitlines()


def test_what_to_do_is_below_what_is_wrong_each_fault_by_itself_and_the_known_variable_first() -> None:
    said = lines()
    at = next(number for number, each in enumerate(said) if each.startswith("problem  settings: none are set"))
    below = []
    for each in said[at + 1 :]:
        if not each.startswith(" " * 9):
            break
        below.append(each)
    assert [each.split()[0] for each in below if not each.startswith(" " * 10)] == [
        "clientId", "directoryId", "clientSecret", "an"
    ]  # fmt: skip
    assert any(each.startswith("         an app registration has these: README.md says how") for each in below)
    assert below[0].startswith("         clientId is missing: set AZURE_CLIENT_ID ")
    assert max(map(len, said[at:])) <= 100


def test_a_token_that_does_not_tell_its_permissions_is_no_riddle() -> None:
    with Simulator(demo_tenant(), token=OPAQUE) as tenant:
        said = lines(INTEGRATION_ACCESS_TOKEN=OPAQUE, INTEGRATION_GRAPH_URL=tenant.url)
    at = next(number for number, each in enumerate(said) if "permissions: " in each)
    assert said[at].count(":") == 1
    assert said[at + 1].startswith("         start a run, and see its table of types")


def test_a_variable_that_holds_nothing_is_no_source() -> None:
    said = lines(AZURE_CLIENT_ID=" \r\n", CLIENT_ID="client")
    assert any(each.startswith("problem  settings: clientId from CLIENT_ID") for each in said)


def test_a_terminal_gets_lines_that_fit() -> None:
    for columns in (60, 80, 200):
        code, shown = on_terminal(columns, "doctor")
        said = plain(shown)
        assert code == 1
        assert [each for each in said if len(each) > columns] == []
        assert said[0].startswith("ok       versions: integration-microsoft-entra ")
        assert any(each.startswith("problem  settings: none are set") for each in said)
        assert {each[:7].strip() for each in said} <= {"ok", "problem", "warning", ""}


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colours_can_be_refused(variables: dict[str, str]) -> None:
    assert "\x1b" not in on_terminal(80, "doctor", variables=variables)[1]
