"""What is known of a fleet's tenants may be damaged: that is said, and the next run can do without it."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from integration import OutputError
from integration.cli import main
from integration.fleet.document import FORMAT, understood, written
from integration.fleet.outcomes import WORDS, TenantOutcome
from integration.fleet.summary import updated
from integration.fleet.tenants import FLEET
from integration.fleet.work import states_of

WHOLE = {"word": "failed", "reason": "", "codes": [7], "seconds": 1.5, "changed": {"created": 3}, "lastSeconds": 2.0,
         "types": {"failed": ["azure_user"], "complete": 3}, "lastSuccess": 1_700_000_000_000}  # fmt: skip


def of(**damage: Any) -> bytes:
    return json.dumps({"run": "one", "endedOn": None, "tenants": {"contoso": WHOLE | damage}}).encode()


VALUES: list[Any] = [None, {}, [[1]], "x", -1]
ODD = [
    b"", b"{", b"[]", b"null", b'{"tenants": []}', b'{"tenants": {"contoso": "ok"}}',
    *(of(**{name: value}) for name in WHOLE for value in VALUES if (name, value) not in (
        ("word", "x"), ("reason", "x"), ("changed", {}), ("types", {}), ("lastSuccess", None))),
    of(lastSuccess=10**18), of(changed={"created": "x"}), of(types={"failed": [None]}), of(types={"failed": "x"}),
    of(types={"failed": {"list": 0}}), of(types={"failed": {}}), of(types={"failed": {"list": -1}}),
    b'{"tenants": {}, "run": 5}', b'{"tenants": {}, "endedOn": "x"}', b'{"tenants": {}, "lists": [[1]]}',
]  # fmt: skip


@pytest.mark.parametrize("data", ODD)
@pytest.mark.parametrize("scheme", ["", "file://"], ids=["folder", "store"])
def test_damage_is_said_and_does_without(
    data: bytes, scheme: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / FLEET).write_bytes(data)
    states = states_of(f"{scheme}{folder}")
    assert states.told() == {}
    (warning,) = [record.getMessage() for record in caplog.records if FLEET in record.getMessage()]
    assert "is damaged" in warning
    whole = {"tenants": {"contoso": {"word": "ok"}}}
    states.tell(whole)
    assert states.told() == whole


@pytest.mark.parametrize("data", [*ODD[:9], of(word="of another version", more={"told": []})])
def test_the_commands_cope_with_damage(data: bytes) -> None:
    Path("state/contoso").mkdir(parents=True)
    Path("state", FLEET).write_bytes(data)
    done = CliRunner().invoke(main, ["fleet", "status", "--state", "state"])
    assert done.exception is None or done.exception.__class__ is SystemExit
    if b"another" in data:
        assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "1 tenant.")
    else:
        assert (done.exit_code, "no run of integration fleet" in done.stderr) == (2, True)
    assert CliRunner().invoke(main, ["fleet", "forget", "contoso", "--state", "state"]).exit_code == 0


def test_a_state_that_is_no_file_is_not_waited_for() -> None:
    Path("state").mkdir()
    os.mkfifo(Path("state", FLEET))
    with pytest.raises(OutputError, match="cannot be read: it is no file"):
        states_of("state").told()


def test_what_cannot_be_pulled_leaves_what_was_pulled_before() -> None:
    for folder in ("state/contoso", "copy"):
        Path(folder).mkdir(parents=True)
        with closing(sqlite3.connect(Path(folder, "graph.db"))) as database:
            database.execute("CREATE TABLE known (number)")
    before = Path("copy/graph.db").read_bytes()
    Path("state/contoso/graph.db").write_bytes(b"damaged" * 1000)
    with pytest.raises(
        OutputError, match=r"^there is no graph of the tenant contoso: state/contoso/graph.db: not usable"
    ):
        states_of("state").pull("contoso", Path("copy"))
    assert Path("copy/graph.db").read_bytes() == before
    assert [path.name for path in Path("copy").iterdir()] == ["graph.db"]


def test_what_a_run_tells_is_understood() -> None:
    outcomes = [
        TenantOutcome(
            tenant=word,
            word=word,
            codes=(7,),
            seconds=1.5,
            ended_on=1_700_000_000_000,
            read={"requests": 3, "seconds": 0.5},
            changed={"created": 3},
            types={"failed": ["azure_user"], "complete": 3},
        )
        for word in WORDS
    ]
    told = updated({}, outcomes, "one")
    for form in (told, written(told)):  # as an earlier version wrote it, and as it is written now
        again = understood(json.dumps(form).encode(), FLEET)
        assert json.loads(json.dumps(again)) == json.loads(json.dumps(told))


@pytest.mark.parametrize("command", ["status", "run"])
def test_what_a_later_version_has_written_is_left_to_it(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "x")
    Path("state").mkdir()
    written = json.dumps({"format": FORMAT + 1, "tenants": {"contoso": WHOLE}})
    Path("state", FLEET).write_text(written)
    secret = {"env": "SECRET"}
    tenant = {"name": "contoso", "directoryId": "contoso.example", "clientId": "c", "clientSecret": secret}
    Path("tenants.jsonl").write_text(json.dumps(tenant))
    given = ["tenants.jsonl"] if command == "run" else []
    done = CliRunner().invoke(main, ["fleet", command, *given, "--state", "state"], catch_exceptions=False)
    assert done.exit_code == 3
    assert "a later version of this product has written it: use that one" in done.stderr
    assert Path("state", FLEET).read_text() == written


def test_types_that_many_tenants_lack_are_kept_once() -> None:
    """Where ten thousand tenants have no licence, each says of hundreds of types that they were skipped."""
    lacking = [f"contoso_type_{number}" for number in range(600)]
    outcomes = [
        TenantOutcome.from_json(
            json.loads(json.dumps({"tenant": f"t{n}", "word": "ok", "types": {"skipped": lacking}}))
        )
        for n in range(3)
    ]
    assert outcomes[0].types == {"skipped": tuple(lacking)}
    document = updated({}, outcomes, "one")
    data = json.dumps(written(document)).encode()
    assert data.count(b'contoso_type_7"') == 1
    again = understood(data, FLEET)
    tenants = [*document["tenants"].values(), *again["tenants"].values()]
    assert len({id(each["types"]["skipped"]) for each in tenants}) == 1
