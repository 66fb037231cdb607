"""The end of a run as a person reads it: what fits a terminal, each reason once, and what must be known said last."""

import io
import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from integration import Report
from integration.engine.refusals import wanted
from integration.errors import Forbidden, GraphError, NotLicensed
from integration.sdk.changes import What
from integration.sdk.report import StepResult
from integration.terminal.remarks import remarks
from integration.terminal.result import print_report
from integration.terminal.result_table import wrapped
from integration.terminal.summary_text import duration, sentences
from tests.simulator import Faults, Simulator, demo_tenant, synthetic_tenant
from tests.support import DEMO, FEW
from tests.terminal.terminals import PROGRAM, on_terminal, plain

TYPES = sorted(FEW)
ONLY = [part for name in TYPES for part in ("--only", name)]
REFUSED = "needs the permission Crew.Read.All: /crew: not permitted (HTTP 403, Authorization_RequestDenied)"
WITHOUT_GROUPS = ("User.Read.All", "Organization.Read.All", "Policy.Read.All")
READ = {"requests": {"get": 20, "batch": 11}, "mirror": "new", "throttledSeconds": 0.0}


def result(type: str, verdict: Any = "complete", reason: str = "", **more: Any) -> StepResult:
    return StepResult(type=type, verdict=verdict, reason=reason, **more)


def fallen(type: str, *needs: str) -> StepResult:
    reason = "; ".join(f"needs {need}, which failed: {REFUSED}" for need in needs)
    return result(type, "skipped", reason, needs=needs, because_of_failure=True)


def told(*results: StepResult, **more: Any) -> list[str]:
    report = Report(results=results, **{"reading": READ, "seconds": 4.12, "first": True, **more})
    return sentences(report, Path("out"))


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    """A tenant whose application may not read groups, and members of other kinds are in them."""
    with Simulator(demo_tenant(), roles=WITHOUT_GROUPS) as simulator:
        yield simulator


def settings(simulator: Simulator) -> dict[str, str]:
    return {"INTEGRATION_ACCESS_TOKEN": simulator.token, "INTEGRATION_GRAPH_URL": simulator.url}


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_missing_permission_on_a_terminal(columns: int, simulator: Simulator) -> None:
    code, shown = on_terminal(columns, "run", *ONLY, variables=settings(simulator))
    lines = plain(shown)
    assert code == 1
    assert [line for line in lines if len(line.rstrip()) > columns] == []
    rows = [line.split() for line in lines[1 : len(TYPES) + 1]]
    assert sorted(row[0] for row in rows) == TYPES
    assert {row[1] for row in rows} == {"complete", "failed", "skipped"}
    text = " ".join(" ".join(lines).split())
    assert text.count("needs the permission") == text.count("not permitted") == 1
    assert "GroupMember.Read.All, then run again." in text
    assert text.endswith(f"5 of {len(TYPES)} types are missing: grant GroupMember.Read.All, then run again.")
    steps = json.loads(Path(".integration/summary.json").read_text())["integrationStepResults"]
    grants = {step["id"]: step["toGrant"] for step in steps if "toGrant" in step}
    assert list(grants.values()) == [["GroupMember.Read.All"]]
    assert len([line for line in lines if line]) <= 18 + len(TYPES)


def test_elsewhere_each_type_has_one_line_with_its_reason_at_the_end(simulator: Simulator) -> None:
    environment = {**os.environ, **settings(simulator)}
    done = subprocess.run([*PROGRAM, "run", *ONLY], env=environment, capture_output=True, text=True, check=False)
    heading, *lines = done.stdout.splitlines()
    assert heading.split() == ["type", "verdict", "count", "seconds", "changes", "reason"]
    steps = json.loads(Path(".integration/summary.json").read_text())["integrationStepResults"]
    for step, line in zip(steps, lines, strict=False):
        assert line.split()[:2] == [step["id"], step["verdict"]]
        assert line.endswith(step["reason"] or f"  +{step['count']}")
        assert len(line) < len(heading) + len(step["reason"])
    assert lines[-1] == f"5 of {len(TYPES)} types are missing: grant GroupMember.Read.All, then run again."


def test_where_the_graph_goes_to_standard_output_people_read_the_other_one() -> None:
    done = subprocess.run([*PROGRAM, *DEMO, "--to", "jsonl:-"], capture_output=True, text=True, check=True)
    assert all(json.loads(line) for line in done.stdout.splitlines())
    assert done.stderr.splitlines()[-1].startswith("All that was asked for was read; ")


