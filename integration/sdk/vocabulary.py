"""Names that a declaration may use: of permissions of Graph and Azure, of service plans, and of JupiterOne's classes.

Sources: permissions references of Graph and Azure; service plan identifiers for licensing; JupiterOne's data model.
"""

import json
import re
from collections.abc import Collection, Iterator
from difflib import SequenceMatcher, get_close_matches
from functools import cache
from pathlib import Path

from integration.sdk.step import Step

_ACTION = re.compile(r"(\*|\w+(\.\w+)+(/[\w-]+)+)/(read|action)", re.ASCII)
"""An operation of a provider of resources, or reading of all that there is."""
_LISTS = Path(__file__).with_name("vocabulary.json")
_SAME, _SPELT, _ALMOST, _LIKE, _MISSPELT, _NEAR = 0.96, 0.93, 0.88, 0.75, 0.8, 0.6


def unknown_names(step: Step, also: Collection[str] = ()) -> Iterator[str]:
    """Yield a sentence for each misspelt name of a declaration, with the right one.

    A class that is not in the list is one. A permission is one where the list has others about the same, or almost the
    same: one about something else altogether may be of another service, whose permissions are not listed.

    Args:
        step: the declaration.
        also: names that are known beside those of the lists, since they are newer.
    """
    for name in _of_graph(step):
        near = _nearest(name, "permissions")
        if name not in also and near != name and _is_almost(name, near):
            yield _fault(name, "application permission of Microsoft Graph", near)
    which, what = ("relationshipClasses", "relationship") if step.is_relationship else ("classes", "entity")
    for name in step.classes:
        near = _nearest(name, which, _LIKE)
        if name not in also and near != name:
            known = "" if near else f"; there are {', '.join(sorted(_lists()[which]))}"
            yield _fault(name, f"{what} class of JupiterOne", near) + known


def misspelt_names(step: Step) -> Iterator[str]:
    """Yield a sentence for each name of a declaration that is almost one of the lists, and none of them.

    It is for loading: a name that is like no other may be newer than this package.
    """
    yield from _odd_actions(step)
    yield from _odd_plans(step)
    for name in _of_graph(step):
        near = _nearest(name, "permissions", _ALMOST)
        if near not in (name, ""):
            yield f"{name} is no application permission of Microsoft Graph: write {near}"
    which, what = ("relationshipClasses", "relationship") if step.is_relationship else ("classes", "entity")
    for name in step.classes:
        near = _nearest(name, which, _MISSPELT)
        if near not in (name, ""):
            yield f"{name} is no {what} class of JupiterOne: write {near}"


def _odd_actions(step: Step) -> Iterator[str]:
    """Yield a sentence for each operation of Azure that is not of the form that all have, or of a misspelt provider.

    One that is of almost the type of which the step makes entities is of that type.
    """
    for name in (*step.permissions, *step.optional):
        if "/" in name and not _ACTION.fullmatch(name):
            yield f"{name} is no action of Azure: write one such as Microsoft.Compute/virtualMachines/read"
        elif "." in name.partition("/")[0] and name not in _lists()["permissions"]:
            provider, _, rest = name.partition("/")
            near = _nearest(provider, "providers", _SPELT)
            type = name.rpartition("/")[0].casefold()
            others = () if type in step.resources else step.resources
            (of, *_) = [*_close(type, others, _SAME), type]
            if near.casefold() not in (provider.casefold(), ""):
                yield f"{name} is of no provider of Azure: write {near}/{rest}"
            elif of != type:
                yield f"{name} is of another type than {of}, of which it makes entities: write both in the same way"


def _odd_plans(step: Step) -> Iterator[str]:
    """Yield a sentence for each service plan that is almost one of the list, and none that is named after one."""
    plans = _lists()["servicePlans"]
    for name in step.licences:
        folded = {} if name in plans else {each.casefold(): each for each in plans}
        near = [folded[each] for each in _close(name.casefold(), folded, _ALMOST)]
        if near and not name.startswith(near[0]):
            yield f"{name} is no service plan of Microsoft: write {' or '.join(near)}"


def _of_graph(step: Step) -> list[str]:
    """Return the permissions of Microsoft Graph that a step names; Azure's actions, with a slash, are in no list."""
    return [name for name in (*step.permissions, *step.optional) if "/" not in name]


def _is_almost(name: str, near: str) -> bool:
    """Tell whether a permission is almost one of the list, or about almost the same as one of the list."""
    known = {each.partition(".")[0].casefold() for each in _lists()["permissions"]}
    subject = name.partition(".")[0].casefold()
    return _likeness(name.casefold(), near.casefold()) >= _ALMOST or bool(
        get_close_matches(subject, known, cutoff=_LIKE)
    )


def _close(name: str, others: Collection[str], likeness: float) -> list[str]:
    """Return those of some names that are like one; difflib takes that apart also where there are none."""
    return get_close_matches(name, others, cutoff=likeness) if others else []


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


@cache
def _nearest(name: str, which: str, likeness: float = _NEAR) -> str:
    """Return the name itself where it is known, or the nearest; empty where none is so near."""
    names = _lists()[which]
    if name in names:
        return name
    folded = {each.casefold(): each for each in names}
    close = get_close_matches(name.casefold(), folded, n=1, cutoff=likeness)
    return folded[close[0]] if close else ""


def _fault(name: str, what: str, near: str) -> str:
    hint = f": did you mean {near}?" if near else ""
    return f"{name}: no {what} has this name{hint} (one that is newer than this package: pass also=[{name!r}])"


@cache
def _lists() -> dict[str, frozenset[str]]:
    found = json.loads(_LISTS.read_text(encoding="utf-8"))
    return {name: frozenset(names) for name, names in found.items() if isinstance(names, list)}
