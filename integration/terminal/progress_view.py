"""How far a run is, drawn in lines that fit a terminal."""

import time
from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from integration.sdk.progress import Progress
from integration.terminal.standing import Standing, clock, pages_of, parts
from integration.text.phrases import counted
from integration.text.visible import visible

_SPINNER, _ASCII_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "|/-\\"
_TURNS = 10
_BAR, _SHORT_BAR = 20, 8
_PATH, _SHORT_PATH = 24, 16
_ROWS = 12
_WORDS = 4


class View:
    """Draws how far a run is, each time anew: what moves shows that it lives.

    Args:
        standing: what to draw; changed by others meanwhile.
        now: tells the time.
    """

    def __init__(self, standing: Standing, now: Callable[[], float] = time.monotonic) -> None:
        self._standing, self._now = standing, now

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines, none of them wider than the terminal."""
        standing, now, width = self._standing, self._now(), options.max_width
        dots = "..." if options.ascii_only else "…"
        frames = _ASCII_SPINNER if options.ascii_only else _SPINNER
        yield _heading(standing, now, width, frames[int(now * _TURNS) % len(frames)])
        yield Text(f"  {_doing(standing, width - 2)}", no_wrap=True, overflow="crop")
        collections = list(standing.collections.values())
        if ended := [progress for progress, _ in collections if progress.done]:
            counts = f"{counted(sum(each.items for each in ended), 'object')}, {pages_of(ended)}"
            yield Text(f"  {counted(len(ended), 'collection')} done: {counts}", no_wrap=True, overflow="crop")
        going = [(progress, now - since) for progress, since in collections if not progress.done]
        yield from _rows(going[:_ROWS], width - 2, dots)
        if len(going) > _ROWS:
            yield Text(f"  and {counted(len(going) - _ROWS, 'collection')} more", no_wrap=True)


def shortened(path: str, width: int, dots: str = "…") -> str:
    """Return a path with its middle left out where it is too long: its beginning and its end tell most."""
    if cell_len(path) <= width:
        return path
    kept = max(0, width - len(dots))
    return f"{path[: kept - kept // 2]}{dots}{path[len(path) - kept // 2 :]}"


def _heading(standing: Standing, now: float, width: int, spinner: str) -> Table:
    types, elapsed, *waits = parts(standing, now)
    variants = [", ".join(told) for told in ([types, elapsed, *waits], [types, *waits], waits or [types])]
    told = next((each for each in variants if cell_len(each) <= width - 2), variants[-1])
    bar = max(0, min(_BAR, width - cell_len(told) - 4))
    line = _grid(2 + bool(bar), gap=1)
    bars = [ProgressBar(total=max(1, standing.types), completed=standing.finished, width=bar)] if bar else []
    line.add_row(Text(spinner), *bars, Text(told, no_wrap=True, overflow="crop"))
    return line


def _doing(standing: Standing, width: int) -> str:
    """Return what goes on now."""
    running = standing.running
    if not running:
        return "signs in" if standing.finished == 0 else "writes the graph, and sends it to destinations"
    for named in range(len(running), 0, -1):
        more = f" and {len(running) - named} more" if named < len(running) else ""
        told = f"now: {', '.join(running[:named])}{more}"
        if cell_len(told) <= width:
            return told
    return f"now: {running[0]}" if len(running) == 1 else f"now: {len(running)} types"


def _rows(going: Sequence[tuple[Progress, float]], width: int, dots: str) -> RenderResult:
    """Yield a line for each collection: its path, a bar, and as much of the counts as there is room for."""
    if not going:
        return
    variants = [[counts[words] for counts in map(_counts, going)] for words in range(_WORDS)]
    details = next((found for found in variants if _fits(found, width)), variants[-1])
    detail = max(map(cell_len, details))
    paths = [visible(progress.collection) for progress, _ in going]
    longest = max(map(cell_len, paths))
    free = width - detail - 4
    bar = max(_SHORT_BAR, min(_BAR, free - min(longest, _PATH))) if free > 2 * _SHORT_BAR else 0
    room = min(longest, max(1, width - bar - detail - 4))
    grid = _grid(2 + bool(bar), gap=2)
    grid.columns[0].width = room
    for (progress, _), path, counts in zip(going, paths, details, strict=True):
        known = progress.all_parents or None
        bars = [ProgressBar(total=known, completed=progress.parents, width=bar, pulse=known is None)] if bar else []
        grid.add_row(Text(shortened(path, room, dots)), *bars, Text(counts, no_wrap=True, overflow="crop"))
    yield Padding(grid, (0, 0, 0, 2))


def _fits(details: Sequence[str], width: int) -> bool:
    return max(map(cell_len, details)) + 4 + _SHORT_BAR + _SHORT_PATH <= width


def _counts(going: tuple[Progress, float]) -> list[str]:
    """Return the counts of a collection: in full, and in ever fewer words."""
    progress, seconds = going
    if not progress.pages:
        return ["waits for the first page"] * (_WORDS - 1) + ["0 pages"]
    pages, objects = pages_of([progress]), counted(progress.items, "object")
    rate = f", {progress.items / max(0.5, seconds):,.0f}/s"
    return [f"{pages}, {objects}{rate}{_left(progress, seconds)}", f"{pages}, {objects}{rate}", f"{pages}, {objects}",
            pages]  # fmt: skip


def _left(progress: Progress, seconds: float) -> str:
    if not progress.parents or progress.parents >= progress.all_parents:
        return ""
    return f", {clock(seconds * (progress.all_parents - progress.parents) / progress.parents)} left"


def _grid(columns: int, *, gap: int) -> Table:
    """Return a table without lines whose cells are cut where there is no room for them."""
    grid = Table.grid(padding=(0, gap, 0, 0))
    for _ in range(columns):
        grid.add_column(no_wrap=True, overflow="crop")
    return grid
