"""Destinations of the graph: one module each, found by the scheme of a URL through the hook ``integration_sink``."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pluggy

from integration.config.variables import environment
from integration.errors import ConfigurationError, DeclarationError, IntegrationError, Interrupted, OutputError
from integration.sdk.hooks import hookimpl
from integration.sdk.sink import Sink
from integration.sdk.stopping import Stopping
from integration.text.discretion import logger
from integration.text.nearest import nearest
from integration.text.visible import line

_FOLDERS = ("files", "j1")
_SCHEMES = (*_FOLDERS, "jsonl", "jupiterone", "neo4j", "bolt", "postgresql")
_log = logger("integration")


def make_sinks(
    manager: pluggy.PluginManager,
    urls: Sequence[str],
    instance_id: str | None = None,
    stopping: Stopping | None = None,
) -> list[Sink]:
    """Return a sink for each URL.

    Args:
        manager: from ``load``.
        urls: the destinations.
        instance_id: of the integration instance that the graph is of, where the run knows it.
        stopping: tells sinks that wait when the run is to end.

    Raises:
        ConfigurationError: no plugin makes a sink of a URL, or two of them name one folder.
        DeclarationError: a plugin makes something else of it.
        OutputError: a destination cannot be used.
    """
    stopping = stopping or Stopping()
    sinks = {}
    faults = []
    for url in urls:
        with _naming(url, stopping):
            sink = manager.hook.integration_sink(url=url, instance_id=instance_id, stopping=stopping)
        if sink is None:
            faults.append(_unknown(url))
        else:
            sinks[url] = _fit(url, sink)
    faults += _one_folder(sinks)
    if faults:
        raise ConfigurationError(faults)
    for url, sink in sinks.items():
        with _naming(url, stopping):
            sink.check()
    return list(sinks.values())


def _unknown(url: str) -> str:
    """Return what is wrong with a URL of which no plugin makes a sink."""
    scheme, _, rest = url.partition(":")
    if scheme in _FOLDERS and not rest:
        return f"the destination {scheme}: names no folder: write {scheme}:DIR"
    if scheme == "jsonl":
        return "the destination jsonl: is standard output alone: write jsonl:-"
    known = "files:DIR, j1:DIR, jsonl:-, jupiterone:, neo4j://HOST or postgresql://HOST/DATABASE"
    return f"no installed plugin knows the destination {line(scheme)}{nearest(scheme, _SCHEMES)}: write {known}"


def _one_folder(urls: Iterable[str]) -> Iterator[str]:
    """Yield which URLs name a folder that another one names too, where each would undo what the other wrote."""
    found: dict[Path, str] = {}
    for url in urls:
        scheme, _, folder = url.partition(":")
        if scheme in _FOLDERS:
            other = found.setdefault(Path(folder).resolve(), url)
            if other is not url:
                yield f"the destinations {other} and {url} are one folder: name a folder of its own for each"


def failure(url: str, error: BaseException) -> str:
    """Log that a destination's code failed, and return what to tell of it."""
    _log.error("the destination %s failed", url, exc_info=error)
    return f"its code failed: {type(error).__name__}: {line(error)}"


@contextmanager
def _naming(url: str, stopping: Stopping) -> Iterator[None]:
    """Have what a destination's code raises name the destination: a package's code, which no run can answer for.

    Raises:
        OutputError: it failed, or was interrupted by nobody.
    """
    name = f"{url.partition(':')[0]}:"
    try:
        yield
    except (SystemExit, Exception) as error:
        if isinstance(error, IntegrationError) and (stopping.asked() or not isinstance(error, Interrupted)):
            raise
        raise OutputError(f"the destination {name} {failure(name, error)}") from None


def _fit(url: str, made: Any) -> Sink:
    lacks = [name for name in ("url", "check", "write") if isinstance(made, type) or not hasattr(made, name)]
    if lacks:
        what = f"its plugin made no sink, but {line(repr(made))}: give it {', '.join(lacks)}"
        raise DeclarationError(f"the destination {url.partition(':')[0]}: {what}")
    return made  # type: ignore[no-any-return]


@hookimpl
def integration_sink(url: str, instance_id: str | None, stopping: Stopping) -> Sink | None:
    """Make the built-in sinks."""
    scheme, _, rest = url.partition(":")
    if scheme == "files" and rest:
        from integration.sinks.files import FilesSink

        return FilesSink(rest)
    if url == "jsonl:-":
        from integration.sinks.jsonl import JsonlSink

        return JsonlSink()
    if scheme == "j1" and rest:
        from integration.sinks.j1 import J1Sink

        return J1Sink(rest)
    if scheme == "jupiterone":
        from integration.sinks.jupiterone.sink import JupiterOneSink

        known = {"INTEGRATION_INSTANCE_ID": instance_id} if instance_id else {}
        return JupiterOneSink(rest, {**environment(), **known}, stopping)
    if scheme in ("postgresql", "postgres"):
        from integration.sinks.postgresql.sink import PostgresqlSink

        return PostgresqlSink(url, stopping)
    if scheme.partition("+")[0] in ("neo4j", "bolt"):
        from integration.sinks.neo4j.sink import Neo4jSink

        return Neo4jSink(url, environment(), stopping)
    return None
