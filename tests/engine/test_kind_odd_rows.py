"""What a step's own code cannot cope with costs the record that it is about, not the type."""

import importlib
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from integration import Report, Step, load, plan, run
from integration.config.settings import Config
from integration.testing import GraphServer
from integration.text.phrases import counted
from integration.text.secret import Secret
from tests.support import write

ODD = {
    "a number as name": {"displayName": 123},
    "a number as mail": {"mail": 5},
    "a list as name": {"displayName": ["a"]},
    "an object as mail": {"mail": {}},
    "no licence": {"assignedLicenses": [None]},
    "a text as licences": {"assignedLicenses": "x"},
    "a number as licence": {"assignedLicenses": [5]},
}


def user(number: int, **properties: Any) -> dict[str, Any]:
    return {"id": f"user-{number}", "displayName": f"User {number}", "mail": None, **properties}


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    graph.add("/organization", {"id": "contoso", "displayName": "Contoso", "verifiedDomains": []})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"isEnabled": True})
    graph.add("/users", *(user(number) for number in range(1, 4)))
    graph.add("/groups", {"id": "group-1", "displayName": "Group 1"}, {"id": "group-2", "displayName": "Group 2"})
    for member in ("user-1", "user-2", "user-3"):
        graph.relate("/groups", "group-1", "members", {"id": member, "@odata.type": "#microsoft.graph.user"})
    return graph


def collect(tenant: GraphServer, *steps: Step, only: tuple[str, ...] = (), **settings: Any) -> Report:
    manager = load(*steps)
    config = replace(Config(graph_url=tenant.url, access_token=Secret(tenant.token)), **settings)
    return run(manager, plan(manager, only=only), config, out="out")


@pytest.mark.parametrize("properties", ODD.values(), ids=ODD)
def test_an_odd_user_costs_its_record(tenant: GraphServer, properties: dict[str, Any]) -> None:
    tenant.add("/users", user(9, **properties))
    report = collect(tenant)
    result = report.of("azure_user")
    assert (result.verdict, result.count) == ("partial", 3)
    assert result.reason.startswith("1 record rejected, such as azure_user user-9: ")
    assert report.of("azure_user_group_has_user").count == 3
    assert report.exit_code() == 0


@pytest.mark.parametrize(
    ("properties", "told"),
    [
        ({"groupTypes": 5}, 'groupTypes: expected type "array", found 5'),
        ({"resourceProvisioningOptions": 5}, "TypeError"),
    ],
)
def test_an_odd_group_costs_its_record(tenant: GraphServer, properties: dict[str, Any], told: str) -> None:
    tenant.add("/groups", {"id": "group-9", "displayName": "Group 9", **properties})
    result = collect(tenant).of("azure_user_group")
    assert (result.verdict, result.count) == ("partial", 2)
    assert result.reason.startswith(f"1 record rejected, such as azure_user_group group-9: {told}")


def test_a_later_run_keeps_what_was_known_and_tries_again(tenant: GraphServer) -> None:
    assert collect(tenant).of("azure_user").verdict == "complete"
    tenant.add("/users", user(2, mail=5))
    result = collect(tenant).of("azure_user")
    assert (result.verdict, result.count) == ("partial", 2)
    assert "azure_user user-2: AttributeError" in result.reason
    assert collect(tenant).of("azure_user").verdict == "partial"
    tenant.add("/users", user(2, mail="a@b.example"))
    report = collect(tenant)
    assert (report.of("azure_user").verdict, report.of("azure_user").count) == ("complete", 3)
    assert "deleted" not in report.changes["azure_user"]


def test_the_first_odd_record_fails_a_strict_type(tenant: GraphServer) -> None:
    tenant.add("/users", user(9, mail=5))
    result = collect(tenant, strict=True).of("azure_user")
    assert (result.verdict, result.count) == ("failed", 0)
    assert result.reason.startswith("azure_user user-9: AttributeError")


NUMBERS = count(1)
SCHEMA = '{"properties": {"size": {"type": ["integer", "null"], "description": "How big it is."}}}'
STEP = """
from integration import Entity, Relationship, entity_step, relationship_step


def size(thing):
    return len(thing["size"] or "")


@entity_step("Device", per_row={per_row})
def acme_thing(ctx):
    \"\"\"A thing.\"\"\"
{body}
"""
Write = Callable[..., Step]
EACH = """
    for thing in ctx.graph.list("/things", select=["size"]):
        yield Entity(thing["id"], displayName="Thing", size=size(thing))
"""


