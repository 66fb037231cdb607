"""A small Azure tenant over HTTP, with the steps that read it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integration import Step
from tests.azure.reading import Azure, declared
from tests.simulator.azure import AzureSimulator, made_up_tenant


@pytest.fixture
def steps(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> dict[str, Step]:
    folder: Path = tmp_path_factory.mktemp("types")
    monkeypatch.syspath_prepend(folder)
    return declared(folder)


@pytest.fixture
def azure(steps: dict[str, Step]) -> Iterator[Azure]:
    """A tenant of 3 subscriptions and 1,200 resources."""
    with AzureSimulator(made_up_tenant(1200, 3)) as simulator:
        yield Azure(simulator, steps)
