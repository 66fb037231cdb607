"""What a text says of a password, a signature or a key, whatever the name of the property that holds it."""

import re
from typing import Any

_SAID = ("passw", "pwd", "secret", "token", "key", " -u ")
"""Words of which one comes before a secret that a text says in words of its own."""
_SIGNED_IN = re.compile(r"(?i)(https?://)[^/@\s?#]*@|(://[^/@\s?#:]*):[^/@\s?#]*(?=@)")
_STATED = re.compile(
    r"(?i)((?:^|[?&;\s])(?:sig|code|[\w-]*(?:token|key|secret|password))=)[^\s&#;\"']+"
    r"|((?:account|access|instrumentation|shared\w*)key=|sharedaccesssignature=|password=|pwd=)[\"'{]?[^;\"'\s]+"
    r"|((?:passw(?:or)?d|pwd|secret|token|api[-_]?key|access[-_]?key)[\"']?\s*[=:]\s*[\"']?"
    r"|-(?:password|passwd|pwd|secret|token|api-?key|access-?key)\s+[\"']?|\s-u\s+[^\s:]+:)"
    r"(?=[^\s;\"']*\d)[^\s;\"']{6,}"
    r"|(\b(?:bearer|basic) )(?=\S*\d)[\w.~+/-]{8,}=*|(-----BEGIN [A-Z ]*PRIVATE KEY-----)[^-]*"
    r"|(hooks\.slack\.com/|webhook\.office\.com/|discord(?:app)?\.com/api/webhooks/)[^\s?#\"']+"
    r"|\b(gh[oprsu]_|github_pat_|xox[abeprs]-)[\w-]{10,}|\b(eyJ)[\w-]+\.eyJ[\w.-]+"
)


def unstated(text: str) -> str:
    """Return a text without what it says of a password, a signature or a key, in a link, a setting or a command."""
    return _STATED.sub(r"\1\2\3\4\5\6\7\8", _SIGNED_IN.sub(r"\1\2", text)) if _may_state(text) else text


def tags_kept(tags: Any) -> Any:
    """Return the tags of a resource without what they say of a password, a token or a key, also by their names."""
    if not isinstance(tags, dict):
        return tags
    return {name: _tag(name, value) if isinstance(value, str) else value for name, value in tags.items()}


def _tag(name: str, value: str) -> str:
    told, beginning = unstated(f"{name}: {value}"), f"{name}: "
    return told.removeprefix(beginning) if told.startswith(beginning) else ""


def _may_state(text: str) -> bool:
    """Tell whether a text has what each secret in it would come with; most texts are ids and have none of that.

    Written out, since it is asked of every text: a search for the secrets themselves takes many times as long.
    """
    low = text.lower()
    return (
        "=" in low
        or "@" in low
        or "eyj" in low
        or "hook" in low
        or "xox" in low
        or ("_" in low and ("gh" in low or "_pat_" in low))
        or ((":" in low or " " in low) and any(word in low for word in _SAID))
        or (" " in low and ("bearer " in low or "basic " in low or "private key" in low))
    )
