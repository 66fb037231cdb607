"""Destinations in a tenants file: what one of them cannot be where many tenants write, and which two are one."""

from collections.abc import Iterator, Mapping
from os.path import normpath
from typing import Any
from urllib.parse import unquote, urlsplit

PLACE_OF_NAME = "{tenant}"
"""Stands in a destination for the tenant's name."""
_FOLDERS = ("files", "j1")


def faults_of_url(url: object, *, alone: bool) -> Iterator[str]:
    """Yield why a destination cannot be that of one tenant among many.

    Args:
        url: as the file has it.
        alone: the file names one tenant.
    """
    if not isinstance(url, str):
        return
    scheme = url.partition(":")[0]
    if scheme == "jsonl":
        yield "to: jsonl:- is the standard output of one run: name files:, with {tenant} in it"
    if scheme in _FOLDERS and PLACE_OF_NAME not in url and not alone:
        yield f"to: {scheme}: is a folder of one tenant: write {PLACE_OF_NAME} into it, or each writes over the others"
    try:
        parts = urlsplit(url.replace("{", "").replace("}", ""))
    except ValueError:
        yield f"to: {scheme}: is not a URL"
        return
    if "://" in url and (parts.password or "password=" in unquote(parts.query).lower()):
        yield f"to: {scheme}: a tenants file holds no secrets: leave the password to the environment of the workers"


def faults_between(events: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield where tenants would delete each other's records.

    JupiterOne tells them apart by the instance's id alone, and a folder holds what was written last.

    Args:
        events: of the tenants by their names, as ``handle`` takes them.
    """
    instances: dict[str, str] = {}
    folders: dict[str, tuple[str, str]] = {}
    for name, event in events.items():
        to, instance = event["instance"]["config"].get("to"), event["instance"].get("id")
        urls = dict.fromkeys(url for url in to if isinstance(url, str)) if isinstance(to, list) else ()
        if any(url.startswith("jupiterone:") for url in urls):
            if not instance or not isinstance(instance, str):
                yield f"{name}: instanceId: is needed by jupiterone:, which tells tenants apart by it"
            elif (other := instances.setdefault(instance, name)) != name:
                yield f"{name}: instanceId: it is also that of {other}: each deleted what the other sent"
        for url in urls:
            scheme, _, folder = url.partition(":")
            if scheme in _FOLDERS:
                whose, first = folders.setdefault(normpath(folder), (name, url))
                if (whose, first) != (name, url):
                    yield f"{name}: to: {url} is the folder of {whose}, {first}: each writes over the other"
