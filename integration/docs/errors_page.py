"""The page of exit codes and errors."""

import inspect
import re
import textwrap

from integration import errors
from integration.cli import main
from integration.docs.docstrings import docstring
from integration.docs.markdown import block, code, page, table
from integration.errors import IntegrationError

_CODES = re.compile(r"(\d)  (.+?)(?= \d  |$)")
_EXIT = re.compile(r"(\w+) .*\(exit (\d)\)")


def errors_page() -> str:
    """Return the page.

    Raises:
        AssertionError: the command's help does not list its exit codes.
    """
    text = inspect.getdoc(main.callback) or ""
    (listed,) = re.findall(r"Exit codes:\n(.+?)(?:\n\n|$)", text, re.DOTALL)
    codes = [
        (code(number), f"{meaning[0].upper()}{meaning[1:]}.")
        for number, meaning in _CODES.findall(re.sub(r"\n\s*", " ", listed.strip()))
    ]
    assert [number for number, _ in codes] == ["`0`", "`1`", "`2`", "`3`"], listed
    exits = dict(_EXIT.findall(errors.__doc__ or ""))
    classes = [each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, IntegrationError)]
    return page(
        "Exit codes and errors",
        table(["Code", "Meaning"], codes),
        "A partial type does not count as failed, unless `--fail-on partial` says so; nor does one that was skipped for"
        " want of a permission, a licence or the feature, unless `--fail-on skipped` says so, `--only` names it, or it"
        " was collected before. A type that was skipped because another one failed counts as failed; so do deletions"
        " that are withheld. Options that the program does not know end it with 2.",
        "A host gets the same from `Report.exit_code()`; the errors with an exit code below are raised, the others are"
        " the reason why a type failed, and stand in its result.",
        "## The tree of errors",
        block(_tree()),
        "## Each error",
        "All can be imported from `integration`.",
        table(["Error", "Is a", "Exit code", "Meaning", "Attributes"], [_row(each, exits) for each in classes]),
        "Graph errors carry `status`, Graph's `code`, `request_id` and `path`. No error, log line or report carries a"
        " body or a token.",
    )


def _tree() -> str:
    lines = (errors.__doc__ or "").splitlines()
    return textwrap.dedent("\n".join(line for line in lines if line.startswith("    "))).replace("``", "")


def _row(kind: type[IntegrationError], exits: dict[str, str]) -> tuple[str, str, str, str, str]:
    known = docstring(kind)
    exit_code = next((exits[each.__name__] for each in kind.__mro__ if each.__name__ in exits), "")
    own = known.items.get("Attributes", ())
    attributes = "<br>".join(f"{code(name)}: {text}" for name, text in own)
    return code(kind.__name__), code(kind.__bases__[0].__name__), code(exit_code), known.text, attributes
