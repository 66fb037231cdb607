"""The page of Python names."""

import inspect
from functools import cached_property

import integration
from integration import testing
from integration.docs.docstrings import docstring, signature
from integration.docs.markdown import code, page, table
from integration.errors import IntegrationError
from integration.sdk.hooks import hookimpl
from integration.sdk.sink import StoredGraph

_INTRODUCTION = """
What hosts, authors of steps and authors of destinations import from `integration`. The errors stand in
[exit codes and errors](exit-codes.md#each-error), the hooks in [hooks](hooks.md).
"""
_TESTING = "What tests of steps import from `integration.testing`: [Add a type](authoring.md#the-test) shows some."
_HOOKIMPL = "Marks a function as the implementation of the hook of its name: see [hooks](hooks.md)."


def reference_page() -> str:
    """Return the page."""
    parts = []
    for name in integration.__all__:
        value = getattr(integration, name)
        if value is hookimpl:
            parts += [f"## {name}", _HOOKIMPL]
        elif not (inspect.isclass(value) and issubclass(value, IntegrationError)):
            parts += [f"## {name}", *_described(name, value)]
    parts += ["## The graph that a sink reads", *_described("StoredGraph", StoredGraph), "## Tests of steps", _TESTING]
    for name in testing.__all__:
        value = getattr(testing, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            parts += [f"### {name}", *_described(name, value)]
    return page("Python reference", _INTRODUCTION, *parts)


def _described(name: str, value: object) -> list[str]:
    if not inspect.isclass(value):
        assert callable(value)
        return [signature(name, value), docstring(value).markdown()]
    handed = name == "Context" or name == "Graph" or getattr(value, "_is_protocol", False)
    parts = [] if handed else [signature(name, value)]
    parts.append(docstring(value).markdown())
    offered = {each: getattr(value, each) for each in vars(value) if not each.startswith("_")}
    computed = {each: of for each, of in offered.items() if isinstance(of, property | cached_property)}
    if computed:
        parts.append(
            table(["Property", "Meaning"], [(code(each), docstring(of).text) for each, of in computed.items()])
        )
    for each, method in offered.items():
        if each not in computed and inspect.isroutine(method):
            parts += [signature(f"{name}.{each}", method), docstring(method).markdown()]
    return parts
