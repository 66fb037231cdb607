"""Tables for people."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from integration.doctor.access import Access
from integration.sdk.changes import SIGNS
from integration.sdk.plan import Plan
from integration.sdk.step import Step
from integration.sources.msgraph.permissions import PermissionReview, of_graph, smallest
from integration.terminal.cut_rows import is_more_than_a_screen, print_cut
from integration.terminal.named_rows import named_rows
from integration.terminal.review_in_brief import review_in_brief
from integration.text.phrases import counted, some

_WIDE = 1000


def changes_table(
    counts: Mapping[str, Mapping[str, int]], since: object, revision: object, most: int | None = None
) -> None:
    """Print how many records of each type came, changed and went.

    Args:
        counts: of the types that changed.
        since: the revision before.
        revision: the one after it.
        most: how many types at most, those that changed most.
    """
    print(f"revision {since} → {revision} of the graph")
    if not counts:
        return
    largest = sorted(counts, key=lambda name: -sum(counts[name].values()))[:most]
    rows = [
        [name, *(f"{of[what]:,}" if of[what] else "" for what in SIGNS)]
        for name, of in counts.items()
        if name in largest
    ]
    width = Console().width if sys.stdout.isatty() else None
    for cells in named_rows(["type", *(f">{what}" for what in SIGNS)], rows, width):
        print("  ".join(cells).rstrip())
    if more := len(counts) - len(rows):
        print(f"… and {more} types more, which changed less: --all shows them")


def plan_table(plan: Plan) -> None:
    """Print what would run, in order, and what falls away."""
    if is_more_than_a_screen(plan.steps):
        _modules_table(plan.steps)
        print("\n--only NAME shows the steps of a module, with what they need; a pipe or a file gets all.")
    else:
        _steps_table(plan)
    _print_lost(plan.skipped)
    print(f"types: {len(plan.steps):,} to collect, {len(plan.skipped) + len(plan.not_chosen):,} left out")
    permissions = {permission for step in plan.steps for permission in step.permissions}
    graphs = of_graph(permissions)
    print(f"permissions to grant: {', '.join(smallest(graphs)) or 'none'}")
    if len(graphs) < len(permissions):
        print("role to assign in Azure: Reader")


def _steps_table(plan: Plan) -> None:
    table = new_table(">order", "type", "needs…", "permissions…", "enriched with…")
    for number, step in enumerate(plan.steps, 1):
        table.add_row(
            str(number), step.name, ", ".join(step.needs), ", ".join(step.permissions), ", ".join(step.optional)
        )
    print_table(table)


def _print_lost(skipped: Mapping[str, str]) -> None:
    """Print what falls away and why; where that fills a terminal, the most common reason and how many others."""
    if not is_more_than_a_screen(skipped):
        for name, reason in skipped.items():
            print(f"falls away: {name}: {reason}")
        return
    ((most, count),) = Counter(skipped.values()).most_common(1)
    print(f"falls away: {some([name for name, reason in skipped.items() if reason == most])}: {most}")
    if others := len(skipped) - count:
        print(f"falls away: {counted(others, 'further type')}: a pipe or a file gets each with its reason")


def _modules_table(steps: Sequence[Step]) -> None:
    """Print the modules of types, sorted by name, a line for each."""
    by_module = sorted(steps, key=lambda step: step.module)
    rows = []
    for module, found in groupby(by_module, key=lambda step: step.module):
        first, *others = found
        rows.append([module, str(1 + len(others)), first.about])
    print_cut(["module", ">types", "about"], rows)


def review_table(
    review: PermissionReview, read: Sequence[Access], to_grant: Sequence[str], plan: Plan, link: str | None
) -> None:
    """Print what can be read, which permissions are granted, and what to grant."""
    if is_brief := is_more_than_a_screen(plan.steps):
        review_in_brief(review, read, to_grant, plan)
    else:
        _whole_review(review, read, plan)
    if not (is_brief and to_grant):
        print(f"permissions to grant: {', '.join(to_grant) or 'none'}")
    if review.to_enrich:
        print(f"for every property also: {', '.join(review.to_enrich)}")
    if link:
        print(f"after adding them to the app registration, an administrator consents at {link}")
    if is_brief:
        print("--only NAME shows a module with all that it lacks; a pipe or a file gets all modules and permissions.")


def _whole_review(review: PermissionReview, read: Sequence[Access], plan: Plan) -> None:
    """Print a row for each module and for each permission."""
    modules = {step.name: step.module for step in plan.steps}
    table = new_table("module", "read…", "lacks the permission…", "lacks the licence…")
    for each in read:
        how = {each.types: "[green]all[/]", 0: "[red]none[/]"}.get(each.read, f"{each.read} of {each.types} types")
        table.add_row(each.module, how, ", ".join(each.to_grant), " or ".join(each.licences))
    print_table(table)
    if read:
        readable, chosen = (sum(counts) for counts in zip(*((each.read, each.types) for each in read), strict=True))
        print(f"types of Microsoft Entra that can be read: {readable:,} of {chosen:,}")
    print()
    table = new_table("permission", "state…", "needed by…", "adds properties to…")
    for demand in review.demands:
        state = "[green]granted[/]" if demand.granted_by else "[red]missing[/]"
        if demand.granted_by not in ("", demand.permission):
            state += f" with {demand.granted_by}"
        needed, enriched = (
            ", ".join(sorted({modules[type] for type in types})) for types in (demand.needed_by, demand.enriches)
        )
        table.add_row(demand.permission, state, needed, enriched)
    print_table(table)
    for name, missing in review.fewer_properties.items():
        print(f"fewer properties: {name}: lacks the permission {', '.join(missing)}")


def types_table(steps: Sequence[Step]) -> None:
    """Print types; of more than a terminal has lines for, the modules that declare them."""
    if is_more_than_a_screen(steps):
        _modules_table(steps)
        total = counted(len(steps), "type")
        print(f"\n{total}: integration types NAME lists those of a module; a pipe or a file gets all.")
        return
    table = new_table("type", "class", "from", "to", "description…")
    for step in steps:
        table.add_row(step.name, ", ".join(step.classes), *(step.ends or ("", "")), step.description)
    print_table(table)


def new_table(*columns: str) -> Table:
    """Return an empty table; columns that begin with ``>`` are numbers, and only those that end with ``…`` may wrap."""
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(
            column.strip(">…"),
            justify="right" if column.startswith(">") else "left",
            no_wrap=not column.endswith("…"),
            overflow="fold",
        )
    return table


def width_of(table: Table) -> int:
    """Return how wide a table is at least."""
    console = Console()
    return console.measure(table, options=console.options.update_width(_WIDE)).minimum


def print_table(table: Table) -> None:
    """Print a table; not on a terminal its lines are as long as they need to be, and on a narrow one it is a list."""
    console = Console()
    if not console.file.isatty():
        _print_lines(table)
    elif width_of(table) > console.width:
        _list(table, console)
    else:
        console.print(table)


def _print_lines(table: Table) -> None:
    """Print each row of a table as one line, without what a table of rich takes for a thousand rows: over a second."""
    columns = [[Text.from_markup(str(cell), emoji=False).plain for cell in column.cells] for column in table.columns]
    heading = [f"{'>' * (column.justify == 'right')}{column.header}" for column in table.columns]
    for cells in named_rows(heading, [*zip(*columns, strict=True)]):
        print("  ".join(cells).rstrip())


def _list(table: Table, console: Console) -> None:
    """Print each row of a table as a paragraph: its name, and below that what the other columns have."""
    rows = zip(*(column.cells for column in table.columns), strict=True)
    for row in rows:
        cells = dict(zip((column.header for column in table.columns), row, strict=True))
        name = cells.pop("type" if "type" in cells else table.columns[0].header)
        console.print(f"[bold]{name}[/]", overflow="fold")
        for header, cell in cells.items():
            if cell:
                console.print(Padding(f"{header}: {cell}", (0, 0, 0, 2), expand=False), overflow="fold")
