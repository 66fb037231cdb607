"""``integration plan --graph``: the picture shows every step and every need, and nothing else."""

import re
from collections.abc import Iterable

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from integration import load, plan
from integration.cli import main
from integration.sdk.plan import order
from integration.terminal.drawing import FORMS, dot, draw, mermaid
from tests.support import entity

Drawn = tuple[set[str], set[tuple[str, str]]]
AWKWARD = ['say "hi"', "a --> b", "end", "tab\tand back\\slash", 'ends in \\"', "<b>#35;</b>", "née [1] {2}", "; //"]


def from_mermaid(lines: Iterable[str]) -> Drawn:
    """Return the nodes and arrows of a flowchart: what a reader of it sees."""
    first, *others = [row for line in lines for row in line.split("\n")]
    assert first == "flowchart LR"
    labels, arrows = {}, set()
    for line in others:
        if node := re.fullmatch(r' +(\w+)\["([^"]*)"\]', line):
            labels[node[1]] = re.sub(r"#(\d+);", lambda code: chr(int(code[1])), node[2])
        elif arrow := re.fullmatch(r" +(\w+) --> (\w+)", line):
            arrows.add((arrow[1], arrow[2]))
        else:
            assert line.startswith("%% falls away: "), line
    return set(labels.values()), {(labels[start], labels[end]) for start, end in arrows}


def from_dot(lines: Iterable[str]) -> Drawn:
    """Return the nodes and arrows of a graph in DOT."""
    quoted = r'"((?:[^"\\]|\\.)*)"'
    text = "\n".join(lines)
    body = text[text.index("{") + 1 : text.rindex("\n}")]

    def plain(name: str) -> str:
        return re.sub(r"\\(.)", lambda escape: {"n": "\n"}.get(escape[1], escape[1]), name)

    nodes = {plain(name) for name in re.findall(rf"^    {quoted}$", body, re.MULTILINE)}
    arrows = re.findall(rf"^    {quoted} -> {quoted}$", body, re.MULTILINE)
    return nodes, {(plain(start), plain(end)) for start, end in arrows}


READERS = {"mermaid": from_mermaid, "dot": from_dot}


def shown(*arguments: str) -> list[str]:
    done = CliRunner().invoke(main, ["plan", *arguments], catch_exceptions=False)
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("options", [(), ("--only", "azure_account_has_user"), ("--skip", "azure_user")])
def test_it_shows_each_step_and_each_need(form: str, options: tuple[str, ...]) -> None:
    lines = shown("--graph", form, *options)
    chosen = plan(
        load(), **{name.removeprefix("--"): [value] for name, value in zip(*[iter(options)] * 2, strict=True)}
    )
    names, arrows = READERS[form](lines)
    assert names == {step.name for step in chosen.steps}
    assert arrows == {(need, step.name) for step in chosen.steps for need in step.needs}
    away = [line.partition("falls away: ")[2].partition(":")[0] for line in lines if "falls away" in line]
    assert away == list(chosen.skipped)


def test_mermaid_is_drawn_without_a_word() -> None:
    assert shown("--graph") == shown("--graph", "mermaid")
    assert shown("--graph", "--only", "azure_user") == shown("--only", "azure_user", "--graph", "mermaid")
    assert CliRunner().invoke(main, ["plan", "--graph", "png"]).exit_code == 2


@pytest.mark.parametrize("form", FORMS)
def test_the_order_of_the_declarations_does_not_matter(form: str) -> None:
    steps = [entity("type_c", needs=("type_a", "type_b")), entity("type_b", needs=("type_a",)), entity("type_a")]
    assert list(draw(order(steps), form)) == list(draw(order(reversed(steps)), form))


@pytest.mark.parametrize("form", FORMS)
@given(
    names=st.lists(
        st.one_of(st.sampled_from(AWKWARD), st.text(min_size=1, max_size=9)), unique=True, min_size=1, max_size=5
    )
)
def test_any_name_comes_back(form: str, names: list[str]) -> None:
    needs = {name: names[:number] for number, name in enumerate(names)}
    write = {"mermaid": mermaid, "dot": dot}[form]
    found = READERS[form](write(needs))
    assert found == (set(names), {(need, name) for name, needed in needs.items() for need in needed})
