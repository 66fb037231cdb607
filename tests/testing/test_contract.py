"""What every step must hold to, present and future, installed from anywhere."""

from pathlib import Path

import pytest

from integration.sdk.plugins import declared_steps, load
from integration.sdk.step import Step
from integration.testing import check_cassette, check_step
from tests.support import ROOT

pytestmark = pytest.mark.every_area

MANAGER = load()
STEPS = declared_steps(MANAGER)
CASSETTES = sorted((ROOT / "tests" / "cassettes").rglob("*.yaml"))


@pytest.mark.parametrize("step", STEPS, ids=[step.name for step in STEPS])
def test_contract(step: Step) -> None:
    check_step(step.name, manager=MANAGER)


@pytest.mark.parametrize("path", CASSETTES, ids=[f"{path.parent.name}-{path.stem}" for path in CASSETTES])
def test_cassettes_hold_no_secret_and_can_be_reviewed(path: Path) -> None:
    check_cassette(path, manager=MANAGER)
    text = path.read_text()
    for word in ("authorization:", "bearer", "cookie:", "client_secret", "x-ms-ags-diagnostic", "127.0.0.1"):
        assert word not in text.lower()
    assert text.count("\n    uri: ") <= 120  # diagnostic settings are asked of each resource of the demo
