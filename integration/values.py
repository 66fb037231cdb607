"""Turning Microsoft's values into JupiterOne's."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

_time = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:\d\d)?", re.ASCII).fullmatch
_http_date = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", re.ASCII).fullmatch
_GUID = re.compile(
    r"(?<![0-9A-Za-z])(\{)?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})(?(1)\}|(?![0-9A-Za-z]))"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_NEVER = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
"""What is before it stands for no time, whatever offset it was computed with."""


def epoch_ms(value: Any) -> int | str | None:
    """Return a time as JupiterOne writes it: whole milliseconds since 1970-01-01T00:00:00Z.

    Args:
        value: Edm.DateTimeOffset. Graph writes it in UTC, as in ``2024-05-01T12:30:00Z``, with up to seven digits of a
            second (Microsoft Graph, "user resource type"); OData also knows other offsets, times without seconds and
            more digits (OData ABNF, ``dateTimeOffsetValue``). What is below a millisecond is cut off. Of Azure's
            providers some leave the offset out and mean UTC (HDInsight's ``createdDate``), and some write a date of
            HTTP (``Mon, 25 May 2020 11:10:01 GMT``, ``createdDate`` of Log Analytics).

    Returns:
        The milliseconds; ``None`` for ``None``, for an empty text, and for a time on the day ``0001-01-01``,
        Microsoft's way of saying never. Anything else comes back as a string, for the schema to reject the record that
        has it.
    """
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        return str(value)
    is_time = _time(value)
    if not is_time and not _http_date(value):
        return value
    try:
        moment = datetime.fromisoformat(value.upper()) if is_time else parsedate_to_datetime(value)
    except ValueError:
        return value
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return None if moment < _NEVER else (moment - _EPOCH) // _MILLISECOND


def without_nulls(values: Any) -> Any:
    """Return the values of a collection of Graph, a list, without its nulls; what is no list comes back as it is."""
    return [value for value in values if value is not None] if isinstance(values, list) and None in values else values


def arm_key(id: str) -> str:
    """Return an id of Azure as the key of its entity: in lower case, with one slash before it and none after.

    Azure spells one id in several ways, also over time, so that only this form stays. Source: Azure Resource Graph,
    explore your Azure resources; Azure/azure-docs, issue 36222.
    """
    return f"/{id.strip('/').lower()}"


def guid_key(id: Any) -> Any:
    """Return an id, or a key that is made of ids, with the GUIDs in it in lower case and without braces.

    Graph writes ids of objects so as a rule, and what others wrote, as the lists of a policy, as they wrote it. All
    keys of the graph have this form, and so have the ids of what steps read of Graph. A GUID is the same in any case of
    letters (RFC 9562, section 4). Other ids of Graph are opaque, so that their letters stay (Best practices for working
    with Microsoft Graph). What is no text comes back as it is.
    """
    if not isinstance(id, str) or (id.islower() and "{" not in id):
        return id
    return _GUID.sub(lambda found: found[2].lower(), id)


def certificate_end(content: bytes) -> int | None:
    """Return until when a certificate is valid, in milliseconds since 1970-01-01T00:00:00Z.

    Args:
        content: X.509 in DER (RFC 5280); what is none, or damaged, has no end.
    """
    from cryptography.x509 import load_der_x509_certificate  # which takes a tenth of a second

    try:
        return round(load_der_x509_certificate(content).not_valid_after_utc.timestamp() * 1000)
    except ValueError:
        return None
