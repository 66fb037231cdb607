"""What is nested deeper than anything that an API says costs the record that it is in, or less, and hides no secret."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from integration import Entity, Report, load, plan, run
from integration.config.settings import Config
from integration.engine.records import Records
from integration.http.decoding import decode
from integration.http.levels import LEVELS, TOO_DEEP, cut
from integration.recording.recorder import record
from integration.sdk.plugins import declared_steps
from integration.sdk.schema import load_schema
from integration.sources.azure.discretion import without_secrets
from integration.sources.azure.rows import by_type
from integration.store.store import Store
from integration.text.secret import Secret
from tests.little_tenant import GROUPS, USERS, LittleTenant, children, members, serving, users

USER, MEMBER = "azure_user", "azure_user_group_has_user"
DEPTHS = (255, 900)


def nested(levels: int, inside: Any = 1) -> Any:
    """Return a value within so many lists and objects by turns."""
    for level in range(levels):
        inside = {"a": inside} if level % 2 else [inside]
    return inside


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as served:
        yield served


def read(tenant: LittleTenant, **settings: Any) -> Report:
    manager = load()
    config = replace(Config(graph_url=tenant.url, access_token=Secret("token-of-a-test")), **settings)
    return run(manager, plan(manager, only=[USER, MEMBER]), config, out="out")


def records(type: str) -> list[bytes]:
    with closing(Store(Path("out/graph.db"))) as store:
        return list(store.records(next(step for step in plan(load(), only=[type]).steps if step.name == type)))


def with_odd(odd: Any, name: str = "jobTitle") -> list[dict[str, Any]]:
    first, *others = users(*USERS)
    return [{**first, name: odd}, *others]


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_deep_property_costs_its_record(tenant: LittleTenant, depth: int) -> None:
    tenant.always("/users", 200, {"value": with_odd(nested(depth))})
    report = read(tenant, raw_data=True, to=("files:out/files", "j1:out/j1"))
    result = report.of(USER)
    assert (result.verdict, result.count) == ("partial", 2)
    assert result.reason.startswith(f"1 record rejected, such as {USER} {USERS[0]}: jobTitle")
    assert report.of(MEMBER).count == 3


@pytest.mark.parametrize("depth", DEPTHS)
def test_what_no_property_is_made_of_costs_itself(tenant: LittleTenant, depth: int) -> None:
    tenant.always("/users", 200, {"value": with_odd([{"skuId": "sku", "x": nested(depth)}], "assignedLicenses")})
    first, *others = children(*USERS[:2])
    tenant.always(members(GROUPS[0]), 200, {"value": [{**first, "x": nested(depth)}, *others]})
    report = read(tenant, raw_data=True, to=("files:out/files", "j1:out/j1"))
    assert {result.verdict for result in report.results} == {"complete"}
    assert report.of(MEMBER).count == 3
    assert any(TOO_DEEP.encode() in each for each in records(USER))
    assert TOO_DEEP in Path("out/files/entities/azure_user.jsonl").read_text(encoding="utf-8")


def test_a_deep_change_costs_its_record(tenant: LittleTenant) -> None:
    assert read(tenant).of(USER).verdict == "complete"
    link = f"{tenant.url}/v1.0/users/delta?$deltatoken=2"
    tenant.at_first("/users/delta", 1, 200, {"value": with_odd(nested(600))[:1], "@odata.deltaLink": link})
    result = read(tenant).of(USER)
    assert (result.verdict, result.count) == ("partial", 2)
    assert "jobTitle" in result.reason


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_deep_refusal_is_a_refusal(tenant: LittleTenant, depth: int) -> None:
    tenant.always("/users", 403, {"error": {"code": "Authorization_RequestDenied", "x": nested(depth)}})
    assert "not permitted" in read(tenant).of(USER).reason


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_deep_property_is_recorded_as_it_is_read(tenant: LittleTenant, depth: int) -> None:
    tenant.always("/users", 200, {"value": with_odd([{"skuId": "sku", "x": nested(depth)}], "assignedLicenses")})
    config = Config(graph_url=tenant.url, access_token=Secret("token-of-a-test"))
    recording = record(load(), [USER], config, to=Path("cassettes"), salt=bytes(32))
    assert recording.failed == {}
    assert recording.results[USER].count == 3


@pytest.mark.parametrize("depth", DEPTHS)
def test_deep_properties_of_resources_hide_no_secret(depth: int) -> None:
    row = {"id": "/subscriptions/s", "type": "t", "properties": {"x": nested(depth, {"password": "hunter2"}), "y": 1}}
    of_type, odd, _ = by_type(decode(json.dumps({"data": [row]}).encode())["data"])
    kept = orjson.dumps(of_type).decode()
    assert (odd, "hunter2" in kept, TOO_DEEP in kept, '"y":1' in kept) == (0, False, True, True)


@pytest.mark.parametrize("depth", [*DEPTHS, 100_000])
def test_a_deep_value_that_a_step_computes_costs_its_record(depth: int) -> None:
    step = next(step for step in declared_steps(load()) if step.name == USER)
    given = {"displayName": "User", "name": "User", "id": "user", "jobTitle": nested(depth)}
    records = Records(step, load_schema(step))
    assert [*records.rows(iter([Entity("user", **given)]))] == []
    assert records.rejected == 1


def test_what_is_not_too_deep_stays() -> None:
    assert cut(nested(LEVELS)) == nested(LEVELS)
    assert cut([[nested(LEVELS)], 1]) == [[nested(LEVELS - 2, TOO_DEEP)], 1]
    assert decode(b'{"a": "' + b"[{" * 500 + b'"}') == {"a": "[{" * 500}
    text = "[" * LEVELS + "]" * LEVELS
    assert without_secrets({"text": text}) == {"text": text}


@pytest.mark.parametrize("depth", [LEVELS, *DEPTHS, 100_000])
def test_text_that_is_deep_json_is_kept_only_where_it_was_looked_through(depth: int) -> None:
    text = '{"a":' * depth + '{"password": "hunter2"}' + "}" * depth
    assert without_secrets({"text": text}) == {"text": TOO_DEEP}
