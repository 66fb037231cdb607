"""Names that strangers give, in all that is printed of them: they move no terminal, forge no line and are no formula.

JSON stays exact all the same, and a stream that cannot encode a name gets an escape for it.
"""

import csv
import io
import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from click.testing import CliRunner

from integration.ask.answer import QueryAnswer
from integration.ask.formats import write_csv, write_json_rows, write_table
from integration.cli import main
from integration.text.visible import UNSEEN, exact
from tests.store.saved_graph import save, user
from tests.support import worn

HOSTILE = {
    "title and clear": "\x1b]0;pwn\x07\x1b[2J\x1b[31mAda\x1b[0m\nazure_user: - Boss\u202e",
    "link": "\x1b]8;;http://evil.example\x07click\x1b]8;;\x07",
    "C1": "\x9b2J\x9d0;pwn\x9cAda",
    "carriage return": "Ada\rroot",
    "separators": "Ada\u2028azure_user: + Boss\u2029\x85",
    "direction": "\u202eadA\u2066\u200f\u061c",
    "cut short": "Ada\x00Example",
    "half": "Ada\ufeff\ufff9",
}


def integration(*arguments: str | bytes, encoding: str = "utf-8") -> tuple[str, str, int]:
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "integration", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    return done.stdout.decode(encoding), done.stderr.decode(encoding), done.returncode


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_one_change_is_one_line_that_moves_no_terminal(name: str) -> None:
    save([user("key-bo", "Bo")])
    save([user("key-bo", "Bo", jobTitle=name), user("key-x", name)], worn(("key-group", "key-x")))
    for arguments in (["diff"], ["diff", "--type", "azure_user"]):
        done = CliRunner().invoke(main, arguments)
        assert not UNSEEN.search(done.stdout.replace("\n", ""))
        lines = [line for line in done.stdout.splitlines() if line.startswith("azure_user:")]
        assert len(lines) == 2
        assert not any("- Boss" in line[: len("azure_user: - Boss")] for line in lines)
    for arguments in (["history"], ["history", "key-x"], ["history", "key-bo"], ["history", name]):
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == 0
        assert not UNSEEN.search(done.output.replace("\n", ""))
    assert len(CliRunner().invoke(main, ["history", "key-bo"]).stdout.splitlines()) == 1
    raw = CliRunner().invoke(main, ["diff", "--json"]).stdout
    assert not UNSEEN.search(raw.replace("\n", ""))
    changes = [json.loads(line) for line in raw.split("\n") if line]
    assert [each["names"] for each in changes if each["_key"] == "key-x"] == [[name]]


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("write", [write_table, write_json_rows, write_csv])
def test_no_form_of_an_answer_moves_a_terminal(name: str, write: Any) -> None:
    file = io.StringIO()
    write(QueryAnswer(("name", name), iter([(name, 1), ("Bo", 2)])), file)
    assert not UNSEEN.search(file.getvalue().replace("\n", ""))
    if write is write_json_rows:
        assert json.loads(file.getvalue()) == [{"name": name, name: 1}, {"name": "Bo", name: 2}]
    else:
        assert len(file.getvalue().split("\n")) == 4


@pytest.mark.parametrize("text", [*HOSTILE.values(), "plain", 'a "quoted" \\ one', "Zoë Łukasz 😀", "\ud7ff\ue000"])
def test_json_is_exact(text: str) -> None:
    for ascii_only in (False, True):
        written = exact({text: [text]}, ascii_only=ascii_only)
        assert json.loads(written) == {text: [text]}
        assert written.isascii() or not ascii_only


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_stream_of_another_encoding_gets_everything(encoding: str) -> None:
    names = ["Zoë \u0141ukasz 😀", "グループ", "Bo"]
    save([user("key-0", "Zoe")])
    save([user(f"key-{at}", name) for at, name in enumerate(names)])
    sql = ["query", "--sql", "SELECT displayName, _key FROM azure_user ORDER BY _key"]
    answers = []
    for arguments in (sql, [*sql, "--csv"], [*sql, "--json"], ["diff"], ["diff", "--json"], ["history", "key-0"],
                      ["history", "key-0", "--json"], ["query"], ["types"], ["plan", "--graph"]):  # fmt: skip
        shown, said, code = integration(*arguments, encoding=encoding)
        answers.append(shown)
        assert (said, code) == ("", 0), arguments
        assert shown.endswith("\n")
        if arguments[-1] == "--json":
            assert shown.isascii()
        elif arguments[0] != "types":
            assert arguments[0] == "plan" or arguments == ["query"] or "ukasz" in shown
    table, as_csv, as_json, *_ = answers
    assert [row["displayName"] for row in json.loads(as_json)] == names
    rows = list(csv.reader(io.StringIO(as_csv)))
    assert [row[1] for row in rows] == ["_key", "key-0", "key-1", "key-2"]
    assert "\\u0141ukasz \\ud83d\\ude00" in rows[1][0]
    assert "Zoë" in rows[1][0] or encoding == "ascii"
    lines = table.splitlines()
    assert len({line.index("key-") for line in lines[1:]}) == 1


