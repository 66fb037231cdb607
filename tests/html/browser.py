"""Debian's Chromium, driven by Playwright: pages from files alone, and no error of theirs goes unnoticed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.sync_api import Browser, Page, Route, sync_playwright

PROGRAM = shutil.which("chromium")
MISSING = "Chromium is not installed (Debian: apt-get install chromium)"
_ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
_BAD = ("error", "warning")
_OWN = ("file:", "data:", "blob:")


class Window:
    """One window for one page after another; all lie at one place, so that what they share is compiled once.

    Args:
        browser: it is opened in.
        folder: where the pages are put.
    """

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._file = folder / "page.html"
        self._faults: list[str] = []
        self._page = browser.new_context(reduced_motion="reduce").new_page()
        self._page.set_default_timeout(120_000)
        self._page.route("**/*", self._only_files)
        self._page.on("console", lambda said: self._faults.append(said.text) if said.type in _BAD else None)
        self._page.on("pageerror", lambda error: self._faults.append(str(error)))

    @contextmanager
    def opened(
        self, path: Path, *, width: int = 1280, scheme: Literal["light", "dark"] = "light", errors: bool = False
    ) -> Iterator[Page]:
        """Open a file; fails at the end where the page asked for anything else, or reported an error.

        Args:
            path: the file.
            width: of the window, in pixels.
            scheme: what the user's system prefers.
            errors: expect errors, and do not fail for them.
        """
        self._faults.clear()
        self._page.emulate_media(media="screen", color_scheme=scheme)
        self._page.set_viewport_size({"width": width, "height": 900})
        shutil.copyfile(path, self._file)
        self._page.goto(self._file.as_uri())
        self._page.wait_for_selector("#tables details")
        yield self._page
        assert errors or self._faults == []

    def _only_files(self, route: Route) -> None:
        if route.request.url.startswith(_OWN):
            route.continue_()
        else:
            self._faults.append(f"asked for {route.request.url}")
            route.abort()


@contextmanager
def chromium() -> Iterator[Window]:
    """Run the browser."""
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=list(_ARGUMENTS))
        try:
            yield Window(browser, Path(folder))
        finally:
            browser.close()
