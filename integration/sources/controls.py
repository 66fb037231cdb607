"""What a body of JSON says beside its data: next links, counts, errors.

Source: OData JSON Format Version 4.01, Control Information.
"""

from collections.abc import Mapping, Sequence
from typing import Any


def control(body: Mapping[str, Any], name: str) -> Any:
    """Return what OData says about a body beside its data, such as ``nextLink``; ``None`` where it says nothing.

    OData 4.01 also leaves out ``odata.``, and earlier versions the ``@``; upper and lower case make no difference here.
    """
    found = body.get(f"@odata.{name}")
    if found is None:
        wanted = name.lower()
        alike = (key for key, value in body.items() if value is not None and key.lower().endswith(wanted))
        found = next((body[key] for key in alike if _plain(key) == wanted), None)
    return found


def error_in(body: Mapping[str, Any], lists: Sequence[str]) -> Any:
    """Return the error that a body holds, however it is spelled; ``None`` where it holds none.

    Several are an error of a list alone, named as one of ``lists``: a single object may have a property of that name.
    """
    found = body.get("error")
    if found is None:
        found = control(body, "error")
    if found is None and any(isinstance(body.get(name), list) for name in lists):
        found = control(body, "errors") or None
    return found


def _plain(key: str) -> str:
    return key.lower().removeprefix("@").removeprefix("odata.")
