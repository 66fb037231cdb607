"""Entries of a tenants file that contradict each other, or that cannot be read, are told before anybody is asked."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from integration import ConfigurationError
from integration.cli import main
from integration.fleet.tenants import read_tenants

DEFAULTS = '[defaults]\nclientId = "app"\nclientSecret = { env = "SECRET" }\n'
SIGN_IN = {"clientId": "app", "clientSecret": {"env": "SECRET"}}


def entry(name: str, *settings: str, directory: str = "") -> str:
    return "\n".join(["[[tenant]]", f'name = "{name}"', f'directoryId = "{directory or name}.example"', *settings, ""])


def faults(text: str, name: str = "tenants.toml") -> list[str]:
    Path(name).write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        read_tenants(Path(name))
    return caught.value.faults


def test_one_tenant_is_one_whatever_sticks_to_its_id() -> None:
    text = DEFAULTS + entry("a") + entry("b").replace('"b.example"', '" A.example\\n"')
    assert faults(text) == ["b (tenant 2): directoryId: it is also that of a, whose quota it shares"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('"files:x/{tenant}-b"', '"files:x/{tenant}"'),
        ('"files:x/{tenant}/../y"', '"j1:./{tenant}/../x/y"'),
        ('"files:x/{tenant}-b/"', '"files:x//{tenant}"'),
    ],
)
def test_two_tenants_do_not_write_into_one_folder(one: str, other: str) -> None:
    (told,) = faults(DEFAULTS + entry("a", f"to = [{one}]") + entry("a-b", f"to = [{other}]"))
    assert told.startswith("a-b: to: ")
    assert "is the folder of a, files:x/a" in told


def test_two_destinations_of_a_tenant_are_not_one_folder_either() -> None:
    (told,) = faults(DEFAULTS + entry("a", 'to = ["files:x/{tenant}", "j1:x/y/../{tenant}"]'))
    assert told == "a: to: j1:x/y/../a is the folder of a, files:x/a: each writes over the other"


@pytest.mark.parametrize("setting", ["only", "skip", "to"])
def test_a_list_holds_no_character_that_cannot_be_seen(setting: str) -> None:
    (told,) = faults(DEFAULTS + entry("a", f'{setting} = ["files:x/{{tenant}}\\u0000"]'))
    assert told == f"a (tenant 1): {setting}: holds a character that cannot be seen"


def test_tenants_may_share_what_tells_them_apart() -> None:
    shared = 'to = ["postgresql://graph.example/fleet", "postgresql://graph.example/fleet", "files:x/{tenant}"]'
    Path("tenants.toml").write_text(DEFAULTS + entry("a", shared) + entry("b", shared))
    assert len(read_tenants(Path("tenants.toml"))) == 2


@pytest.mark.parametrize("query", ["%70assword=hunter3", "sslmode=require&Pass%77ord=hunter3"])
def test_no_password_stands_in_a_query_in_another_spelling(query: str) -> None:
    (told,) = faults(DEFAULTS + entry("a", f'to = ["postgresql://h/d?{query}"]'))
    assert "leave the password to the environment" in told
    assert "hunter" not in told


@pytest.mark.parametrize("secret", ["abc8Q~0123456789_abcdefghij.klm-nopqrs", "two words", "${SECRET}", " SECRET"])
def test_what_is_no_name_of_a_variable_is_refused_and_not_repeated(secret: str) -> None:
    (told,) = faults(entry("a", 'clientId = "app"', f'clientSecret = {{ env = "{secret}" }}'))
    assert told.startswith("a (tenant 1): clientSecret: says not where the secret is")
    assert secret not in told.replace("{ env", "")


def test_no_tenant_is_called_as_what_tells_of_all_of_them() -> None:
    (told,) = faults(DEFAULTS + entry("fleet.json"))
    assert told == "tenant 1: name: fleet.json is where it stands what became of all tenants"


def test_a_line_that_says_something_twice_says_nothing() -> None:
    given = json.dumps({"name": "a", "directoryId": "a.example", **SIGN_IN})
    twice = '{"directoryId": "b.example", "name": "b", "directoryId": "c.example"}'
    within = '{"name": "d", "clientSecret": {"env": "A", "env": "B"}}'
    assert faults("\n".join([given, twice, within]), "tenants.jsonl") == [
        "line 2: it names directoryId twice",
        "line 3: it names env twice",
    ]


def test_defaults_stand_once_in_the_first_line() -> None:
    defaults, given = json.dumps({"defaults": SIGN_IN}), json.dumps({"name": "a", "directoryId": "a.example"})
    assert faults("\n".join([defaults, defaults, given, defaults]), "tenants.jsonl") == [
        "line 2, line 4: defaults hold for all: write them once, into the first line"
    ]


@pytest.mark.parametrize("command", [["run", "--state", "states"], ["check"]])
def test_types_that_nothing_declares_are_told_before_anybody_signs_in(command: list[str]) -> None:
    wrong, right = 'only = ["azure_usr"]', 'only = ["azure_user"]'
    entries = [entry(f"a{number}", wrong) for number in range(5)]
    text = DEFAULTS + "".join([*entries, entry("b", right, 'skip = ["azure_grop"]'), entry("c", right)])
    Path("tenants.toml").write_text(text)
    done = CliRunner().invoke(main, ["fleet", command[0], "tenants.toml", *command[1:]])
    assert done.exit_code == 2
    assert "a0, a1, a2 and 2 more: no step declares the type azure_usr (did you mean azure_user?)" in done.stderr
    assert "b: no step declares the type azure_grop" in done.stderr
    assert "c:" not in done.stderr
    assert not Path("states").exists()
