"""What a run has to say of its types: each reason once, with the types that it concerns."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from integration.sdk.report import Report, StepResult
from integration.text.phrases import some

_VERBS = {"failed": ("failed", "failed"), "skipped": ("was skipped", "were skipped"), "partial": ("is partial",
          "are partial"), "complete": ("", "")}  # fmt: skip
_LOST = ("failed", "skipped")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a person should know of some types.

    Attributes:
        types: the types that say so.
        also: types that could not be read because one of these was not.
        verdict: the verdict on ``types``.
        texts: the reasons, which one grant mends where they are several, or a problem.
    """

    types: tuple[str, ...]
    also: tuple[str, ...]
    verdict: str
    texts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The first reason, and how many others are like it."""
        first, *others = self.texts
        return f"{first}; {len(others)} more likewise" if others else first

    @property
    def heading(self) -> str:
        """Whom it concerns, such as ``… is partial:``."""
        verb = _VERBS[self.verdict][len(self.types) > 1]
        told = f"{some(self.types)} {verb}".rstrip()
        if self.also:
            told += f"; without {'it' if len(self.types) == 1 else 'them'} also {some(self.also)}"
        return f"{told}:"


def remarks(report: Report) -> list[Remark]:
    """Return what is to be said of the types, in the order of the report.

    A type that falls away with another one has no reason of its own: it is named with that one. Types that could not be
    read for want of the same permissions are named together, whichever paths these were refused for.
    """
    lost = causes(report)
    falls_away = {result.type: lost[result.type] for result in report.results if result.verdict == "skipped"}
    said: defaultdict[tuple[str, str | tuple[str, ...]], list[tuple[str, str]]] = defaultdict(list)
    for result in report.results:
        reason = "" if falls_away.get(result.type) else result.reason
        if reason:
            to_grant = tuple(result.to_grant) if result.verdict in _LOST else ()
            said[result.verdict, to_grant or reason].append((result.type, reason))
        for problem in problems(result):
            said[result.verdict, problem].append((result.type, problem))
    return [
        Remark(
            types=types,
            also=tuple(name for name, of in falls_away.items() if verdict in _LOST and not of.isdisjoint(types)),
            verdict=verdict,
            texts=tuple(dict.fromkeys(texts)),
        )
        for (verdict, _), told in said.items()
        for types, texts in [zip(*told, strict=True)]
    ]


def causes(report: Report) -> Mapping[str, Set[str]]:
    """Return for each type the failed and skipped types for want of which it was not read; of most there are none."""
    needs = {result.type: result.needs for result in report.results}
    return causes_among(needs, {result.type for result in report.results if result.verdict in _LOST})


def causes_among(needs: Mapping[str, Sequence[str]], lost: Set[str]) -> Mapping[str, Set[str]]:
    """Return for each type those types for want of which it was not read; of most there are none.

    Args:
        needs: what each type needs.
        lost: those that were not read.
    """
    found: dict[str, Set[str]] = {}

    def of(name: str) -> Set[str]:
        if name not in found:
            found[name] = {cause for each in needs[name] if each in lost for cause in (of(each) or {each})}
        return found[name]

    return {name: of(name) for name in needs}


def problems(result: StepResult) -> Iterator[str]:
    """Yield what is wrong with records of a type although it does not change the verdict."""
    for name, (one, more) in _PROBLEMS.items():
        count = result.problems.get(name, {}).get("count", 0)
        if count:
            yield f"{count:,} {one if count == 1 else more}"
    if uncovered := result.problems.get("leftOut"):
        yield f"{uncovered['count']:,} not covered: {', '.join(uncovered['examples'])}"


_PROBLEMS = {
    "duplicateKeys": ("duplicate key left out", "duplicate keys left out"),
    "danglingEnds": ("leads to an entity that was not collected", "lead to an entity that was not collected"),
}
