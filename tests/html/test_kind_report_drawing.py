"""The drawing of the report shows or counts every group, and nothing that it draws leaves it."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

pytest.importorskip("jinja2", reason="the extra report is not installed")
pytest.importorskip("plotly", reason="the extra report is not installed")
pytest.importorskip("playwright", reason="playwright is not installed")

from playwright.sync_api import Page

from tests.html.browser import MISSING, PROGRAM, Window, chromium
from tests.html.report_graph import save, written
from tests.html.test_report_page import drawn
from tests.support import named, worn

OUTSIDE = """() => {
    const { layout, data } = document.getElementById("drawing");
    const isOut = ([x, y]) => x < 0 || x > layout.width || y < 0 || y > layout.height;
    const points = data.flatMap((trace) => trace.x.map((x, index) => [x, trace.y[index]]));
    return points.filter(([x]) => x !== null).filter(isOut);
}"""


@pytest.fixture(scope="module")
def window() -> Iterator[Window]:
    if PROGRAM is None:
        pytest.skip(MISSING)
    with chromium() as window:
        yield window


def nested(groups: list[str], *pairs: tuple[str, str], members: dict[str, int] | None = None) -> None:
    """Save a graph of groups, of which each leads to another, and some have users of their own."""
    users = [(group, f"{group}-user-{each}") for group, count in (members or {}).items() for each in range(count)]
    save(
        {
            "azure_account": named("account"),
            "azure_user": named(*(user for _, user in users)),
            "azure_user_group": named(*groups),
            "azure_user_group_has_group": worn(*pairs),
            "azure_user_group_has_user": worn(*users),
        }
    )


def caption(page: Page) -> str:
    return page.locator("#caption").inner_text()


def numbers(page: Page, pattern: str) -> list[int]:
    found = re.search(pattern, caption(page))
    return [int(number) for number in found.groups()] if found else []


def names(page: Page) -> set[str]:
    return {label.partition(" · ")[0] for label in drawn(page)} - {""}


def test_groups_that_hold_each_other_are_drawn_from_the_largest_of_them(window: Window) -> None:
    ring = [("one", "two"), ("two", "three"), ("three", "one"), ("three", "below"), ("below", "deep")]
    nested(["one", "two", "three", "below", "deep", "top", "low"], *ring, ("top", "low"), members={"two": 5, "deep": 9})
    with window.opened(written()) as page:
        assert names(page) == {"one", "two", "three", "below", "deep", "top", "low"}
        assert "two · 6" in drawn(page)
        lefts = page.evaluate(
            """() => Object.fromEntries(document.getElementById("drawing").data.filter((trace) => trace.customdata)
                .flatMap((trace) => trace.text.map((text, index) => [text.split(" ")[0], trace.x[index]])))"""
        )
        assert lefts["two"] == lefts["top"] < lefts["three"] < lefts["one"]
        assert caption(page).startswith("All 7 groups in this file")


def test_a_cycle_below_another_begins_no_tree_of_its_own(window: Window) -> None:
    nested(["a", "b", "c", "d"], ("a", "b"), ("b", "a"), ("b", "c"), ("c", "d"), ("d", "c"), members={"d": 9})
    with window.opened(written()) as page:
        assert [label.partition(" · ")[0] for label in drawn(page)] == ["", "b", "a", "c", "d"]


@pytest.mark.parametrize("width", [390, 1280])
def test_every_group_is_drawn_or_counted_and_the_largest_are_drawn(width: int, window: Window) -> None:
    trees = [(f"root-{tree}", f"leaf-{tree}-{leaf}") for tree in range(30) for leaf in range(6)]
    rings = [
        pair for ring in range(20) for pair in [(f"ring-{ring}", f"back-{ring}"), (f"back-{ring}", f"ring-{ring}")]
    ]
    chain = list(pairwise(f"link-{number}" for number in range(12)))
    pairs = [*trees, *rings, *chain]
    groups = sorted({group for pair in pairs for group in pair})
    nested(groups, *pairs, members={"back-7": 40, "link-9": 60, "leaf-3-3": 20})
    with window.opened(written(), width=width) as page:
        shown = names(page) - {"account"}
        assert {"back-7", "ring-7", "link-9", "leaf-3-3"} <= shown
        drawn_ones, every = numbers(page, r"([\d,]+) of the ([\d,]+) groups")
        (below,) = numbers(page, r"(\d+) are in a group that is drawn") or [0]
        (elsewhere,) = numbers(page, r"(\d+) are found in the table")
        inside = {group: {low for high, low in pairs if high == group} for group in groups}
        reached = set(shown)
        while more := {low for group in reached for low in inside[group]} - reached:
            reached |= more
        assert (drawn_ones, every) == (len(shown), len(groups))
        assert (below, elsewhere) == (len(reached) - len(shown), len(groups) - len(reached))
        assert page.evaluate(OUTSIDE) == []


def test_a_cycle_of_all_groups_is_drawn_however_long_it_is(window: Window) -> None:
    groups = [f"group-{number}" for number in range(4900)]
    nested(groups, *pairwise([*groups, groups[0]]), members={"group-2500": 3})
    with window.opened(written()) as page:
        assert "group-2500 · 4" in drawn(page)
        assert "are in a group that is drawn." in caption(page)


@pytest.mark.parametrize("width", [390, 800, 1280, 1600])
def test_no_path_leaves_the_drawing_and_names_use_the_room_there_is(width: int, window: Window) -> None:
    long = [f"Cloud Finance Partners {number}" for number in range(1, 8)]
    pairs = [
        *pairwise(["Secure Admins 248", *reversed(long)]),
        ("Secure Admins 248", "Payroll"),
        ("Secure Admins 248", long[0]),
    ]
    users = [("Payroll", "Omar Lee"), (long[0], "Omar Lee")]
    save(
        {
            "azure_user": named("Omar Lee"),
            "azure_user_group": named("Secure Admins 248", "Payroll", *long),
            "azure_user_group_has_group": worn(*pairs),
            "azure_user_group_has_user": worn(*users),
        }
    )
    with window.opened(written(), width=width) as page:
        page.locator("#table-azure_user").get_by_role("button", name="Omar Lee").click()
        page.fill("#way-search", "Secure Admins")
        page.keyboard.press("Enter")
        labels = drawn(page)
        assert len(labels) == 10
        assert page.evaluate(OUTSIDE) == []
        assert "Omar Lee" in labels
        assert min(len(label) for label in labels if label.startswith("Cloud")) >= (20 if width >= 1280 else 7)
        boxes = page.evaluate(
            """() => [...document.querySelectorAll("#drawing .textpoint text")].map((text) => {
                const { left, right, top, bottom } = text.getBoundingClientRect();
                return [left, right, top, bottom];
            })"""
        )
        frame = page.locator("#drawing").bounding_box()
        assert frame is not None
        assert all(frame["x"] - 1 <= left and right <= frame["x"] + frame["width"] + 1 for left, right, _, _ in boxes)
        crossed = [
            (one, other)
            for number, one in enumerate(boxes)
            for other in boxes[:number]
            if one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]
        ]
        assert crossed == []
