"""The page that ``integration report`` writes, in a browser without a network: what can be seen and done there."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import chain, pairwise
from pathlib import Path
from typing import Literal

import pytest

pytest.importorskip("jinja2", reason="the extra report is not installed")
pytest.importorskip("plotly", reason="the extra report is not installed")
pytest.importorskip("playwright", reason="playwright is not installed")

from playwright.sync_api import Page, expect

from tests.html.browser import MISSING, PROGRAM, Window, chromium
from tests.html.report_graph import HOSTILE, REASON, ROWS, embedded, large, report, save, words, written
from tests.support import entity, named, relationship, worn


@pytest.fixture(scope="module")
def window() -> Iterator[Window]:
    if PROGRAM is None:
        pytest.skip(MISSING)
    with chromium() as window:
        yield window


@pytest.fixture
def page(window: Window) -> Iterator[Page]:
    """The page of a small graph, of which one type is partial."""
    save(ROWS, {"azure_user": ("partial", REASON)})
    with window.opened(written()) as page:
        yield page


def drawn(page: Page) -> list[str]:
    """Return the labels of the points in the drawing."""
    page.locator("#graph").scroll_into_view_if_needed()
    page.wait_for_selector("html[data-ready]")
    labels: list[str] = page.evaluate(
        """() => document.getElementById("drawing").data
            .filter((trace) => trace.customdata).flatMap((trace) => trace.text)"""
    )
    return labels


def click_point(page: Page, label: str) -> None:
    """Click on a point of the drawing, whose coordinates are pixels."""
    assert label in drawn(page)
    x, y = page.evaluate(
        """(label) => document.getElementById("drawing").data.filter((trace) => trace.customdata)
            .flatMap((trace) => trace.text.map((text, index) => [text, trace.x[index], trace.y[index]]))
            .find(([text]) => text === label).slice(1)""",
        label,
    )
    drawing = page.locator("#drawing")
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + x + 1, box["y"] + y + 2)
    page.mouse.click(box["x"] + x, box["y"] + y + 1)


def column(page: Page, type: str, number: int) -> list[str]:
    return page.locator(f"#table-{type} tbody tr > :nth-child({number})").all_inner_texts()


def shown_name(page: Page) -> str:
    return page.locator("#details h3").inner_text()


def search(page: Page, text: str) -> list[str]:
    page.fill("#search", text)
    return page.locator("#search-results li span:first-child").all_inner_texts()


def test_it_opens_and_draws_with_the_network_blocked(page: Page) -> None:
    assert {"sg-outer · 2", "sg-middle · 1", "sg-inner · 2"} <= set(drawn(page))
    assert page.locator("#drawing .scatterlayer .point").count() >= 5
    expect(page.locator("h1")).to_have_text("Contoso Example")
    expect(page.locator("#failure")).to_be_hidden()


def test_the_page_itself_keeps_the_browser_off_the_network(window: Window) -> None:
    save(ROWS)
    asked = """(attempt) => new Promise((resolve) => {
        const stopped = (event) => resolve(event.effectiveDirective);
        document.addEventListener("securitypolicyviolation", stopped, { once: true });
        const script = Object.assign(document.createElement("script"), { textContent: "document.title = 'owned'" });
        const picture = Object.assign(new Image(), attempt === "img" ? { src: "https://example.com/x.png" } : {});
        if (attempt === "fetch") fetch("https://example.com/").catch(() => {});
        else document.body.append(attempt === "img" ? picture : script);
        setTimeout(() => resolve("nothing stopped it"), 2000);
    })"""
    with window.opened(written(), errors=True) as page:
        stopped = [page.evaluate(asked, attempt) for attempt in ("fetch", "img", "script")]
        assert stopped == ["connect-src", "img-src", "script-src-elem"]
        assert page.title() != "owned"


def test_numbers_are_those_of_the_graph(page: Page) -> None:
    with closing(sqlite3.connect(".integration/graph.db")) as database:
        counts = dict(database.execute("SELECT _type, count(*) FROM entities GROUP BY _type"))
        counts |= dict(database.execute("SELECT _type, count(*) FROM relationships GROUP BY _type"))
    cards = page.locator(".card")
    shown = {
        card.locator(".what").inner_text(): int(card.locator(".count").inner_text().replace(",", ""))
        for card in cards.all()
    }
    assert shown == counts
    assert counts["azure_user"] == 7


def test_a_partial_type_shows_its_cause_and_what_to_do(page: Page) -> None:
    expect(page.locator("#verdict")).to_contain_text("1 type is not complete")
    row = page.locator("#completeness tr", has_text=REASON)
    expect(row).to_contain_text("partial")
    expect(row).to_contain_text("Grant User.Read.All")
    permission = page.locator("#completeness tr", has=page.get_by_role("rowheader", name="User.Read.All", exact=True))
    expect(permission).to_contain_text("lacked it")
    expect(page.locator(".card", has_text="partial")).to_contain_text("azure_user")


def test_search_finds_by_name_address_and_key(page: Page) -> None:
    finds = {
        "ada": ["Ada Example"],
        "ZOË": ["Zoë Ärztin"],
        "zoe@": ["Zoë Ärztin"],
        "bob@contoso.example": ["bob Beispiel"],
        "key-middle": ["sg-middle"],
        "sg-": ["sg-alone", "sg-side", "sg-inner", "sg-outer", "sg-middle", "sg-top"],
        "nobody": [],
    }
    for text, found in finds.items():
        assert search(page, text) == found
        counted = f"{len(found)} object" if found else "Nothing found"
        expect(page.locator("#finder .status")).to_contain_text(counted)


def test_click_opens_a_node_with_its_neighbours(page: Page) -> None:
    click_point(page, "sg-outer · 2")
    assert shown_name(page) == "sg-outer"
    assert set(drawn(page)) == {
        "sg-outer",
        "sg-top · 1",
        "sg-inner · 2",
        "sg-middle · 1",
        "sg-side · 3",
        "Contoso Example",
    }
    details = page.locator("#details")
    expect(details).to_contain_text("Members: azure_user_group: 2")
    details.get_by_role("button", name="sg-side").click()
    assert shown_name(page) == "sg-side"
    assert {"Ada Example", "bob Beispiel", "Zoë Ärztin"} <= set(drawn(page))
    page.get_by_role("button", name="Back").click()
    assert shown_name(page) == "sg-outer"
    page.locator("#trail").get_by_role("button", name="Overview").click()
    expect(details).to_be_hidden()


def test_what_was_not_collected_is_counted_and_said(page: Page) -> None:
    expect(page.locator("#left-out")).to_contain_text("1 relationship leads to something that was not collected")
    page.locator("#table-azure_user_group").get_by_role("button", name="sg-alone").click()
    expect(page.locator("#details")).to_contain_text("Members: azure_user: 4")
    expect(page.locator("#details")).to_contain_text("1 more is not in this file")


def test_filter_takes_a_type_out_of_drawing_and_search(page: Page) -> None:
    page.locator("#table-azure_user_group").get_by_role("button", name="sg-side").click()
    assert "Ada Example" in drawn(page)
    box = page.get_by_role("checkbox", name="azure_user (7)")
    box.uncheck()
    assert {"sg-side", "sg-outer · 2"} <= set(drawn(page))
    assert "Ada Example" not in drawn(page)
    assert search(page, "example") == ["Contoso Example"]
    box.check()
    assert "Ada Example" in drawn(page)


def test_paths_of_a_user_to_a_group_lead_through_nested_groups_in_a_cycle(page: Page) -> None:
    page.locator("#table-azure_user").get_by_role("button", name="Ada Example").click()
    page.fill("#way-search", "sg-top")
    page.keyboard.press("Enter")
    assert shown_name(page) == "Ada Example to sg-top"
    assert [" ".join(text.split()) for text in page.locator("#details ol li").all_inner_texts()] == [
        "Ada Example is a member of sg-side is a member of sg-outer is a member of sg-top",
        "Ada Example is a member of sg-inner is a member of sg-middle is a member of sg-outer is a member of sg-top",
    ]
    assert set(drawn(page)) == {"Ada Example", "sg-side", "sg-inner", "sg-middle", "sg-outer", "sg-top"}
    expect(page.locator("#details")).not_to_contain_text("may be missing")
    expect(page.locator("#details")).to_contain_text("All groups above it that the graph has are in this file")
    ends = page.evaluate(
        """() => document.getElementById("drawing").data.find((trace) => trace.marker?.symbol === "arrow").x
            .filter((x) => x !== null).length / 2"""
    )
    assert ends == 6


def test_paths_through_what_is_not_complete_are_doubted(window: Window) -> None:
    rows = {name: records for name, records in ROWS.items() if name != "azure_user_group_has_group"}
    save(rows, {"azure_user_group_has_group": ("failed", "the disk was full"), "azure_user": ("partial", REASON)})
    with window.opened(written()) as page:
        expect(page.locator("#table-azure_user summary").first).to_contain_text("partial")
        expect(page.locator("#table-azure_user_group summary").first).not_to_contain_text("complete")
        page.locator("#table-azure_user").get_by_role("button", name="Ada Example").click()
        doubt = "may be missing: azure_user_group_has_group (failed)"
        expect(page.locator("#details")).to_contain_text(doubt)
        page.fill("#way-search", "sg-top")
        page.keyboard.press("Enter")
        expect(page.locator("#details")).to_contain_text(doubt)


def test_a_group_in_itself_is_a_path_and_no_path_is_said(page: Page) -> None:
    page.locator("#table-azure_user_group").get_by_role("button", name="sg-inner").click()
    page.fill("#way-search", "sg-inner")
    page.keyboard.press("Enter")
    assert [" ".join(text.split()) for text in page.locator("#details ol li").all_inner_texts()] == [
        "sg-inner is a member of sg-middle is a member of sg-outer is a member of sg-inner"
    ]
    page.locator("#table-azure_user").get_by_role("button", name="bob Beispiel").click()
    page.fill("#way-search", "sg-alone")
    page.keyboard.press("Enter")
    expect(page.locator("#details")).to_contain_text("No path between bob Beispiel and sg-alone in this file")


def test_more_paths_than_a_person_reads_are_cut_and_that_is_said(window: Window) -> None:
    layers = [[f"group-{layer}-{side}" for side in "ab"] for layer in range(8)]
    nested = [(above, below) for upper, lower in pairwise(layers) for above in upper for below in lower]
    save({"azure_user_group": named(*chain(*layers)), "azure_user_group_has_group": worn(*nested)})
    with window.opened(written()) as page:
        page.locator("#table-azure_user_group").get_by_role("button", name="group-7-a").click()
        page.fill("#way-search", "group-0-a")
        page.keyboard.press("Enter")
        expect(page.locator("#details")).to_contain_text("The first 40 paths of more; the shortest has 7 steps")
        assert page.locator("#details ol li").count() == 40
        assert "group-3-b" in drawn(page)


def test_tables_sort_and_filter(page: Page) -> None:
    table = page.locator("#table-azure_user_group")
    members = table.get_by_role("columnheader", name="Members: azure_user", exact=True)
    assert members.get_attribute("aria-sort") == "descending"
    number = page.evaluate("(cell) => cell.cellIndex + 1", members.element_handle())
    assert column(page, "azure_user_group", number) == ["4", "3", "1", "0", "0", "0"]
    members.get_by_role("button").click()
    assert members.get_attribute("aria-sort") == "ascending"
    assert column(page, "azure_user_group", number) == ["0", "0", "0", "1", "3", "4"]
    users = page.locator("#table-azure_user")
    users.get_by_role("columnheader", name="displayName").get_by_role("button").click()
    names = column(page, "azure_user", 1)
    assert [name for name in names if name[0].isalpha()] == ["Ada Example", "bob Beispiel", "Eve", "Zoë Ärztin"]
    users.get_by_role("searchbox").fill("finance")
    assert sorted(column(page, "azure_user", 1)) == ["Zoë Ärztin", "bob Beispiel"]
    expect(users.get_by_role("status")).to_have_text("Rows 1–2 of 2 that fit")  # noqa: RUF001


def test_a_keyboard_is_enough(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("sg-")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#search-results [aria-selected=true]")).to_have_count(1)
    assert page.locator("#search").get_attribute("aria-activedescendant") == "search-results-1"
    second = page.locator("#search-results-1 span").first.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#details h3")).to_be_focused()
    assert shown_name(page) == second
    page.keyboard.press("Tab")
    expect(page.locator("#way-search")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    expect(page.locator("#details")).to_be_hidden()
    expect(page.locator("#search")).to_be_focused()


def test_types_of_other_packages_are_there_too(window: Window) -> None:
    device = entity("acme_device", class_name="Device")
    owns = relationship("azure_user", "OWNS", "acme_device", name="azure_user_owns_acme_device")
    rows = {device: named("key-laptop", displayName="laptop"), owns: worn(("key-ada", "key-laptop"))}
    save({**ROWS, **{step.name: records for step, records in rows.items()}}, steps=[device, owns])
    with window.opened(written()) as page:
        expect(page.get_by_role("checkbox", name="acme_device (1)")).to_be_checked()
        assert search(page, "LAP") == ["laptop"]
        page.keyboard.press("Enter")
        expect(page.locator("#details")).to_contain_text("← OWNS, from azure_user: 1")
        page.fill("#way-search", "ada")
        page.keyboard.press("Enter")
        assert page.locator("#details ol li").all_inner_texts() == ["Ada Example OWNS laptop"]


def test_hostile_names_are_text(page: Page) -> None:
    page.locator("#table-azure_user_group").get_by_role("button", name="sg-alone").click()
    drawn(page)
    texts = page.locator("#drawing text").all_text_contents()
    assert HOSTILE[1] in texts
    assert any(text.startswith("</script><img") for text in texts)
    for name in HOSTILE:
        page.locator("#table-azure_user").get_by_role("button", name=name, exact=True).click()
        assert shown_name(page) == name
        assert search(page, name) == [name]
    assert page.title() == "Contoso Example: report of the graph"
    assert page.locator("img, main b:text-is('bold'), a[href^=javascript]").count() == 0
    assert page.locator("#drawing a").count() == 0


def test_a_large_graph_says_what_is_left_out(window: Window) -> None:
    save(large())
    ended = report("--limit", "300")
    assert "300 of 4,041 objects" in ended.stdout
    assert "3,741 objects are left out" in ended.stdout
    path = Path(".integration/report.html")
    assert "300 of 4,041 objects are in this file" in words(path)
    assert "40 of 40 azure_user_group" in words(path)
    with window.opened(path) as page:
        assert column(page, "azure_user_group", 1)[0] == "group-0"
        members = page.locator("#table-azure_user_group").get_by_role("columnheader", name="Members: azure_user")
        number = page.evaluate("(cell) => cell.cellIndex + 1", members.first.element_handle())
        assert column(page, "azure_user_group", number)[0] == "4,000"
        expect(page.locator("#table-azure_user .pages p")).to_contain_text("3,741 more are not in this file")
        assert search(page, "user-3999") == []
        expect(page.locator("#finder .status")).to_contain_text("3,741 objects are not in it")
        page.locator("#table-azure_user_group").get_by_role("button", name="group-0", exact=True).click()
        expect(page.locator("#details")).to_contain_text("3,741 more are not in this file")
        assert "group-0" in drawn(page)


def test_about_holds_an_object_its_neighbours_and_all_groups_above(window: Window) -> None:
    save(large())
    held = {row[0] for each in embedded(written("--limit", "60"))["types"] for row in each["rows"]}
    assert len(held) == 60
    assert "user-3999" not in held or "group-1" not in held
    path = written("--limit", "60", "--about", "USER-3999")
    held = {row[0] for each in embedded(path)["types"] for row in each["rows"]}
    assert held >= {"user-3999", *(f"group-{number}" for number in range(40))}
    with window.opened(path) as page:
        assert search(page, "user-3999") == ["user-3999"]
        page.keyboard.press("Enter")
        page.fill("#way-search", "group-1")
        page.keyboard.press("Enter")
        expect(page.locator("#details")).to_contain_text("1 path; the shortest has 39 steps")
        expect(page.locator("#details")).to_contain_text("All groups above it that the graph has are in this file")
    both = written("--limit", "60", "--about", "group-0", "--about", "group-20")
    assert "group-21" in {row[0] for each in embedded(both)["types"] for row in each["rows"]}
    refused = report("--about", "nobody-at-all")
    assert (refused.exit_code, "has the key or the name 'nobody-at-all'" in refused.stderr) == (2, True)


def test_of_many_types_the_largest_tables_are_shown_and_the_others_found(window: Window) -> None:
    kinds = [entity(f"acme_kind_{number:02}", class_name="Device") for number in range(20)]
    rows = {
        step.name: named(*(f"{step.name}-{each}" for each in range(number + 1))) for number, step in enumerate(kinds)
    }
    save({**ROWS, **rows}, steps=kinds)
    with window.opened(written()) as page:
        tables = page.locator("#tables details.data")
        expect(tables).to_have_count(23)
        assert page.locator("#tables details.data:visible").count() == 12
        assert page.locator("#tables details.data[open]").count() == 0
        expect(page.locator("#table-acme_kind_19")).to_be_visible()
        expect(page.locator("#table-acme_kind_00")).to_be_hidden()
        page.get_by_label("Find a table").fill("kind_00")
        expect(page.locator("#tables details.data:visible")).to_have_count(1)
        page.locator("#table-acme_kind_00 summary").first.click()
        expect(page.locator("#table-acme_kind_00 tbody tr")).to_have_count(1)
        page.get_by_role("button", name="Show all 23 tables").click()
        expect(page.locator("#tables details.data:visible")).to_have_count(23)
        expect(page.get_by_role("checkbox", name="azure_user (7)")).to_be_hidden()
        page.locator("#types summary").click()
        page.locator("#filter").get_by_role("button", name="None").click()
        assert drawn(page) == []
        page.locator("#filter").get_by_role("button", name="All").click()
        assert "sg-outer · 2" in drawn(page)


CONTRAST = """() => {
    const channels = (text) => text.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((each) => each / 255)
        .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
        .reduce((all, each, index) => all + each * [0.2126, 0.7152, 0.0722][index], 0);
    const ground = (element) => {
        for (let each = element; each; each = each.parentElement) {
            const found = channels(getComputedStyle(each).backgroundColor);
            if (found.length === 3 || found[3] === 1) return found;
        }
        return [255, 255, 255];
    };
    const poor = [];
    for (const element of document.querySelectorAll("body *:not(script):not(style)")) {
        const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
        if (!own || !element.checkVisibility() || element.closest("button:disabled, #drawing")) continue;
        const [one, other] = [light(channels(getComputedStyle(element).color)), light(ground(element))];
        const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        if (ratio < 4.5) poor.push(`${element.tagName} ${element.textContent.trim().slice(0, 30)} ${ratio.toFixed(2)}`);
    }
    return poor;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_scheme_and_width_is_readable(scheme: Literal["light", "dark"], window: Window) -> None:
    save(ROWS, {"azure_user": ("partial", REASON)})
    with window.opened(written(), scheme=scheme) as page:
        page.locator("#table-azure_user_group").get_by_role("button", name="sg-side").click()
        for width in (360, 390, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_function("document.getElementById('drawing').clientWidth <= innerWidth")
            assert {"sg-side", "sg-outer · 2"} <= set(drawn(page))
            excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert excess == 0, width
        assert page.evaluate(CONTRAST) == []
        page.evaluate("document.getElementById('left-out').style.color = 'var(--line)'")
        assert len(page.evaluate(CONTRAST)) == 1
        page.get_by_role("button", name="Light colours" if scheme == "dark" else "Dark colours").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "light" if scheme == "dark" else "dark")
        page.evaluate("document.getElementById('left-out').style.color = ''")
        assert page.evaluate(CONTRAST) == []


def test_print_shows_what_is_folded_in_light_colours(window: Window) -> None:
    save(ROWS)
    with window.opened(written(), scheme="dark") as page:
        drawn(page)
        folded = page.get_by_text("the graph holds all that there is").first
        expect(folded).to_be_hidden()
        on_screen = label_colour(page)
        page.emulate_media(media="print")
        expect(folded).to_be_visible()
        expect(page.locator(".tools")).to_be_hidden()
        on_paper = label_colour(page)
        assert brightness(on_screen) > 180
        assert brightness(on_paper) < 80
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        page.emulate_media(media="screen")
        expect(folded).to_be_hidden()
        assert label_colour(page) == on_screen


def label_colour(page: Page) -> str:
    colour: str = page.evaluate("getComputedStyle(document.querySelector('#drawing .textpoint text')).fill")
    return colour


def brightness(colour: str) -> float:
    return sum(float(channel) for channel in re.findall(r"[\d.]+", colour)[:3]) / 3