def test_first_and_later_runs_are_told_apart() -> None:
    with Simulator(synthetic_tenant(users=60, groups=6, memberships=100, seed=3)) as simulator:
        environment = {**os.environ, **settings(simulator)}

        def run(*more: str) -> str:
            done = subprocess.run([*PROGRAM, "run", *more], env=environment, capture_output=True, text=True, check=True)
            return done.stdout

        first, second, fresh = run(), run(), run("--fresh")
        simulator.tenant.mutate(20, seed=1)
        third = run()
    records = sum(step["count"] for step in steps_of(Path(".integration")))
    assert "First run: " in first
    assert "Later run: nothing changed since 20" in second
    assert "Later run, everything read anew: nothing changed since 20" in fresh
    assert records
    assert any(f" {word}" in third.partition("Later run: ")[2] for word in ("came", "changed", "went"))


def steps_of(folder: Path) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = json.loads((folder / "summary.json").read_text())["integrationStepResults"]
    return steps


def test_members_without_a_type_are_told() -> None:
    members = ("--only", "azure_user_group_has_user", "--only", "azure_user_group_has_group")
    done = subprocess.run([*PROGRAM, "run", "--demo", *members], capture_output=True, text=True, check=True)
    assert (
        "4 members of groups are left out, since no relationship type for their kinds was read: "
        "2 devices, 1 contact, 1 service principal." in done.stdout.splitlines()
    )
    relations = {"/teams/*/owners?$select=id": {"#microsoft.graph.orgContact": 1}, "/x/*/members": {
        "": 2, **{f"#microsoft.graph.kind{number}": 1_000 * number for number in range(1, 8)}}}  # fmt: skip
    said = told(result("crew"), reading={**READ, "notRepresented": relations})
    assert "1 owner of teams is left out, since there is no relationship type for its kind: 1 contact." in said
    less = told(result("crew"), not_chosen=["port"], reading={**READ, "notRepresented": {"/x/*/members": {"port": 2}}})
    assert "2 members of x are left out, since no relationship type for their kind was read: 2 ports." in less
    ends = {
        "/devices/*/registeredOwners?$select=id": {"#microsoft.graph.servicePrincipal": 1},
        "/directory/administrativeUnits/*/members": {"#microsoft.graph.servicePrincipal": 2},
        "/servicePrincipals/*/memberOf": {"#microsoft.graph.administrativeUnit": 2},
        "/users/*/manager": {"#microsoft.graph.orgContact": 2},
        "azure:resources": {"microsoft.maps/accounts": 2},
    }
    all_read = told(result("crew"), reading={**READ, "notRepresented": ends})
    no, not_read = "left out, since there is no relationship type for", "left out, since no"
    assert f"1 registered owner of devices is {no} its kind: 1 service principal." in all_read
    assert f"2 memberships of service principals are {no} their kind: 2 administrative units." in all_read
    some = told(result("crew", "skipped", REFUSED), reading={**READ, "notRepresented": ends})
    assert f"2 managers of users are {not_read} relationship type for their kind was read: 2 contacts." in some
    assert f"2 resources are {not_read} type for their kind was read: 2 of microsoft.maps/accounts." in some
    assert some[2].startswith("2 members of administrative units are left out")
    (many,) = [each for each in said if each.startswith("28,002 members of x are left out, since there is no")]
    assert many.endswith("7,000 kind7s, 6,000 kind6s, 5,000 kind5s, 4,000 kind4s, 3,000 kind3s, 3,002 others.")


def test_the_smallest_grant_is_named() -> None:
    wanted = result("crew", "failed", REFUSED, to_grant=["User.Read.All", "Group.Read.All"])
    also = result("ship", "failed", "other", to_grant=["GroupMember.Read.All", "User.ReadBasic.All"])
    assert told(wanted, also, result("port"))[-1] == (
        "2 of 3 types are missing: grant Group.Read.All and User.Read.All, then run again."
    )
    granted = {**READ, "permissions": {"granted": ["User.Read.All"]}}
    assert told(wanted, reading=granted)[-1] == "1 of 1 type is missing: grant Group.Read.All, then run again."
    contained = {**READ, "permissions": {"granted": ["User.Read.All"], "contained": ["User.Read.All"]}}
    assert "grant Group.Read.All and User.Read.All, then" in told(wanted, reading=contained)[-1]