def test_an_error_is_said_in_any_encoding() -> None:
    save([user("key-x", "グループ 1"), user("key-y", "グループ 2")])
    _, said, code = integration("query", "groups-of", "グルーペ", encoding="ascii")
    assert code == 2
    assert said.startswith("error: no azure_user or azure_user_group has the key or the name '\\u30b0")


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "\uff0b1"]
)
def test_no_text_of_a_spreadsheet_is_a_formula(text: str) -> None:
    file = io.StringIO()
    write_csv(QueryAnswer(("text", text, "number"), iter([(f"x{text}", text, -5), ("plain", None, 0.5)])), file)
    rows = list(csv.reader(io.StringIO(file.getvalue())))
    assert rows[0][1] == rows[1][1] == "'" + UNSEEN.sub("\ufffd", text)
    assert rows[1][2] == "-5"
    assert rows[2] == ["plain", "", "0.5"]
    assert not rows[1][0].startswith("'")


@pytest.mark.parametrize("text", ["a;=cmd()", 'a "b", c', "a;b", "", "  a ", "'=1", "ä"])
def test_a_cell_is_one_cell_for_every_spreadsheet(text: str) -> None:
    file = io.StringIO()
    write_csv(QueryAnswer(("one",), iter([(text,), (text,)])), file)
    assert list(csv.reader(io.StringIO(file.getvalue()))) == [["one"], [text], [text]]
    if ";" in text:
        assert list(csv.reader(io.StringIO(file.getvalue()), delimiter=";")) == [["one"], [text], [text]]


def test_what_is_shown_of_a_name_finds_it() -> None:
    names = ["Ada\x00Example", "Ada\x00Other", "\u202eAda", "A\ufffdda", "\u200bExample", "Ada\U000e0041"]
    save(
        [user(f"key-{at}", name) for at, name in enumerate(names)], worn(*(("key-group", f"key-{n}") for n in range(6)))
    )
    for at, name in enumerate(names):
        shown = UNSEEN.sub("\ufffd", name)
        done = CliRunner().invoke(main, ["query", "membership-path", "グループ", shown, "--json"])
        assert done.exit_code == 0, done.stderr
        assert CliRunner().invoke(main, ["query", "membership-path", "グループ", f"key-{at}"]).exit_code == 0


def test_a_long_name_makes_no_other_line_longer() -> None:
    file = io.StringIO()
    rows = [("x" * 256, "key-long"), *((f"name {number}", f"key-{number}") for number in range(30))]
    write_table(QueryAnswer(("name", "key"), iter(rows)), file)
    lines = file.getvalue().splitlines()
    assert lines[1] == "x" * 256 + "  key-long"
    assert {line.index("key") for line in (lines[0], *lines[2:])} == {9}


class Screen(io.StringIO):
    """Takes text as a terminal does."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_key_is_whole_on_a_terminal_of_any_width(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    key = "2e7b7ca6-b601-4352-8ecd-980762eae08b"
    row = ("Ada Lovelace of Contoso", "ada.lovelace@contoso.example", "A › " * 30, key)  # noqa: RUF001
    screen = Screen()
    write_table(QueryAnswer(("displayName", "userPrincipalName", "path", "key"), iter([row, row])), screen)
    shown = re.sub("\x1b\\[[0-9;]*m", "", screen.getvalue())
    assert shown.count(key) == 2
    assert shown.count("ada.lovelace@contoso.example") == 2


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_log_in_json_stays_json_in_any_encoding(encoding: str) -> None:
    code = (
        "import logging\nfrom integration.terminal import logs, streams\n"
        "streams.prepare()\nlogs.set_up('json', None, {})\n"
        "logging.getLogger('integration').warning('Zo\\xeb \\u0141 \\U0001f600 \\x9b')"
    )
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert json.loads(done.stderr.decode(encoding))["message"].startswith("Zoë Ł 😀 ")
