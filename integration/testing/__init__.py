"""For authors of steps: run a step on a recording or on a small Graph, compare what it makes, hold it to the contract.

It is a plugin of pytest as well, installed with this package: a test that asks for the fixture ``graph`` gets a
``GraphServer``. Nothing here but that fixture needs pytest.
"""

from integration.sdk.schema import JupiterOneObject
from integration.testing.comparing import assert_records
from integration.testing.contract import check_cassette, check_step
from integration.testing.running import Ran, Replayed, cassette_of, cassettes_of, replay, run_steps
from integration.testing.server import GraphServer

pytest_plugins = ("integration.testing.fixtures",)

__all__ = [
    "GraphServer",
    "JupiterOneObject",
    "Ran",
    "Replayed",
    "assert_records",
    "cassette_of",
    "cassettes_of",
    "check_cassette",
    "check_step",
    "replay",
    "run_steps",
]