def test_what_is_no_longer_permitted_is_to_be_granted_again() -> None:
    counted_on = {"because_of_failure": True, "errors": ()}
    lost = result("crew", "skipped", "not permitted: …", to_grant=["Group.Read.All"], **counted_on)
    after = result("crew_has_ship", "skipped", "needs crew, which was skipped: …", needs=("crew",), **counted_on)
    poorer = result("port", "partial", "needs …", to_grant=["Policy.Read.All"])
    assert told(lost, after, poorer)[-1] == (
        "2 of 3 types are missing and 1 is partial: grant Group.Read.All and Policy.Read.All, then run again."
    )
    unlicensed = result("plan", "skipped", "not licensed: …", **counted_on)
    assert told(lost, unlicensed)[-1] == (
        "2 of 2 types are missing: grant Group.Read.All, then run again. plan: for other reasons, told above."
    )


def test_what_no_permission_mends_is_told_apart() -> None:
    down = result("ship", "failed", "/ships: 503")
    assert told(result("crew"), down)[-1] == (
        "1 of 2 types is missing: the reasons are above; the next run tries again."
    )
    refused = result("crew", "failed", REFUSED, to_grant=["Crew.Read.All"])
    some = result("port", "partial", "2 records rejected")
    assert told(refused, fallen("crew_has_ship", "crew"), down, some)[-1] == (
        "3 of 4 types are missing and 1 is partial: grant Crew.Read.All, then run again."
        " ship and port: for other reasons, told above."
    )


def test_what_was_left_out_is_not_missing() -> None:
    assert told(result("crew"))[-1] == "Everything was read."
    left_out = result("ship", "skipped", "as asked", left_out=True)
    assert told(result("crew"), left_out, not_chosen=["port"])[-1] == (
        "All that was asked for was read; 2 types are left out."
    )


def test_what_this_run_may_not_read_is_said_last() -> None:
    lacks = result("crew", "skipped", "not permitted: the token lacks Crew.Read.All", to_grant=["Crew.Read.All"])
    needs = result("crew_has_ship", "skipped", "needs crew, which is skipped", needs=("crew",))
    unlicensed = result("port", "skipped", "not licensed")
    said = "All that is open to this run was read; "
    assert told(result("ship"), lacks, needs)[-1] == f"{said}2 types were skipped: to read more, grant Crew.Read.All."
    assert told(result("ship"), unlicensed)[-1] == f"{said}1 type was skipped for the reasons above."
    assert told(result("ship", "failed", "/ships: 503"), lacks)[-1] == (
        "1 of 1 type is missing: the reasons are above; the next run tries again."
        " Besides, 1 type was skipped: to read more, grant Crew.Read.All."
    )


def test_what_no_grant_opens_is_counted_apart_from_what_one_does() -> None:
    lacks = result("crew", "skipped", "not permitted: …", to_grant=["Crew.Read.All"])
    sunk = result("port", "skipped", "Azure is not known")
    needs = [
        result("crew_has_ship", "skipped", "needs crew, which is skipped", needs=("crew",)),
        result("port_has_pier", "skipped", "needs port, which is skipped", needs=("port",)),
        result("crew_has_port", "skipped", "needs crew, port, which are skipped", needs=("crew", "port")),
    ]
    assert told(result("ship"), lacks, sunk, *needs)[-1] == (
        "All that is open to this run was read; 5 types were skipped, 3 of them for other reasons than permissions,"
        " told above: to read more, grant Crew.Read.All."
    )


def test_what_a_type_does_not_cover_is_named() -> None:
    problem = {"leftOut": {"count": 1_900, "examples": ["groups that no role can be assigned to"]}}
    (remark,) = remarks(Report(results=[result("crew", problems=problem)]))
    assert remark.text == "1,900 not covered: groups that no role can be assigned to"


def test_what_destinations_did_not_get_is_said_last() -> None:
    said = told(result("crew"), withheld={"crew": "it lost 90 of 100 records"}, failed_sinks={"files:x": "full"})
    assert said[-3:] == ["Everything was read.", "crew: it lost 90 of 100 records", "files:x: not written: full"]


