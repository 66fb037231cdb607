"""Fixtures of pytest."""

from collections.abc import Iterator

import pytest

from integration.testing.server import GraphServer


@pytest.fixture
def graph() -> Iterator[GraphServer]:
    """Give a small Microsoft Graph on this machine that holds what the test declares."""
    with GraphServer() as server:
        yield server
