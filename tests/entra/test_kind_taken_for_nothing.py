"""No odd form of a part is taken for nothing: the type has the same records, or is partial and says where."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.odd_forms import Demo, problems

pytestmark = pytest.mark.every_area


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with ExitStack() as stack:
        yield Demo("entra", tmp_path_factory.mktemp("demo"), stack)


def test_no_odd_form_is_taken_for_nothing(demo: Demo) -> None:
    assert [problem for step in demo.steps for problem in problems(demo, step)] == []
