"""Secrets that Azure tells with a resource's properties, and that nobody here needs: they go before anything is kept.

Azure leaves out what its types declare as secret. People put secrets elsewhere as well: into environment variables,
scripts, settings of extensions and definitions of workflows. What decides is the name of a property in any case of
letters; numbers and booleans of such a name, as of ``disablePasswordAuthentication``, are no secrets and stay.
"""

import re
from typing import Any

_SECRET = re.compile(
    r".*(password|passphrase|secret|token|sas|connectionstring|access(key|code)|(account|api|authorization|admin|"
    r"instrumentation|master|primary|private|secondary|service|shared|storage)key)s?"
    r"|args|arguments|command(s|toexecute|line)?|custom_?data|user_?data|(protected|public)?settings|script(content|s)?"
    r"|definition|(liveness|readiness|startup)probe|httpheaders",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"env|environmentvariables|appsettings|connectionstrings|secrets|deliveryattributemappings", re.IGNORECASE
)
"""Lists of names with their values, of which the names stay."""
_PERMITTED = frozenset("all backup delete get list purge recover restore set".split())
"""What an access policy of a vault permits to do with its secrets. Source: Azure Resource Manager, vaults."""

_NESTED = frozenset({dict, list})
_TOLD = _NESTED | {str}
"""What may hold a secret."""


class _Verdicts(dict[str, str]):
    """Says what is done to the values of a property, by its name: ``drop``, ``name`` them alone, or ``keep``."""

    def __missing__(self, name: str) -> str:
        verdict = "name" if _NAMED.fullmatch(name) else "drop" if _SECRET.fullmatch(name) else "keep"
        self[name] = verdict
        return verdict


_verdicts = _Verdicts()


def without_secrets(value: Any) -> Any:
    """Return a value of JSON, such as the properties of a resource, without what may be a secret.

    Of an object or a list only that it is there is left, since that can tell of which kind its holder is.
    """
    if isinstance(value, dict):
        kept: dict[str, Any] = {}
        for name, each in value.items():
            if type(each) not in _TOLD:
                kept[name] = each
            elif (verdict := _verdicts[name]) == "keep":
                kept[name] = each if type(each) is str else without_secrets(each)
            elif verdict == "name":
                kept[name] = _names(each)
            elif type(each) is not str:
                kept[name] = type(each)()
        return kept
    if isinstance(value, list):
        return [without_secrets(each) if type(each) in _NESTED else each for each in value]
    return value


def _names(values: Any) -> Any:
    """Return the names of a list of named values, or what a policy permits; nothing of what is no such list."""
    if not isinstance(values, list):
        return None
    if all(isinstance(each, str) and each.lower() in _PERMITTED for each in values):
        return values
    return [{"name": each["name"]} for each in values if isinstance(each, dict) and isinstance(each.get("name"), str)]
