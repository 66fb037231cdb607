"""No odd form of a part is taken for nothing: the type has the same records, or is partial and says where."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.odd_forms import Demo, losses, problems

pytestmark = pytest.mark.every_area


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with ExitStack() as stack:
        yield Demo("entra", tmp_path_factory.mktemp("demo"), stack)


def test_no_odd_form_is_taken_for_nothing(demo: Demo) -> None:
    assert [problem for step in demo.steps for problem in problems(demo, step)] == []


def test_a_number_in_the_place_of_a_text_loses_nothing_without_a_word(demo: Demo) -> None:
    assert [loss for step in demo.steps for loss in losses(demo, step)] == []
