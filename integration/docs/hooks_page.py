"""The page of hooks."""

import inspect

from integration.docs.docstrings import docstring, signature
from integration.docs.markdown import code, page, table
from integration.sdk import hookspecs
from integration.sdk.hooks import PROJECT
from integration.sdk.progress import Progress
from integration.sdk.report import Report, StepResult
from integration.sdk.step import Step

_HANDED = (Step, Progress, StepResult, Report)
_INTRODUCTION = """
A plugin is any object, module or class instance whose functions carry `@hookimpl` and the name of a hook; it implements
those that it wants, and takes of the arguments those that it names. `load(plugin)` registers it for one program; a line
in a package's `pyproject.toml` registers it wherever the package is installed:

```toml
[project.entry-points.integration]
acme = "acme_integration.plugin"
```

```python
from integration import Report, hookimpl, load


class Metrics:
    @hookimpl
    def integration_run_finished(self, report: Report) -> None:
        print(report.exit_code(), report.seconds)


manager = load(Metrics())
```

There is no hook for a record or a request: it would cost every row. The plugin that was registered last is called
first. A hook runs in the thread that calls it: what takes long in it holds the run up, and several threads may call the
same hook at once. What a hook raises that only listens is logged once, by plugin and hook, and changes nothing; what
`integration_sink`, `integration_steps` or a hook of questions raises ends the command, for nobody else can decide in
its place. A hook whose name is none of these is refused by `load`,
unless it is marked `@hookimpl(optionalhook=True)`.
"""


def hooks_page() -> str:
    """Return the page."""
    hooks = [
        function
        for name, function in vars(hookspecs).items()
        if inspect.isfunction(function) and name.startswith(f"{PROJECT}_")
    ]
    parts = []
    for hook in hooks:
        first = getattr(hook, f"{PROJECT}_spec")["firstresult"]
        asked = "The first plugin that returns something wins; the others are not asked." if first else ""
        parts += [f"## {hook.__name__}", signature(hook.__name__, hook), docstring(hook).text, asked]
    parts.append("## What hooks are handed")
    parts.append("`Sink` and what it is given stand in the [reference](reference.md#sink).")
    for kind in _HANDED:
        known = docstring(kind)
        rows = [(code(name), text) for name, text in known.items["Attributes"]]
        parts += [f"### {kind.__name__}", known.text, table(["Attribute", "Meaning"], rows)]
    return page("Hooks", _INTRODUCTION, *parts)
