"""Destinations of the graph: one module each, found by the scheme of a URL through the hook ``integration_sink``."""

from collections.abc import Sequence

import pluggy

from integration.config.variables import environment
from integration.errors import ConfigurationError
from integration.sdk.hooks import hookimpl
from integration.sdk.sink import Sink
from integration.sdk.stopping import Stopping


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
        ConfigurationError: no plugin makes a sink of a URL.
        OutputError: a destination cannot be used.
    """
    stopping = stopping or Stopping()
    sinks = []
    faults = []
    for url in urls:
        sink: Sink | None = manager.hook.integration_sink(url=url, instance_id=instance_id, stopping=stopping)
        if sink is None:
            faults.append(f"no installed plugin knows the destination {url.partition(':')[0]}: write files:DIR, say")
        else:
            sinks.append(sink)
    if faults:
        raise ConfigurationError(faults)
    for sink in sinks:
        sink.check()
    return sinks


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