def test_what_a_run_took() -> None:
    assert told(result("crew", count=41_022))[0] == "First run: 41,022 records, 31 requests, 4.1 s."
    held = {**READ, "mirror": "resumed", "throttledSeconds": 75.2}
    assert told(result("crew", count=1), reading=held, seconds=130.0)[0] == (
        "First run, gone on from where one was cut short: 1 record, 31 requests, 2 min 10 s,"
        " 1 min 15 s of it held back by Graph."
    )
    begun = round(datetime(2026, 3, 1, 7, 5, tzinfo=UTC).timestamp() * 1000)
    assert told(result("crew", count=1), reading={**READ, "mirror": "resumed", "begunOn": begun})[0] == (
        "First run, gone on from where one of 2026-03-01 07:05 UTC was cut short: 1 record, 31 requests, 4.1 s."
    )
    changes = {"crew": {"created": 1_200, "deleted": 3}, "ship": {"updated": 4, "created": 1}}
    assert told(result("crew"), first=False, reading={**READ, "mirror": "updated"}, changes=changes)[0] == (
        "Later run: 1,201 came, 4 changed, 3 went; 31 requests, 4.1 s."
    )
    moment = round(datetime(2026, 3, 1, 7, 5, tzinfo=UTC).timestamp() * 1000)
    assert told(result("crew"), first=False, reading={**READ, "mirror": "updated"}, changed_on=moment)[0] == (
        "Later run: nothing changed since 2026-03-01 07:05 UTC; 31 requests, 4.1 s."
    )
    spans = [duration(seconds) for seconds in (0.0, 0.949, 0.96, 59.9, 59.99, 3_599.7, 7_300)]
    assert spans == ["0.00 s", "0.95 s", "1.0 s", "59.9 s", "1 min 0 s", "1 h 0 min", "2 h 1 min"]


def test_a_reason_stands_once_with_all_types_that_it_concerns() -> None:
    results = [
        result("crew", "failed", REFUSED),
        result("ship", "failed", REFUSED),
        fallen("crew_has_ship", "crew", "ship"),
        *(fallen(f"type_{number}", "crew_has_ship") for number in range(7)),
        result("port", "complete", problems={"danglingEnds": {"count": 1, "examples": []}}),
    ]
    first, second = remarks(Report(results=results))
    assert (first.text, first.types) == (REFUSED, ("crew", "ship"))
    assert first.heading == (
        "crew and ship failed; without them also crew_has_ship, type_0, type_1, type_2 and 4 more:"
    )
    assert (second.heading, second.text) == ("port:", "1 leads to an entity that was not collected")


def test_what_one_grant_mends_is_told_together() -> None:
    refused = "needs the permission Ship.Read.All: /{}: not permitted (HTTP 403)"
    grant = ["Ship.Read.All"]
    results = [
        result("ship", "failed", refused.format("ships"), to_grant=grant),
        result("crew", "failed", REFUSED, to_grant=["Crew.Read.All"]),
        result("mast", "failed", refused.format("masts"), to_grant=grant),
        fallen("ship_has_mast", "ship", "mast"),
        result("sail", "failed", refused.format("masts"), to_grant=grant),
    ]
    first, second = remarks(Report(results=results))
    assert first.heading == "ship, mast and sail failed; without them also ship_has_mast:"
    assert first.text == f"{refused.format('ships')}; 1 more likewise"
    assert (second.heading, second.text) == ("crew failed:", REFUSED)


@pytest.mark.parametrize("width", [1, 20, 80])
def test_no_name_is_broken(width: int) -> None:
    words = [
        "grant",
        "GroupMember.Read.All",
        "https://graph.microsoft.com/v1.0/groups?$select=id",
        "グループ" * 6,
        "-x-y",
    ]
    lines = list(wrapped(" ".join(words), width, indent="  "))
    assert " ".join(lines).split() == words
    assert all(len(line.split()) == 1 or len(line) <= width for line in lines)


