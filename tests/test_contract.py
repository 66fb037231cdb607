"""What every step must hold to, present and future, installed from anywhere."""

import pytest

from integration.sdk.plugins import declared_steps, load
from integration.sdk.step import Step
from integration.testing import cassette_of, check_step

STEPS = declared_steps(load())


@pytest.mark.parametrize("step", STEPS, ids=[step.name for step in STEPS])
def test_contract(step: Step) -> None:
    check_step(step.name)


@pytest.mark.parametrize("step", STEPS, ids=[step.name for step in STEPS])
def test_cassettes_hold_no_secret_and_can_be_reviewed(step: Step) -> None:
    text = cassette_of(step).read_text()
    for word in ("authorization", "bearer", "cookie", "client_secret", "x-ms-ags-diagnostic", "127.0.0.1"):
        assert word not in text.lower()
    assert text.count("\n    uri: ") <= 100
