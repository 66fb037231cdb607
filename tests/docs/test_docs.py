"""What the pages in ``docs/`` say is so: those made from declarations are current, and what they show works."""

import itertools
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner

import integration
from integration import Step, load, plan
from integration.cli import main
from integration.commands.run import run
from integration.config.settings import Config
from integration.config.variables import INSTANCE_NAMES, NAMES
from integration.docs.check import commands, fault_of, faults
from integration.docs.pages import generated_pages, stale
from integration.http.patience import Patience
from integration.sdk import hookspecs
from integration.sdk.mass_deletion import LEAST
from integration.sdk.plugins import declared_steps
from integration.sdk.schema import load_schema
from integration.sources.azure.lanes import LIMITS
from integration.sources.azure.partitions import FILL
from integration.sources.msgraph.batch import MOST
from integration.sources.msgraph.delta import LIFETIME
from integration.sources.msgraph.permissions import review
from tests.support import ROOT, write

pytestmark = pytest.mark.every_area

DOCS = ROOT / "docs"
PAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))}
WORDS = {6.5: "six and a half", 7.0: "seven"}
SECRETS = {"clientSecret", "clientCertificatePassword", "accessToken"}


def blocks(language: str) -> list[tuple[str, str]]:
    """Return page and text of every block of code in a language."""
    pattern = re.compile(rf"^```{language}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return [(name, block) for name, text in PAGES.items() for block in pattern.findall(text)]


def check(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the generator in a folder that holds ``steps``, ``schemas`` and ``docs``."""
    command = [sys.executable, "-m", "integration.docs", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def steps() -> list[Step]:
    return declared_steps(load())


@pytest.mark.every_type
def test_the_pages_that_are_made_are_current() -> None:
    assert stale(DOCS, generated_pages(load(), ROOT)) == []


@pytest.mark.every_type
def test_links_commands_and_flags_are_there_and_every_page_is_linked_from_the_index() -> None:
    assert list(faults(DOCS)) == []


def test_every_command_of_a_block_is_accepted() -> None:
    found = [command for text in PAGES.values() for command in commands(text)]
    assert {command[1] for command in found} >= {"check", "diff", "push", "run"}
    assert {" ".join(command): fault for command in found if (fault := fault_of(command))} == {}


def test_the_containers_are_given_what_the_program_takes() -> None:
    given = []
    for _, text in blocks("yaml"):
        for document in yaml.safe_load_all(text):
            if document["kind"] == "CronJob":
                pod = document["spec"]["jobTemplate"]["spec"]["template"]["spec"]
                given += [container["args"] for container in pod["containers"]]
    assert given
    assert [fault_of(["integration", *arguments]) for arguments in given] == [""] * len(given)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("```console\nintegration rum\n```", "there is no command rum"),
        ("```console\nFOO=1 /opt/bin/integration run --fresher\n```", "No such option"),
        ("```cron\n1 * * * * me cd /x && integration run --in-flight 99 >>log 2>&1\n```", "not in the range"),
        ("```console\nintegration run \\\n  --cloud moon\n```", "moon"),
        ("```console\nintegration push\n```", "--to is missing"),
        ("```console\nintegration plan everything\n```", "everything"),
        ("Say `integration run --fail-on sunday`.", "sunday"),
        ("Say `--fresher`.", "--fresher: no command has this option"),
        ("See [there](gone.md).", "a link leads to gone.md, which is not there"),
        ("See [there](index.md#gone).", "index.md#gone, which has no such heading"),
        ("# Alone", "page.md: no way of links leads from index.md to it"),
    ],
)
def test_a_fault_is_found(text: str, fault: str, tmp_path: Path) -> None:
    index = "# Index\n" if text == "# Alone" else "# Index\n\n[A page](page.md#a-page)\n"
    (found,) = faults(write(tmp_path, {"index.md": index, "page.md": f"# A page\n\n{text}\n"}))
    assert fault in found


def test_what_is_right_is_let_through(tmp_path: Path) -> None:
    text = """
# A page

`integration push` needs `--to URL`; see [above](#a-page), [the index](index.md#an-index-of-all) and
[elsewhere](https://example.com/gone.md).

```console
export NAME=value  # integration rum
integration run --only TYPE --in-flight 4 | tee log   # or not
print-event | integration run --event - --out "/var/lib/$(basename x .json)"
```
"""
    write(tmp_path, {"index.md": "# An `index` of all\n\n[A page](page.md)\n", "page.md": text})
    assert list(faults(tmp_path)) == []
    assert len(list(commands(text))) == 2


def test_a_changed_property_makes_the_check_red_until_the_page_is_made_again(tmp_path: Path) -> None:
    for folder in ("steps", "schemas", "docs"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "schemas" / "entra" / "azure_user.json"
    schema = json.loads(path.read_text())
    schema["properties"]["jobTitle"]["description"] = "What is on the door."
    path.write_text(json.dumps(schema))
    red = check(tmp_path, "--check")
    assert (red.returncode, red.stderr) == (1, "docs/types-entra.md: stale: run make docs\n")
    written = check(tmp_path)
    assert (written.returncode, written.stdout) == (0, "docs/types-entra.md written\n")
    assert "| What is on the door. |" in (tmp_path / "docs" / "types-entra.md").read_text()
    green = check(tmp_path, "--check")
    assert (green.returncode, green.stderr) == (0, "")


def test_every_public_name_is_documented() -> None:
    text = "\n".join(PAGES.values())
    assert [name for name in integration.__all__ if not re.search(rf"\b{name}\b", text)] == []


@pytest.mark.every_type
def test_nothing_that_is_declared_is_left_out(steps: list[Step]) -> None:
    hooks = [name for name in vars(hookspecs) if name.startswith("integration_")]
    variables = [each for names in (*NAMES.values(), *INSTANCE_NAMES.values()) for each in names]
    described = {
        "hooks.md": [f"## {hook}\n" for hook in hooks],
        "settings.md": [f"`{name}`" for name in [*NAMES, *variables]],
        "commands.md": [f"## integration {name}\n" for name in main.list_commands(click.Context(main))],
    }
    assert all(described.values())
    assert [each for page, all_ in described.items() for each in all_ if each not in PAGES[page]] == []


def sections() -> dict[str, str]:
    """Return the section of each type, wherever it stands."""
    pages = (text for name, text in PAGES.items() if re.match(r"types\b", name))
    parts = [part for text in pages for part in re.split(r"^#{2,3} ", text, flags=re.MULTILINE)]
    return {name: rest for name, _, rest in (part.partition("\n") for part in parts)}


@pytest.mark.every_type
def test_every_entity_of_entra_is_beside_what_others_read(steps: list[Step]) -> None:
    page = PAGES["comparison.md"]
    usual = {"azure_account", "azure_user", "azure_user_group"}
    entities = {step.name for step in steps if step.module.startswith("entra.") and not step.is_relationship}
    rows = Counter(re.findall(r"^\| [^|]+ \| \[`(\w+)`\]", page, re.MULTILINE))
    assert rows == Counter(entities - usual), "docs/comparison.md has one row for each entity of Entra"


@pytest.mark.every_type
def test_what_is_off_by_default_is_told_of_azure(steps: list[Step]) -> None:
    off = {step.name for step in steps if step.on_demand and step.module.startswith("azure.")}
    _, _, rest = PAGES["azure.md"].partition("## What is off by default\n")
    rows = Counter(re.findall(r"\[`(\w+)`\]", rest.partition("\n## ")[0]))
    assert rows == Counter(off), "docs/azure.md tells each type that is off by default once"


@pytest.mark.every_type
def test_what_became_of_each_type_of_graph_azure_is_so(steps: list[Step]) -> None:
    entities = {step.name: step for step in steps if not step.is_relationship}
    _, _, rest = PAGES["azure.md"].partition("## Beside graph-azure\n")
    rows = re.findall(r"^\| (\[?)`(azure_\w+)`.* \| ([^|]+) \|$", rest, re.MULTILINE)
    assert len({name for _, name, _ in rows}) == len(rows) == 121
    for link, name, state in rows:
        step = entities.get(name)
        told = state if step is None else "off by default" if step.on_demand else "read"
        assert (state, bool(link)) == (told, step is not None), name
        assert step is not None or not state.startswith(("read", "off")), name


@pytest.mark.every_type
def test_every_type_is_listed_and_has_a_section(steps: list[Step]) -> None:
    ours = {step.name for step in steps if step.source.is_relative_to(ROOT)}
    assert ours <= set(sections())
    assert ours <= set(re.findall(r"\[`(\w+)`\]", PAGES["types.md"]))


@pytest.mark.every_type
def test_every_property_stands_in_the_table_of_its_type_or_in_that_of_all(steps: list[Step]) -> None:
    tables = {name: re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE) for name, text in sections().items()}
    for step in (step for step in steps if step.source.is_relative_to(ROOT)):
        schema = load_schema(step)
        assert set(tables["In every record"]) >= set(schema.supplied)
        own = {*schema.document["properties"], *(f"{beginning}*" for beginning in schema.open)} - set(schema.supplied)
        assert set(tables[step.name]) == own, step.name


def consents() -> Iterator[tuple[str, set[str]]]:
    """Yield each type, and what is to be granted for it and for what it needs."""
    for name, section in sections().items():
        told = dict(re.findall(r"^- ([\w ,]+): (`.*)$", section, re.MULTILINE))
        if granted := told.get("Grant, with what it needs", told.get("Permissions")):
            yield name, {each for each in re.findall(r"`([^`]+)`", granted) if "/" not in each}


def test_the_consents_of_a_selection_follow_from_those_of_its_types() -> None:
    rows = {frozenset(granted): name for name, granted in consents() if granted}
    manager = load()
    some = sorted(rows, key=sorted)[::3]  # each pair of them all would be thousands
    told = [each for each in some if not any(step.wants for step in plan(manager, only=[rows[each]]).steps)]
    assert len(told) > len(some) / 2
    for pair in itertools.combinations(told, 2):  # what a type can do without is told apart from what it takes
        types = [rows[granted] for granted in pair]
        assert set(review(plan(manager, only=types), ()).to_grant) <= pair[0] | pair[1], types


@pytest.mark.parametrize(
    "phrase",
    [
        f"more than {Config.mass_delete:g} % of its records, and {LEAST} at least",
        f"`--in-flight` ({Config.in_flight})",
        f"for up to {Patience().deadline / 60:g} minutes",
        f"pauses of up to {Patience().max_wait:g} seconds",
        f"batches of {MOST} groups",
        f"less than {WORDS[LIFETIME / 86_400]} days ago",
        f"in the last {WORDS[Config.full_every]} days",
    ],
)
def test_the_numbers_that_operators_are_told_are_those_of_the_code(phrase: str) -> None:
    assert phrase in " ".join(PAGES["operations.md"].split())


def test_the_limits_of_azure_that_are_told_are_those_of_the_code() -> None:
    page = " ".join(PAGES["azure.md"].split())
    (lists, span), (reads, seconds) = LIMITS["storage lists"], LIMITS["provider"]
    assert f"{lists} in {span / 60:g} minutes" in page
    assert f"{reads} at once, and {reads / seconds:g} a second" in page
    assert f"parts of some {FILL} rows" in page


def test_no_option_takes_a_secret() -> None:
    taken = {option.name for option in run.params if isinstance(option, click.Option)}
    assert set(NAMES) >= SECRETS
    assert taken.isdisjoint(SECRETS)


@pytest.mark.parametrize(("page", "query"), blocks("sql"))
def test_a_query_answers(page: str, query: str) -> None:
    assert CliRunner().invoke(main, ["run", "--demo"]).exit_code == 0
    with closing(sqlite3.connect(".integration/graph.db")) as database:
        (group,) = database.execute(
            "SELECT azure_user_group.displayName FROM azure_user_group"
            " JOIN azure_user_group_has_user ON _fromEntityKey = azure_user_group._key"
        ).fetchone()
        assert database.execute(query.replace("all-staff", group)).fetchall(), page


@pytest.mark.parametrize("page", ["hooks.md", "operations.md"])
def test_a_program_runs(page: str) -> None:
    programs = [block for name, block in blocks("python") if name == page and "import" in block]
    assert programs
    for program in programs:
        subprocess.run([sys.executable, "-c", program], check=True)