def test_a_strangers_words_move_no_cursor() -> None:
    faults = Faults(forbidden={"/users": "x\x1b[2J\x1b]0;pwn\x07\nazure_user: complete"})
    with Simulator(demo_tenant(), faults=faults) as simulator:
        _, shown = on_terminal(80, "run", variables=settings(simulator))
    assert "\x1b]" not in shown
    assert "\x1b[2J" not in shown
    assert not any(line.startswith("azure_user: complete") for line in plain(shown))


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_long_names_cost_columns_before_they_cost_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "contoso_policy_excludes_" + "principal" * 4
    changes: dict[str, dict[What, int]] = {name: {"created": 1_000, "updated": 12}}
    results = [result(name, count=12_345, seconds=1.5), result("contoso_crew", count=7)]
    report = Report(results=results, changes=changes, started_on=1, seconds=2.0)
    shown = {}
    for columns in (120, 95, 80, 62):
        screen = _Terminal()
        monkeypatch.setattr("sys.stdout", screen)
        monkeypatch.setenv("COLUMNS", str(columns))
        print_report(report, Path("out"))
        shown[columns] = plain(screen.getvalue())
    headings = {columns: lines[0].split() for columns, lines in shown.items()}
    assert headings[120] == ["type", "verdict", "count", "seconds", "changes"]
    assert headings[95] == ["type", "verdict", "count", "changes"]
    assert headings[80] == ["type", "verdict", "count"]
    assert shown[62][:4] == [
        f"{'type':<44}  verdict    count",
        name,
        f"{'':<44}  complete  12,345",
        f"{'contoso_crew':<44}  complete       7",
    ]
    assert all(len(line) <= columns for columns, lines in shown.items() for line in lines)


def test_what_was_skipped_though_nothing_failed_has_no_row_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    off = [result(f"contoso_{name}", "skipped", "it is off by default", left_out=True) for name in ("key", "rule")]
    refused = result("contoso_ship", "skipped", "not permitted: the token lacks Ship.Read.All")
    lost = [result("contoso_port", "failed", "down"), fallen("contoso_pier", "contoso_port")]
    monkeypatch.setattr("sys.stdout", screen := _Terminal())
    print_report(Report(results=[result("contoso_crew"), refused, *lost, *off]), Path("out"))
    shown = plain(screen.getvalue())
    assert [line for line in shown if line.startswith("contoso_")] == [
        "contoso_crew  complete      0",
        "contoso_port  failed        0",
        "contoso_pier  skipped       0",
        "contoso_ship was skipped:",
        "contoso_port failed; without it also contoso_pier:",
        "contoso_key and contoso_rule were skipped:",
    ]


def rows_of_many(monkeypatch: pytest.MonkeyPatch, report: Report) -> list[list[str]]:
    """Return the rows of the table on a terminal, without its heading."""
    monkeypatch.setattr("sys.stdout", screen := _Terminal())
    print_report(report, Path("out"))
    lines = plain(screen.getvalue())
    return [line.split() for line in lines[1 : lines.index("")]]


def test_many_types_fit_a_screen_by_what_they_have_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [result(f"contoso_{number}", count=number) for number in range(1_000)]
    many[7] = result("contoso_7", "failed", "down")
    many[8] = result("contoso_8", "partial", "one object is not whole", count=8)
    rows = rows_of_many(monkeypatch, Report(results=many, first=True))
    of_most = [f"contoso_{number}" for number in range(962, 1_000)]
    assert [row[0] for row in rows[:-1]] == ["contoso_7", "contoso_8", *of_most]
    assert rows[-1] == ["960", "further", "complete", f"{sum(range(962)) - 7 - 8:,}"]

    changes: dict[str, dict[What, int]] = {"contoso_3": {"created": 2}, "contoso_500": {"deleted": 1}}
    rows = rows_of_many(monkeypatch, Report(results=many, changes=changes))
    told = {row[0]: row[-1] for row in rows}
    assert (told["contoso_3"], told["contoso_500"], told["contoso_7"]) == ("+2", "-1", "0")
    assert [row[0] for row in rows] == ["contoso_3", "contoso_7", "contoso_8", "contoso_500", *of_most[2:], "960"]


def test_an_outage_of_many_types_fits_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = [result(f"contoso_{number}", "failed", "down") for number in range(500)]
    without = [fallen(f"contoso_{number}_has_ship", f"contoso_{number}") for number in range(500)]
    read = [result(f"contoso_crew_{number}", count=100 - number) for number in range(40)]
    rows = rows_of_many(monkeypatch, Report(results=[*lost, *without, *read], first=True))
    assert len(rows) == 43
    assert [row[0] for row in rows[:-3]] == [
        *(f"contoso_{number}" for number in range(5)),
        *(f"contoso_crew_{number}" for number in range(35)),
    ]
    assert [row[:3] for row in rows[-3:]] == [
        ["495", "further", "failed"], ["500", "further", "skipped"], ["5", "further", "complete"],
    ]  # fmt: skip


