"""Drawing the steps of a plan and what they need, or the graph that they make, as text that becomes a picture.

Sources: Mermaid, flowchart syntax and its entity codes; Graphviz, the DOT language.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from integration.sdk.ends import area_of

if TYPE_CHECKING:
    from integration.sdk.plan import Plan


Needs = Mapping[str, Sequence[str]]


def draw(plan: "Plan", form: str) -> Iterator[str]:
    """Yield the lines of a drawing: one node for each step, one arrow from each type to each type that needs it.

    Types that fall away stand in comments at the end, with the reason.

    Args:
        plan: from ``plan``; the same plan always gives the same lines.
        form: a name in ``FORMS``.
    """
    comment, lines = FORMS[form]
    names = {step.name for step in plan.steps}
    yield from lines({step.name: [need for need in step.needs if need in names] for step in plan.steps})
    for name, reason in plan.skipped.items():
        yield f"{comment} falls away: {' '.join(f'{name}: {reason}'.split())}"


def mermaid(needs: Needs) -> Iterator[str]:
    """Yield the lines of a Mermaid flowchart; nodes are numbered, because some words are not allowed as their ids."""
    numbers = {name: f"step{number}" for number, name in enumerate(needs, 1)}
    yield "flowchart LR"
    for name, number in numbers.items():
        yield f'    {number}["{_entities(name)}"]'
    for name, needed in needs.items():
        for need in needed:
            yield f"    {numbers[need]} --> {numbers[name]}"


def dot(needs: Needs) -> Iterator[str]:
    """Yield the lines of a directed graph in DOT."""
    yield "digraph steps {"
    yield "    rankdir = LR"
    yield "    node [shape = box]"
    for name in needs:
        yield f"    {_quoted(name)}"
    for name, needed in needs.items():
        for need in needed:
            yield f"    {_quoted(need)} -> {_quoted(name)}"
    yield "}"


FORMS: Mapping[str, tuple[str, Callable[[Needs], Iterator[str]]]] = {"mermaid": ("%%", mermaid), "dot": ("//", dot)}
"""How each form begins a comment, and what writes it."""


def draw_model(plan: "Plan", form: str) -> Iterator[str]:
    """Yield the lines of a drawing of the graph that a plan makes: the types of entities, and what relates them.

    Args:
        plan: from ``plan``.
        form: a name in ``MODELS``.
    """
    related = [(step.ends[0], step.class_name, step.ends[1]) for step in plan.steps if step.ends is not None]
    entities = [step.name for step in plan.steps if step.ends is None]
    entities += sorted({end for start, _, stop in related for end in (start, stop) if area_of(end)})
    numbers = {name: f"type{number}" for number, name in enumerate(entities, 1)}
    if MODELS[form] == "mermaid":
        yield "flowchart LR"
        yield from (f'    {number}["{_entities(name)}"]' for name, number in numbers.items())
        yield from (f'    {numbers[start]} -->|"{_entities(verb)}"| {numbers[end]}' for start, verb, end in related)
        return
    yield "digraph model {"
    yield "    rankdir = LR"
    yield "    node [shape = box]"
    yield from (f"    {_quoted(name)}" for name in entities)
    yield from (f"    {_quoted(start)} -> {_quoted(end)} [label = {_quoted(verb)}]" for start, verb, end in related)
    yield "}"


MODELS: Mapping[str, str] = {"model": "mermaid", "model-dot": "dot"}
"""What draws the graph itself, and in which form."""


def _entities(text: str) -> str:
    """Return text as Mermaid takes it between quotes: what is neither letter, digit nor ``_`` as an entity code."""
    return "".join(char if char == "_" or char.isalnum() else f"#{ord(char)};" for char in text)


def _quoted(text: str) -> str:
    """Return text as a quoted id of DOT."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
