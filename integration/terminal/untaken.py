"""What was read and is in no record, for want of a type that takes it: told in a sentence for each relation."""

import re
from collections.abc import Iterator, Mapping

from integration.text.phrases import counted
from integration.text.visible import line

_NAMED = 5
_KINDS = {"org contact": "contact"}
_NOUNS = {
    "app role assigned to": "app role assignment",
    "applies to": "target",
    "member of": "membership",
}
"""What a relation leads to, where that is not what its name says."""


def untaken(relations: Mapping[str, Mapping[str, int]], all_read: bool) -> Iterator[str]:
    """Yield for each relation how many of its ends no relationship has, and of which kinds they are.

    The same objects may well be entities, such as a service principal that owns a device.

    Args:
        relations: how many ends there are, by relation, such as ``/groups/*/members``, and ``@odata.type``; of a
            collection, how many objects there are by kind.
        all_read: whether all types that there are were read, so that there is none that another run would read.
    """
    for name, kinds in relations.items():
        parents, is_relation, relation = name.partition("?")[0].partition("/*/")
        total = sum(kinds.values())
        noun = _words(relation or parents)
        noun = _NOUNS.get(noun, noun.removesuffix("s"))
        what = f"{counted(total, noun)} of {_words(parents)}" if is_relation else counted(total, noun)
        one, type = total == 1, "relationship type" if is_relation else "type"
        whose = "its kind" if one else "their kind" if len(kinds) == 1 else "their kinds"
        why = f"there is no {type} for {whose}" if all_read else f"no {type} for {whose} was read"
        yield f"{what} {'is' if one else 'are'} left out, since {why}: {', '.join(_parts(kinds))}."


def _parts(kinds: Mapping[str, int]) -> Iterator[str]:
    """Yield the most frequent kinds with their numbers, and how many others there are."""
    named = sorted(kinds.items(), key=lambda kind: (-kind[1], kind[0]))
    for kind, number in named[:_NAMED]:
        if "/" in kind:
            yield f"{number:,} of {line(kind)}"
        else:
            yield counted(number, _kind(kind)) if _kind(kind) else f"{counted(number, 'object')} without a kind"
    if len(named) > _NAMED:
        yield f"{sum(number for _, number in named[_NAMED:]):,} others"


def _kind(type: str) -> str:
    """Return an ``@odata.type`` in words, such as ``service principal``, or nothing."""
    words = _words(type.rpartition(".")[2])
    return _KINDS.get(words, words)


def _words(name: str) -> str:
    """Return the last part of a path in words: ``service principals`` for ``/servicePrincipals``."""
    last = re.split("[/:]", line(name))[-1]
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", last).lower()
