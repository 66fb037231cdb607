"""The header ``Warning``: by it an answer says that some of what it should hold is missing."""

import re

_NEXT = re.compile(r',\s*(?=\d{3}\s+\S+\s+")')
"""Where one warning of a header ends and another begins. Source: RFC 7234, section 5.5."""


def of_missing_data(header: str) -> str:
    """Return the warnings that something is missing; those that a version is deprecated say nothing of the data.

    Source: Microsoft Graph security API, errors: partial answers carry ``199 - "Vendor/Provider/504/10000"``.
    """
    return ", ".join(each for each in _NEXT.split(header) if "deprecat" not in each.lower())
