"""Ids of Azure: paths in which types stand between names, in whatever case of letters."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from integration.values import arm_key

_ID = re.compile(r"/?(subscriptions|providers|tenants)/.+", re.IGNORECASE)
_GROUPS = "/providers/microsoft.management/managementgroups/"
_CHAIN = "managementgroupancestorschain"
_PROVIDERS = "providers"
_BUILT_IN = ("locations", "config")
"""Types that Azure itself gives the names of."""


def is_arm_id(text: str) -> bool:
    """Tell whether a text is the id of something in Azure."""
    return bool(_ID.fullmatch(text)) and " " not in text.partition("/providers/")[0]


def renamed(id: str, name: Callable[[str], str]) -> str:
    """Return an id with other names in it; what Microsoft calls providers and types stays.

    Args:
        id: of anything in Azure.
        name: returns what stands for a name.
    """
    beginning = "/" if id.startswith("/") else ""
    parts = id.strip("/").split("/")
    made: list[str] = []
    while parts:
        type = parts.pop(0)
        made.append(type)
        if type.lower() == _PROVIDERS and parts:
            made.append(parts.pop(0))
        elif parts:
            each = parts.pop(0)
            made.append(each if type.lower() in _BUILT_IN else name(each))
    return beginning + "/".join(made)


def containers_of(id: str) -> Iterator[str]:
    """Yield the keys of what a resource is in: its subscription, its group, and the resources that it is below."""
    names = arm_key(id).split("/")
    for end in range(3, len(names), 2):
        if names[end - 2] != _PROVIDERS:
            yield "/".join(names[:end])


def texts_with_paths(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text in a JSON value, and names that are the id of something, with the path of its property."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            if is_arm_id(name):
                yield path, arm_key(name)
            yield from texts_with_paths(each, f"{path}/{name}")
    elif isinstance(value, list):
        for each in value:
            if path.lower().endswith(_CHAIN) and isinstance(each, Mapping):
                yield path, f"{_GROUPS}{str(each.get('name')).lower()}"
            yield from texts_with_paths(each, path)
    elif isinstance(value, str) and path != "/id":
        yield path, arm_key(value) if is_arm_id(value) else value.lower()
