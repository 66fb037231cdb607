"""What a recording plays back is no more than what Graph gave: an answer that was partial stays partial."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from integration import Replay, load, plan, run
from integration.config.settings import Config
from integration.recording.recorder import record
from integration.store.store import Store
from integration.tapes.cassette import answer_headers
from integration.text.secret import Secret
from tests.little_tenant import GROUPS, USERS, LittleTenant, children, members, serving

HAS = "azure_user_group_has_user"
TYPES = ("azure_user", "azure_user_group", HAS)
WARNING = '199 - "Contoso/Ada Example/504/10000"'


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        yield tenant


def test_a_partial_answer_plays_back_as_partial(tenant: LittleTenant) -> None:
    tenant.always(members(GROUPS[0]), 200, {"value": children(USERS[0])}, Warning=WARNING)
    config = Config(graph_url=tenant.url, access_token=Secret("token-of-a-test"))
    recording = record(load(), TYPES, config, to=Path("cassettes"), salt=bytes(32))
    assert recording.results[HAS].verdict == "partial"
    paths = list(dict.fromkeys(recording.cassettes.values()))
    text = "".join(path.read_text() for path in paths)
    assert "some of it is missing" in text
    assert "Ada" not in text
    manager = load()
    report = run(manager, plan(manager, only=list(TYPES)), Config(), out="played", tape=Replay(*paths))
    assert report.of(HAS).verdict == "partial"
    assert "Warning: 199" in report.of(HAS).reason
    with closing(Store(Path("played/graph.db"))) as store:
        step = next(step for step in plan(manager, only=[HAS]).steps if step.name == HAS)
        assert len(list(store.records(step))) == report.of(HAS).count == 1


@pytest.mark.parametrize(
    ("header", "kept"),
    [
        (WARNING, True),
        ('299 - "this version is deprecated"', False),
        (f'299 - "this version is deprecated", {WARNING}', True),
    ],
)
def test_only_that_something_is_missing_is_said(header: str, kept: bool) -> None:
    found = answer_headers({"Warning": header, "Date": "today"})
    assert found == ({"Warning": '199 - "some of it is missing"'} if kept else {})