def test_many_reasons_fit_some_screens_the_worst_of_them_first(monkeypatch: pytest.MonkeyPatch) -> None:
    partial = [result(f"contoso_{number}", "partial", f"object {number} is odd") for number in range(30)]
    lost = [result(f"contoso_lost_{number}", "failed", f"/crews/{number}: down") for number in range(15)]
    monkeypatch.setattr("sys.stdout", screen := _Terminal())
    print_report(Report(results=[*partial, *lost], first=True), Path("out"))
    shown = plain(screen.getvalue())
    headings = [line for line in shown if line.endswith(":") and line.startswith("contoso_")]
    assert headings == [
        *(f"contoso_{number} is partial:" for number in range(5)),
        *(f"contoso_lost_{number} failed:" for number in range(15)),
    ]
    assert "25 further remarks are left out here: summary.json has them, type by type." in shown


def test_of_reasons_that_are_as_bad_those_of_most_types_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = [result(f"contoso_{number}", "failed", f"crew {number} is away") for number in range(30)]
    without = [fallen("contoso_29_has_ship", "contoso_29")]
    monkeypatch.setattr("sys.stdout", screen := _Terminal())
    print_report(Report(results=[*lost, *without], first=True), Path("out"))
    headings = [line for line in plain(screen.getvalue()) if line.startswith("contoso_") and line.endswith(":")]
    assert headings[-1] == "contoso_29 failed; without it also contoso_29_has_ship:"
    assert len(headings) == 20


def test_what_is_left_out_is_told_once_with_all_that_needs_it() -> None:
    done = subprocess.run([*PROGRAM, "run", "--demo", "--skip", "azure_device"], capture_output=True, check=False)
    assert done.returncode == 0
    steps = {step["id"]: step for step in steps_of(Path(".integration"))}
    left_out = steps["azure_user_group_has_device"]
    assert left_out["dependsOn"] == ["azure_user_group", "azure_device"]
    assert left_out["name"] == "A device is a direct member of a group."
    _, shown = on_terminal(100, "run", "--demo", "--skip", "azure_device")
    text = " ".join(plain(shown))
    assert "azure_device was skipped; without it also azure_account_has_device, " in text
    assert "which is skipped" not in text
    assert "were skipped; without them also azure_" in text
    assert text.count("off by default") == 1


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-16"])
def test_a_reason_reaches_any_encoding(encoding: str) -> None:
    faults = Faults(forbidden={"/users": "グループ"})
    with Simulator(demo_tenant(), faults=faults) as simulator:
        environment = {**os.environ, **settings(simulator), "PYTHONIOENCODING": encoding}
        done = subprocess.run([*PROGRAM, "run", *ONLY], env=environment, capture_output=True, check=False)
    assert done.returncode == 1
    text = done.stdout.decode(encoding)
    assert ("グループ" in text) == (encoding == "utf-16")
    assert "missing" in text.splitlines()[-1]
    assert b"Traceback" not in done.stderr


def test_a_run_whose_output_is_cut_short_exits_as_it_would_have(simulator: Simulator) -> None:
    command = f"{' '.join(PROGRAM)} run | head -1; exit ${{PIPESTATUS[0]}}"
    environment = {**os.environ, **settings(simulator)}
    done = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr
    shell = ["bash", "-c", command.replace(" run", f" {' '.join(DEMO)} --out demo")]
    assert subprocess.run(shell, env=environment, capture_output=True, check=False).returncode == 0


def test_what_a_refusal_wants() -> None:
    refused, hidden = Forbidden("not permitted", path="/crew", status=403), Forbidden("hidden", path="/crew")
    hidden.permission = "Member.Read.Hidden"
    unlicensed, down = NotLicensed("no licence", path="/crew", status=403), GraphError("down", path="/crew", status=503)
    assert wanted([refused], ["A", "B"]) == ("A", "B")
    assert wanted([refused, refused], ["C"]) == ("C",)
    assert wanted([hidden, unlicensed, down], ["A"]) == ("Member.Read.Hidden",)
    assert wanted([], ["A"]) == ()
