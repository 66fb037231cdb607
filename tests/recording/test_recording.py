"""Recording a type: nothing of the tenant's own is written, and what is left plays back as it was recorded."""

import importlib
import json
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from integration import CassetteError, Replay, load, plan, run
from integration.cli import main
from integration.config.settings import Config
from integration.recording import recorder
from integration.recording.recorder import Recording, record
from integration.recording.salt import salt_of
from integration.store.store import Store
from integration.tapes.cassette import Interaction, RecordedAnswer, key_of
from integration.text.secret import Secret
from tests.record_demo import CASSETTES, record_demo, shared_out
from tests.recording.leaks import real_values, suspicious, texts
from tests.simulator import Faults, Simulator, Tenant, demo_tenant, synthetic_tenant
from tests.support import FEW, write

TYPES = tuple(sorted(FEW))
DEMO = {"azure_account", "azure_user", "azure_user_group", "azure_user_group_has_user", "azure_user_group_has_group"}
"""Types that every simulated tenant has; one of which it has none is recorded without objects."""
SALT = bytes(range(32))
TOKEN = "token-that-nobody-may-see"


def recorded(
    tenant: Tenant, to: str = "cassettes", *, types: tuple[str, ...] = TYPES, faults: Faults | None = None, **more: Any
) -> Recording:
    with Simulator(tenant, page_size=30, token=TOKEN, faults=faults) as simulator:
        config = Config(graph_url=simulator.url, access_token=Secret(TOKEN))
        return record(load(), types, config, to=Path(to), **{"salt": SALT, **more})


def records_of(types: Iterable[str], cassettes: Iterable[Path]) -> dict[str, list[bytes]]:
    manager = load()
    chosen = plan(manager, only=list(types))
    run(manager, chosen, Config(), out="played", tape=Replay(*dict.fromkeys(cassettes)))
    with closing(Store(Path("played/graph.db"))) as store:
        return {step.name: list(store.records(step)) for step in chosen.steps}


def interactions(path: Path) -> list[Any]:
    return list(yaml.safe_load(path.read_text())["interactions"])


def rows(path: Path, collection: str) -> list[dict[str, Any]]:
    """Return the objects of a collection in a cassette."""
    asked = [each for each in interactions(path) if re.search(rf"/v1\.0{collection}\?", each["request"]["uri"])]
    return [row for each in asked for row in json.loads(each["response"]["body"]["string"])["value"]]


