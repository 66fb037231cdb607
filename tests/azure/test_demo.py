"""The demo's tenant has something of each type of Azure, also of those that are off by default."""

import pytest

from integration import Replay, load, plan, run
from integration.config.settings import Config
from integration.sdk.plugins import declared_steps
from tests.support import ROOT

pytestmark = pytest.mark.every_area


def test_the_demo_has_three_subscriptions_and_something_of_each_type() -> None:
    manager = load()
    steps = declared_steps(manager)
    types = [step.name for step in steps if step.module.startswith("azure.")]
    tape = Replay.folder(ROOT / "tests" / "cassettes", steps)
    report = run(manager, plan(manager, only=types), Config(), tape=tape)
    assert report.of("azure_subscription").count == 3
    found = [report.of(type) for type in types]
    assert [(each.type, each.verdict, each.reason) for each in found if each.verdict != "complete"] == []
    assert [each.type for each in found if not each.count] == []