@pytest.fixture
def author(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Return a step of an author's, whose function has this body."""

    def write_step(body: str, *, per_row: bool = True) -> Step:
        name = f"acme_things_{next(NUMBERS)}"
        module = STEP.format(body=body, per_row=per_row)
        files: dict[str, str | bytes] = {f"{name}/__init__.py": module, f"{name}/acme_thing.json": SCHEMA}
        monkeypatch.syspath_prepend(write(tmp_path, files))
        step: Step = importlib.import_module(name).acme_thing
        return step

    return write_step


def things(graph: GraphServer, sizes: list[Any]) -> None:
    graph.add("/things", *({"id": f"thing-{number}", "size": size} for number, size in enumerate(sizes)))


BODIES = {
    "each": EACH,
    "all at once": """
    rows = ctx.graph.list("/things", select=["size"])
    made = [Entity(thing["id"], displayName="Thing", size=size(thing)) for thing in rows]
    yield from made
""",
    "a list": """
    rows = ctx.graph.list("/things", select=["size"])
    return [Entity(thing["id"], displayName="Thing", size=size(thing)) for thing in rows]
""",
    "after something else": """
    others = {other["id"] for other in ctx.graph.list("/others")}
    for thing in ctx.graph.list("/things", select=["size"]):
        yield Entity(thing["id"], displayName="Thing", size=size(thing) + len(others))
""",
    "beside something else": """
    first = next(iter(ctx.graph.list("/others")))["id"]
    for thing in ctx.graph.list("/things", select=["size"]):
        yield Entity(thing["id"], displayName="Thing", size=size(thing) + len(first))
""",
    "next to nothing": """
    for thing in ctx.graph.list("/things", select=["size"]):
        yield Entity(next(iter([thing["id"]] if size(thing) >= 0 else [])), displayName="Thing", size=1)
""",
}


@pytest.mark.parametrize("odd", [[0], [20, 21, 49], list(range(10, 20))], ids=str)
@pytest.mark.parametrize("per_row", [True, False])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_whatever_a_step_is_like_it_makes_all_the_others(
    graph: GraphServer, author: Write, body: str, per_row: bool, odd: list[int]
) -> None:
    things(graph, [5 if number in odd else "abc" for number in range(50)])
    graph.add("/others", {"id": "other-1"}, {"id": "other-2"})
    result = collect(graph, author(body, per_row=per_row), only=("acme_thing",)).of("acme_thing")
    assert (result.verdict, result.count) == ("partial", 50 - len(odd))
    assert result.reason.startswith(
        f"{counted(len(odd), 'record')} rejected, such as acme_thing thing-{odd[0]}: TypeError: "
    )
    assert "duplicateKeys" not in result.problems


def test_many_odd_rows_are_left_out_in_one_go(graph: GraphServer, author: Write) -> None:
    things(graph, [5 if number % 2 else "abc" for number in range(2_000)])
    result = collect(graph, author(EACH), only=("acme_thing",)).of("acme_thing")
    assert (result.verdict, result.count) == ("partial", 1_000)
    assert result.reason.startswith("1,000 records rejected")


@pytest.mark.parametrize(("odd", "told"), [(3, ""), (4, "1 further rows"), (1_000, "997 further rows")])
def test_of_many_odd_rows_the_log_shows_a_few_and_how_many_more_there_are(
    graph: GraphServer, author: Write, caplog: pytest.LogCaptureFixture, odd: int, told: str
) -> None:
    things(graph, ["abc" if number < 1_000 else 5 for number in range(1_000 + odd)])
    with caplog.at_level("INFO", "integration"):
        result = collect(graph, author(EACH), only=("acme_thing",)).of("acme_thing")
    assert result.reason.startswith(f"{counted(odd, 'record')} rejected")
    logged = [each for each in caplog.records if "cannot cope with" in each.getMessage()]
    assert len([each for each in logged if each.exc_info]) == 3
    assert [each.getMessage() for each in logged[3:]] == ([f"acme_thing cannot cope with {told}"] if told else [])


@pytest.mark.parametrize(
    ("sizes", "per_row"), [([5] * 50, True), ([5] * 50, False), ([5], True), (["a", *[5] * 40], False)]
)
def test_a_step_that_copes_with_too_little_fails(
    graph: GraphServer, author: Write, sizes: list[Any], per_row: bool
) -> None:
    things(graph, sizes)
    result = collect(graph, author(EACH, per_row=per_row), only=("acme_thing",)).of("acme_thing")
    assert (result.verdict, result.count) == ("failed", 0)
    assert "TypeError: object of type 'int' has no len()" in result.reason


@pytest.mark.parametrize("count", [3, 50])
@pytest.mark.parametrize(
    "properties", [{"mail": 5}, {"displayName": ["a"]}, {"assignedLicenses": "x"}], ids=lambda each: next(iter(each))
)
def test_what_is_odd_in_every_object_is_told_in_one_sentence(
    graph: GraphServer, caplog: pytest.LogCaptureFixture, count: int, properties: dict[str, Any]
) -> None:
    graph.add("/users", *(user(number, **properties) for number in range(1, count + 1)))
    with caplog.at_level("WARNING", "integration"):
        result = collect(graph, only=("azure_user",)).of("azure_user")
    many = f"{count} objects" if count < 20 else "20 objects, and more were not tried"
    assert (result.verdict, result.count, result.errors) == ("failed", 0, ("RecordError",))
    told = f"azure_user cannot cope with {many}; the first is user-1: AttributeError: "
    assert result.reason.partition(".py: ")[2].startswith(told)
    (logged,) = [each for each in caplog.records if each.name == "integration"]
    assert logged.getMessage().startswith(told)
    assert not logged.exc_info


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells which files a process has open")
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_step_that_stops_half_way_leaves_no_file_open(
    graph: GraphServer, author: Write, caplog: pytest.LogCaptureFixture, body: str
) -> None:
    """What is logged holds what was raised, and with that the inputs that the step did not read to their end."""
    caplog.set_level("INFO", logger="integration")
    things(graph, [5] * 50)
    graph.add("/others", {"id": "other-1"}, {"id": "other-2"})
    assert collect(graph, author(body), only=("acme_thing",)).of("acme_thing").verdict == "failed"
    assert any(record.exc_info for record in caplog.records)
    opened = [file.readlink() for file in Path("/proc/self/fd").iterdir() if file.is_symlink()]
    assert [file for file in opened if file.name == "mirror.db" and file.is_relative_to(Path.cwd())] == []


MISTAKES = {
    "a property that is not selected": EACH.replace("size(thing))", 'size(thing), x=thing["sizes"])'),
    "before the first row": "    raise ValueError('sizes is not among')\n" + EACH,
    "after the last row": EACH + "    raise ValueError('sizes is not among')\n",
}


@pytest.mark.parametrize("body", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_that_is_about_no_row_fails_the_type(graph: GraphServer, author: Write, body: str) -> None:
    things(graph, ["a", "b"])
    result = collect(graph, author(body), only=("acme_thing",)).of("acme_thing")
    assert (result.verdict, result.count) == ("failed", 0)
    assert "sizes is not among" in result.reason


def test_what_a_step_raises_is_told_on_one_line(graph: GraphServer, author: Write) -> None:
    things(graph, ["a", "b"])
    body = EACH.replace(
        "        yield", '        if thing["size"] == "a":\n            raise ValueError("\\x1b[2J\\nx")\n        yield'
    )
    result = collect(graph, author(body), only=("acme_thing",)).of("acme_thing")
    assert result.reason == "1 record rejected, such as acme_thing thing-0: ValueError: \ufffd[2J x"


def test_what_a_step_did_without_is_there_when_graph_has_it(graph: GraphServer, author: Write) -> None:
    body = (
        """
    from integration import NotFound
    try:
        for other in ctx.graph.list("/others"):
            yield Entity(other["id"], displayName="Other", size=0)
    except NotFound:
        pass
"""
        + EACH
    )
    step = author(body)
    things(graph, ["a", "b"])
    graph.add("/others", {"id": "other-1"}, {"id": "other-2"})
    graph.fail("/others", status=404, code="NotThere", times=1)
    counts = [collect(graph, step, only=("acme_thing",)).of("acme_thing").count for _ in range(3)]
    assert counts == [2, 4, 4]