def members_in(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the members in a cassette, by group."""
    found: dict[str, list[dict[str, Any]]] = {}
    for each in interactions(path):
        if group := re.search(r"/v1\.0/groups/([^/]+)/members", each["request"]["uri"]):
            found.setdefault(group[1], []).extend(json.loads(each["response"]["body"]["string"])["value"])
    return found


def integration_record(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, ["record", *arguments], env=environment, catch_exceptions=False)


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tenant, Recording]:
    """A tenant of a thousand users, and what is recorded of it."""
    tenant = synthetic_tenant(1000, 60, 2000)
    return tenant, recorded(tenant, str(tmp_path_factory.mktemp("synthetic")))


@pytest.mark.parametrize("type", TYPES)
def test_what_was_recorded_plays_back(type: str, synthetic: tuple[Tenant, Recording]) -> None:
    _, recording = synthetic
    assert recording.results[type].verdict == "complete"
    records = records_of([type], recording.cassettes.values())[type]
    assert len(records) == recording.results[type].count
    assert records or type not in DEMO


def test_a_type_that_is_recorded_alone_plays_back_alone(synthetic: tuple[Tenant, Recording]) -> None:
    type = "azure_user_group_has_user"
    recording = recorded(synthetic[0], types=(type,))
    (path,) = recording.cassettes.values()
    assert path == Path("cassettes/entra/group.yaml")
    assert len(records_of([type], [path])[type]) == recording.results[type].count


def test_no_two_cassettes_hold_the_same_and_none_a_batch(synthetic: tuple[Tenant, Recording]) -> None:
    asked = [each["request"]["uri"] for path in set(synthetic[1].cassettes.values()) for each in interactions(path)]
    assert len(asked) == len(set(asked))
    assert not [uri for uri in asked if "batch" in uri]


@pytest.mark.every_area
def test_the_demo_can_be_recorded_again_and_is_the_same() -> None:
    again = record_demo(Path("again")).cassettes
    assert again.keys() >= DEMO
    for path in again.values():
        assert path.read_bytes() == (CASSETTES / path.relative_to("again")).read_bytes()


def test_no_two_cassettes_of_the_demo_hold_the_same() -> None:
    homes: dict[tuple[str, str, str | None], Path] = {}
    for path in sorted(CASSETTES.rglob("*.yaml")):
        for request in (each["request"] for each in interactions(path)):
            assert homes.setdefault((request["method"], request["uri"], request["body"]), path) == path


def test_what_several_modules_of_the_demo_ask_for_stays_where_it_is() -> None:
    def asking(*urls: str) -> list[Interaction]:
        return [
            Interaction("GET", f"https://a.example/{url}", {}, None, RecordedAnswer(200, "", {}, b"")) for url in urls
        ]

    new, old, other = Path("azure/a.yaml"), Path("azure/b.yaml"), Path("azure/c.yaml")
    asked = {
        new: asking("new", "table", "shared"),
        old: asking("own", "table", "table"),
        other: asking("shared", "table"),
    }
    held = {name: [key_of("GET", each.url, None) for each in found] for name, found in {
        old: asking("table", "own", "table", "shared"), other: asking("gone")}.items()}  # fmt: skip
    assert {
        name: [each.url.rpartition("/")[2] for each in found] for name, found in shared_out(asked, held).items()
    } == {
        new: ["new", "shared"],  # which b no longer asks for
        old: ["table", "own", "table"],
        other: [],
    }


@pytest.mark.parametrize("which", ["synthetic", "demo"])
def test_a_recording_holds_nothing_of_the_tenant(which: str, synthetic: tuple[Tenant, Recording]) -> None:
    tenant, paths = demo_tenant(), list((CASSETTES / "entra").glob("*.yaml"))
    if which == "synthetic":
        tenant, paths = synthetic[0], list(synthetic[1].cassettes.values())
    assert [found for path in paths for found in suspicious(path)] == []
    held = {text for path in paths for text in _all_texts(path)}
    words = "\n".join(held)
    real = real_values(tenant)
    assert {tenant.id, "contoso.example"} < real
    assert [text for text in real if text in words and re.search(rf"(?<!\w){re.escape(text)}(?!\w)", words)] == []


def _all_texts(path: Path) -> Iterator[str]:
    for each in interactions(path):
        yield each["request"]["uri"]
        for body in (each["request"]["body"], each["response"]["body"]["string"]):
            yield from (text for _, text in texts(body))


def test_nothing_of_the_tenant_touches_the_disk_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "TemporaryDirectory", _Kept)
    tenant = synthetic_tenant(30, 6, 60)
    recorded(tenant)
    files = [path for path in Path("kept").rglob("*") if path.is_file()]
    assert {"tape.db", "graph.db", "summary.json"} <= {path.name for path in files}
    written = b"\n".join(path.read_bytes() for path in files)
    assert b"id-" in written
    real = {text for text in real_values(tenant) if not text.isascii() or re.search("[0-9@.]", text)}
    assert len(real) > 100
    assert [text for text in {TOKEN, *real} if text.encode() in written] == []


class _Kept:
    """A temporary folder that stays to be looked at."""

    def __enter__(self) -> str:
        folder = Path("kept", str(len(list(Path().glob("kept/*")))))
        folder.mkdir(parents=True)
        return str(folder)

    def __exit__(self, *_: object) -> None:
        pass


def test_ids_agree_between_pages_batches_and_cassettes(synthetic: tuple[Tenant, Recording]) -> None:
    _, recording = synthetic
    path = recording.cassettes["azure_user_group_has_user"]
    groups = {row["id"] for row in rows(path, "/groups")}
    users = {row["id"] for row in rows(recording.cassettes["azure_user"], "/users")}
    found = members_in(path)
    members = {(row["@odata.type"], row["id"]) for each in found.values() for row in each}
    assert found.keys() == groups
    assert {key for kind, key in members if kind == "#microsoft.graph.user"} <= users
    assert {key for kind, key in members if kind == "#microsoft.graph.group"} <= groups
    kinds = {kind.rpartition(".")[2] for kind, _ in members}
    assert kinds == {"user", "group", "device", "servicePrincipal", "orgContact"}


def test_a_few_objects_are_left_that_show_what_the_others_did(synthetic: tuple[Tenant, Recording]) -> None:
    tenant, recording = synthetic
    users = rows(recording.cassettes["azure_user"], "/users")
    assert len(users) < 30
    assert {user["userType"] for user in users} == {"Member", "Guest"}
    assert {user["accountEnabled"] for user in users} == {True, False}
    assert {None, True} == {user["onPremisesSyncEnabled"] for user in users}
    assert {bool(user["mail"]) for user in users} == {True, False}
    pages = [each["request"]["uri"] for each in interactions(recording.cassettes["azure_user"])]
    assert [page.rpartition("&")[2] for page in pages] == ["$top=999", "$skiptoken=page-2"]
    assert recording.kept < 100 < len(tenant.users) < recording.seen


def test_more_objects_are_left_when_asked_for() -> None:
    tenant = synthetic_tenant(200, 4, 20)
    few, many = (recorded(tenant, name, types=("azure_user",), keep=keep) for name, keep in (("a", 1), ("b", 20)))
    assert few.results["azure_user"].count < 12
    assert many.results["azure_user"].count >= 40


def test_pseudonyms_are_the_same_each_time_and_others_with_another_salt() -> None:
    tenant = demo_tenant()
    first, again, other = (
        recorded(tenant, name, types=("azure_user",), salt=salt)
        for name, salt in (("a", SALT), ("b", SALT), ("c", bytes(32)))
    )
    assert first.cassettes["azure_user"].read_bytes() == again.cassettes["azure_user"].read_bytes()
    ids = [{row["id"] for row in rows(each.cassettes["azure_user"], "/users")} for each in (first, other)]
    assert ids[0].isdisjoint(ids[1])


def test_equal_values_stay_equal() -> None:
    recording = recorded(demo_tenant(), types=("azure_account", "azure_user"))
    domains = {domain["name"] for domain in rows_of_organization(recording)["verifiedDomains"]}
    users = rows(recording.cassettes["azure_user"], "/users")
    assert {user["userPrincipalName"].rpartition("@")[2] for user in users} == domains
    assert all(user["mail"] == user["userPrincipalName"] for user in users if user["mail"] and user["givenName"])
    assert all(user["proxyAddresses"] in ([], [f"SMTP:{user['mail']}"]) for user in users)
    guest = next(user for user in users if "#EXT#" in user["userPrincipalName"] and user["mail"])
    assert guest["userPrincipalName"].startswith(guest["mail"].replace("@", "_"))
    assert guest["otherMails"] == [guest["mail"]]


def rows_of_organization(recording: Recording) -> Any:
    (first, *_) = interactions(recording.cassettes["azure_account"])
    return json.loads(first["response"]["body"]["string"])["value"][0]


def test_times_move_by_the_same_span_and_never_stays_never() -> None:
    recording = recorded(demo_tenant(), types=("azure_user",), keep=20)
    users = rows(recording.cassettes["azure_user"], "/users")
    created = {user["createdDateTime"] for user in users}
    assert len(created) == len({user["createdDateTime"] for user in demo_tenant().users.values()})
    assert created.isdisjoint({user["createdDateTime"] for user in demo_tenant().users.values()} - {None})
    assert "0001-01-01T00:00:00Z" in {user["lastPasswordChangeDateTime"] for user in users}
    assert {user["employeeHireDate"][10:] for user in users if user["employeeHireDate"]} == {"T00:00:00Z"}


def test_a_type_that_is_refused_is_not_recorded_and_the_others_are() -> None:
    faults = Faults(forbidden={"/groups": "Authorization_RequestDenied"})
    recording = recorded(demo_tenant(), types=("azure_user", "azure_user_group"), faults=faults)
    assert set(recording.cassettes) == {"azure_user"}
    assert recording.failed["azure_user_group"].startswith("it failed: needs the permission GroupMember.Read.All")
    assert "Graph said: /groups: HTTP 403: Insufficient privileges" in recording.failed["azure_user_group"]
    assert list(Path("cassettes").rglob("*.yaml")) == [Path("cassettes/entra/user.yaml")]


FAULTS = ["inner_429", "status_429", "status_500", "reset", "expired_page"]


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A cassette that was recorded without trouble."""
    types = ("azure_user_group_has_group",)
    recording = recorded(demo_tenant(), str(tmp_path_factory.mktemp("calm")), types=types)
    return recording.cassettes[types[0]].read_text()


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_on_the_way_leave_no_trace(fault: str, calm: str) -> None:
    types = ("azure_user_group_has_group",)
    trouble: dict[str, Any] = {fault: 1, "retry_after_seconds": 0}
    assert recorded(demo_tenant(), types=types, faults=Faults(**trouble)).cassettes[types[0]].read_text() == calm


def test_a_link_that_leads_back_ends_the_reading() -> None:
    with Simulator(demo_tenant(), page_size=5, faults=Faults(repeated_next_link=1000)) as simulator:
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
        recording = record(load(), ["azure_user"], config, to=Path("cassettes"), salt=SALT)
    assert "leads back" in recording.failed["azure_user"]


def test_a_token_that_expires_on_the_way_is_renewed() -> None:
    with Simulator(demo_tenant(), tls=True, faults=Faults(expired_token_401=1)) as simulator:
        environment = {
            "REQUESTS_CA_BUNDLE": str(simulator.ca_file),
            "INTEGRATION_GRAPH_URL": simulator.url,
            "INTEGRATION_AUTHORITY": simulator.authority,
            "AZURE_CLIENT_ID": simulator.signin.client_id,
            "AZURE_TENANT_ID": simulator.signin.tenant_id,
            "AZURE_CLIENT_SECRET": simulator.signin.client_secret,
        }
        assert integration_record("azure_user", **environment).exit_code == 0
        assert simulator.injector.fired["expired_token_401"] == 1
    assert suspicious(Path("tests/cassettes/entra/user.yaml")) == []


def test_the_command_records_and_says_what_it_left_as_it_was() -> None:
    with Simulator(demo_tenant(), token=TOKEN) as simulator:
        settings = ("--graph-url", simulator.url)
        arguments = ("azure_user", "azure_account", "--keep", "20", "--to", "here", *settings)
        ended = integration_record(*arguments, INTEGRATION_ACCESS_TOKEN=TOKEN)
        assert ended.exit_code == 0
        assert "here/entra/user.yaml: complete, 20 records" in ended.stdout
        assert "here/entra/account.yaml: complete, 1 record\n" in ended.stdout
        assert "  userType: Guest, Member\n" in ended.stdout
        assert "department" not in ended.stdout
        plain = integration_record("azure_user", "--plain", "department", *settings, INTEGRATION_ACCESS_TOKEN=TOKEN)
        assert "  department: Finance\n" in plain.stdout
        assert '"department": "Finance"' in Path("tests/cassettes/entra/user.yaml").read_text()
        assert plain.stderr.count("note: of the same requests") == 0
        other = integration_record("azure_user_group_has_user", *settings, INTEGRATION_ACCESS_TOKEN=TOKEN)
        assert "note: of the same requests some are answered by tests/cassettes/entra/user.yaml (" in other.stderr
        unknown = integration_record("azure_usr", *settings, INTEGRATION_ACCESS_TOKEN=TOKEN)
        assert (unknown.exit_code, unknown.stderr) == (
            2,
            "error: no step declares the type azure_usr (did you mean azure_user?)\n",
        )
        without_settings = integration_record("azure_usr")
        assert (without_settings.exit_code, without_settings.stderr) == (2, unknown.stderr)
        refused = integration_record("azure_user", *settings, INTEGRATION_ACCESS_TOKEN="wrong")
        assert refused.exit_code == 2
        assert "get a new one" in refused.stderr
    assert TOKEN not in "".join(path.read_text() for path in Path().rglob("*.yaml"))


def test_the_command_exits_with_1_where_a_type_is_refused() -> None:
    faults = Faults(forbidden={"/groups": "Authorization_RequestDenied"})
    with Simulator(demo_tenant(), token=TOKEN, faults=faults) as simulator:
        arguments = ("azure_user", "azure_user_group", "--graph-url", simulator.url)
        ended = integration_record(*arguments, INTEGRATION_ACCESS_TOKEN=TOKEN)
        nothing = integration_record(*arguments[1:], INTEGRATION_ACCESS_TOKEN=TOKEN)
    assert (ended.exit_code, nothing.exit_code, nothing.stdout) == (1, 1, "")
    assert "error: azure_user_group was not recorded: it failed" in ended.stderr


def test_the_salt_is_made_once_for_its_owner_alone_and_git_ignores_it() -> None:
    write(Path(), {"pyproject.toml": "", ".gitignore": "dist/\n"})
    first = salt_of(Path())
    assert (len(first), salt_of(Path())) == (32, first)
    assert stat.S_IMODE(Path(".cassette-salt").stat().st_mode) == 0o600
    assert Path(".gitignore").read_text() == "dist/\n/.cassette-salt\n"
    Path(".cassette-salt").unlink()
    assert salt_of(Path()) != first
    assert Path(".gitignore").read_text() == "dist/\n/.cassette-salt\n"


@pytest.mark.parametrize("text", ["", "not hexadecimal\n", "00ff\n"])
def test_a_file_that_is_no_salt_is_named(text: str) -> None:
    Path(".cassette-salt").write_text(text)
    with pytest.raises(CassetteError, match=r"\.cassette-salt: not "):
        salt_of(Path())


def test_the_salt_of_a_project_is_beside_it() -> None:
    write(Path("project"), {"pyproject.toml": ""})
    with Simulator(demo_tenant(), token=TOKEN) as simulator:
        arguments = ("azure_account", "--to", "project/tests/cassettes", "--graph-url", simulator.url)
        ended = integration_record(*arguments, INTEGRATION_ACCESS_TOKEN=TOKEN)
    assert "project/.cassette-salt is made: the key of the pseudonyms. Keep it, and never commit it." in ended.stderr
    assert Path("project/.cassette-salt").is_file()
    assert not Path(".cassette-salt").exists()


def test_more_requests_than_a_person_can_review_are_refused_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integration.tapes.cassette.MOST", 2)
    expected = r"group\.yaml: \d+ requests, but 2 at most: keep fewer objects \(--keep\)"
    with pytest.raises(CassetteError, match=expected):
        recorded(demo_tenant(), types=("azure_user_group_has_user",))
    assert not Path("cassettes").exists()


STEP = '''
"""Doors."""

from uuid import uuid4

from integration import Entity, entity_step


@entity_step("Device")
def contoso_door(ctx):
    """A door."""
    for device in ctx.graph.list("/devices", select=("id",)):
        yield Entity(device["id"], name=f"door {uuid4()}")
'''


def test_a_step_that_does_not_do_the_same_each_time_is_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = {"properties": {"name": {"type": "string", "description": "Its name."}}}
    write(Path("doors"), {"contoso_door.py": STEP, "contoso_door.json": json.dumps(schema)})
    monkeypatch.syspath_prepend("doors")
    door = importlib.import_module("contoso_door").contoso_door
    with Simulator(demo_tenant(), token=TOKEN) as simulator:
        config = Config(graph_url=simulator.url, access_token=Secret(TOKEN))
        with pytest.raises(CassetteError, match=r"^contoso_door: played back, it gives other records"):
            record(load(door), ["contoso_door"], config, to=Path("cassettes"), salt=SALT)
    assert not Path("cassettes").exists()


def test_a_collection_without_pages_of_the_usual_size_is_recorded_as_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    step = STEP.replace("/devices", "/groupSettings").replace("contoso_door", "contoso_fence").replace("{uuid4()}", "")
    schema = {"properties": {"name": {"type": "string", "description": "Its name."}}}
    write(Path("gates"), {"contoso_fence.py": step, "contoso_fence.json": json.dumps(schema)})
    monkeypatch.syspath_prepend("gates")
    gate = importlib.import_module("contoso_fence").contoso_fence
    with Simulator(demo_tenant(), token=TOKEN) as simulator:
        config = Config(graph_url=simulator.url, access_token=Secret(TOKEN))
        recording = record(load(gate), ["contoso_fence"], config, to=Path("cassettes"), salt=SALT)
    assert not recording.failed
    *refused, answered = interactions(Path("cassettes/contoso_fence.yaml"))
    assert {each["response"]["status"]["code"] for each in refused} == {400}
    assert len(json.loads(answered["response"]["body"]["string"])["value"]) == 3
