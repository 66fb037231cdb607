"""What a token lets a run read of very many types, in as many lines as a terminal has: first what opens most."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import Console

from integration.doctor.access import Access
from integration.sdk.plan import Plan
from integration.sources.msgraph.permissions import PermissionReview, covers
from integration.terminal.cut_rows import print_cut
from integration.terminal.named_rows import widths_of
from integration.text.phrases import some

_LEGIBLE = 16
"""Cells of the last column below which it says nothing."""


def review_in_brief(review: PermissionReview, read: Sequence[Access], to_grant: Sequence[str], plan: Plan) -> None:
    """Print what can be read of each area, what to grant for more of it, and which licences are missing.

    Args:
        review: the chosen types against the token.
        read: what is read of each module, sorted by name.
        to_grant: the smallest set of permissions that lets a run read all for which the tenant has the licence.
        plan: the chosen types.
    """
    print(f"permissions: {len(review.granted)} of {len(review.demands)} that these types name are granted")
    _print_rows(["area", ">types", ">read"], [*_areas(read)])
    granting = sorted(_granting(review, to_grant, plan), key=lambda row: (-int(row[1]), row[0]))
    _print_rows(["permission to grant", ">types", "modules"], granting)
    _print_rows(["licence that the tenant lacks", "modules"], [*_lacking(read)])
    print()
    poorer = sorted(review.fewer_properties.items(), key=lambda item: item[1])
    for missing, found in groupby(poorer, key=lambda item: item[1]):
        print(f"fewer properties without {', '.join(missing)}: {some(sorted(name for name, _ in found))}")


def _areas(read: Sequence[Access]) -> Iterator[list[str]]:
    """Yield each area with how many types of it are chosen, and how many of these can be read."""
    for area, found in groupby(read, key=lambda each: each.module.partition(".")[0]):
        types, readable = (sum(counts) for counts in zip(*((each.types, each.read) for each in found), strict=True))
        yield [area, f"{types:,}", f"{readable:,}"]


def _granting(review: PermissionReview, to_grant: Sequence[str], plan: Plan) -> Iterator[list[str]]:
    """Yield each permission to grant with how many types lack it or what it contains, and their modules."""
    for name in to_grant:
        opened = [each for each in review.demands if not each.granted_by and covers([name], each.permission)]
        types = {type for each in opened for type in each.needed_by}
        modules = {step.module for step in plan.steps if step.name in types}
        yield [name, str(len(types)), some(sorted(modules))]


def _lacking(read: Sequence[Access]) -> Iterator[list[str]]:
    """Yield the licences that are missing with the modules of which more is read with one of them."""
    lacking = sorted((each for each in read if each.licences), key=lambda each: each.licences)
    for licences, found in groupby(lacking, key=lambda each: each.licences):
        first, *others = licences
        either = " or ".join(licences) if len(others) <= 1 else f"{first} or {len(others)} others"
        yield [either, some([each.module for each in found])]


def _print_rows(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table where it has rows, without the names of modules where there is no room for them."""
    if not rows:
        return
    *others, _ = widths_of(heading, rows)
    if heading[-1] == "modules" and sum(others) + 2 * len(others) + _LEGIBLE > Console().width:
        heading, rows = heading[:-1], [row[:-1] for row in rows]
    print()
    print_cut(heading, rows)
