"""What programs and shells are told: values as the schemas say, names to complete, the model as a picture."""

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from integration import load, plan
from integration.cli import main
from integration.sdk.plan import order
from integration.terminal.drawing import MODELS, draw_model
from tests.store.saved_graph import save, user
from tests.support import entity, relationship


@pytest.fixture(autouse=True)
def _graph() -> None:
    save([
        user("2e7b7ca6-b601", "Ada Example", accountEnabled=False, proxyAddresses=["a", "b"], userType="Member"),
        user("key-adam", "Adam", accountEnabled=True),
        user("key-hostile", "Ad\x1b[2J", userPrincipalName="ad;rm -rf ~@contoso.example"),
    ])  # fmt: skip


def answer(sql: str) -> Any:
    done = CliRunner().invoke(main, ["query", "--json", "--sql", sql], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_json_has_the_values_that_the_schema_says() -> None:
    first, second, third = answer("SELECT _class, accountEnabled, displayName FROM azure_user ORDER BY _key")
    assert first == {"_class": ["User"], "accountEnabled": False, "displayName": "Ada Example"}
    assert second["accountEnabled"] is True
    assert third["accountEnabled"] is None
    assert answer("SELECT _class FROM azure_user_group_has_user") == []
    assert answer("SELECT DISTINCT _class FROM entities ORDER BY _type") == [
        {"_class": ["User"]},
        {"_class": ["UserGroup"]},
    ]


def test_what_only_has_the_name_of_a_property_stays_what_it_is() -> None:
    assert answer("SELECT 1 AS accountEnabled") == [{"accountEnabled": 1}]
    assert answer("SELECT count(*) AS n, sum(accountEnabled) AS enabled FROM azure_user") == [{"n": 3, "enabled": 1}]
    assert answer("SELECT 5 AS accountEnabled, '[\"x\"' AS _class FROM azure_user LIMIT 1") == [
        {"accountEnabled": 5, "_class": '["x"'}
    ]


def completed(*words: str, shell: str = "bash") -> list[str]:
    """Return what a shell is told for the last word."""
    instruction = {"COMP_WORDS": "\n".join(["integration", *words]).replace(" ", "\\ ").replace("\n", " ")}
    instruction |= {"COMP_CWORD": str(len(words)) if shell == "bash" else words[-1]}
    done = subprocess.run(
        [sys.executable, "-c", "from integration.cli import main; main(prog_name='integration')"],
        env={**os.environ, **instruction, "_INTEGRATION_COMPLETE": f"{shell}_complete"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return [re.sub("^plain[,\n]", "", line).split("\t")[0] for line in done.stdout.split("\n") if line]


def test_shells_complete_questions_and_whom_they_are_about() -> None:
    found = ["groups-that-decide-conditional-access", "groups-open-to-joining"]
    assert completed("query", "group") == [*found, "group-members", "groups-of", "groups-in-themselves"]
    assert completed("query", "groups-of", "ada") == ["Ada\\ Example", "Adam"]
    assert completed("query", "groups-of", "2e7b") == ["2e7b7ca6-b601"]
    assert completed("query", "membership-path", "x", "adam") == ["Adam"]
    assert completed("query", "membership-path", "ada") == []
    assert completed("query", "empty-groups", "a") == []
    assert completed("query", "no-such-question", "a") == []
    assert completed("query", "--out", "nowhere", "groups-of", "a") == []


def test_nothing_that_a_shell_would_run_is_completed() -> None:
    (name,) = completed("query", "groups-of", "ad;")
    assert name == r"ad\;rm\ -rf\ \~@contoso.example"
    assert not any("\x1b" in name for name in completed("query", "groups-of", "a"))


def drawn(lines: list[str], form: str) -> tuple[set[str], set[tuple[str, str, str]]]:
    """Return the nodes and labelled arrows of a picture: what a reader of it sees."""
    if MODELS[form] == "dot":
        quoted = r'"((?:[^"\\]|\\.)*)"'
        text = "\n".join(lines)
        arrows = re.findall(rf"^    {quoted} -> {quoted} \[label = {quoted}\]$", text, re.MULTILINE)
        return set(re.findall(rf"^    {quoted}$", text, re.MULTILINE)), {(a, verb, b) for a, b, verb in arrows}
    nodes, found = {}, set()
    for line in lines[1:]:
        if node := re.fullmatch(r' +(\w+)\["([^"]*)"\]', line):
            nodes[node[1]] = node[2]
        else:
            arrow = re.fullmatch(r' +(\w+) -->\|"(\w+)"\| (\w+)', line)
            assert arrow, line
            found.add((nodes[arrow[1]], arrow[2], nodes[arrow[3]]))
    return set(nodes.values()), found


@pytest.mark.parametrize("form", MODELS)
def test_the_model_is_drawn(form: str) -> None:
    shown = CliRunner().invoke(main, ["plan", "--graph", form]).stdout.splitlines()
    steps = plan(load()).steps
    assert drawn(shown, form) == (
        {step.name for step in steps if not step.ends},
        {(step.ends[0], step.class_name, step.ends[1]) for step in steps if step.ends},
    )


@given(st.sets(st.sampled_from(["end", "a_b", "subgraph", "graph"]), min_size=1))
def test_words_of_the_drawing_languages_are_types_as_any(names: set[str]) -> None:
    first = sorted(names)[0]
    steps = [*map(entity, sorted(names)), relationship(first, "HAS", first, name=f"{first}_has_{first}")]
    for form in MODELS:
        assert drawn(list(draw_model(order(steps), form)), form) == (names, {(first, "HAS", first)})
