"""A collection whose reading is given up and begun again: what that reading did to it counts as no version of it."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from integration.mirror.mirror import Mirror
from tests.mirror.test_anew import held, opened

NAME = "/groups/*/members"


def add(mirror: Mirror, *pages: list[str]) -> None:
    for page in pages:
        mirror.add_children(NAME, [("g", orjson.dumps([{"id": each} for each in page]))], [("g", None)])


def child_twice(mirror: Mirror) -> None:
    add(mirror, ["1", "2"], ["2", "4"])


def child_elsewhere(mirror: Mirror) -> None:
    add(mirror, ["1", "2"])
    mirror.replace_part(NAME, "g", orjson.dumps([{"id": "1"}]))


@pytest.mark.parametrize(("given_up", "left"), [(child_twice, ["1", "3"]), (child_elsewhere, [])])
@pytest.mark.parametrize("link", [None, "changes"])
def test_what_is_gone_since_is_seen_though_a_reading_that_was_given_up_took_it_out(
    tmp_path: Path, link: str | None, given_up: Callable[[Mirror], None], left: list[str]
) -> None:
    path = tmp_path / "mirror.db"
    with closing(opened(path, "new")) as mirror:
        mirror.begin(NAME, link)
        add(mirror, ["1", "2"], ["3"])
        mirror.complete(NAME)
        mirror.finish()
    with closing(opened(path, "updated")) as mirror:
        version = mirror.version(NAME)
        mirror.begin(NAME, link)
        given_up(mirror)
        mirror.progress(NAME)
        mirror.begin(NAME, link)
        add(mirror, *([each] for each in left))
        mirror.complete(NAME)
        assert [id for _, id, _ in held(mirror, NAME)] == left
        assert mirror.version(NAME) != version


def test_the_same_again_after_a_reading_that_was_given_up_is_the_same_version(tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    with closing(opened(path, "new")) as mirror:
        mirror.begin(NAME, None)
        add(mirror, ["1", "2"], ["3"])
        mirror.complete(NAME)
        version = mirror.version(NAME)
        mirror.begin(NAME, None)
        child_twice(mirror)
        mirror.progress(NAME)
        mirror.begin(NAME, None)
        add(mirror, ["1", "2"], ["3"])
        mirror.complete(NAME)
        assert mirror.version(NAME) == version
