"""The simulator of Azure with a large tenant, as a process: ``python -m benchmarks.azure.server --resources 100000``.

It lists resources as the providers of Azure do, too, and tells what it was asked for.
"""

import argparse
import re
import sys
from collections import Counter, defaultdict
from typing import Any

import orjson

from benchmarks.azure.tenant import large_tenant
from tests.simulator.azure.answer import Answer, Asked
from tests.simulator.azure.expressions import hash_of
from tests.simulator.azure.manager import Manager
from tests.simulator.azure.quota import Quota
from tests.simulator.azure.resource_graph import ResourceGraph
from tests.simulator.azure.server import AzureSimulator
from tests.simulator.azure.tenant import AzureTenant, Row

_PARTITION = re.compile(r"^(\w+) \| where hash\(tolower\(id\)\) % (\d+) == (\d+)")
STATS = "/_simulator/stats"
RESET = "/_simulator/reset"


class Partitioned(ResourceGraph):
    """Knows which rows a partition has, so that answers come as fast as Azure's do."""

    _buckets: dict[tuple[str, int], list[list[Row]]] | None = None

    def _page(self, query: str, rows: list[Row], options: dict[str, Any]) -> dict[str, Any]:
        if match := _PARTITION.match(query):
            rows = self._bucket(match[1], int(match[2]), rows)[int(match[3])]
        return super()._page(query, rows, options)

    def _bucket(self, table: str, of: int, rows: list[Row]) -> list[list[Row]]:
        known = self._buckets = self._buckets or {}
        if (table, of) not in known:
            known[table, of] = [[] for _ in range(of)]
            for row in rows:
                known[table, of][hash_of(row["id"].lower()) % of].append(row)
        return known[table, of]


class Listing(Manager):
    """Lists the resources of a type in a subscription or in a resource group, and nothing below a resource."""

    simulator: AzureSimulator
    _places: dict[tuple[str, str], list[Row]] | None = None

    def _route(self, asked: Asked, origin: str) -> Answer:
        if asked.path == STATS:
            return Answer(200, stats(self.simulator))
        if asked.path == RESET:
            self.simulator.requests.clear()
            return Answer(200, {})
        if asked.method == "GET" and asked.path.startswith("/subscriptions/"):
            return self._list(self._resources(asked.path.lower()), asked, origin)
        return super()._route(asked, origin)

    def _resources(self, path: str) -> list[dict[str, Any]]:
        if self._places is None:
            self._places = _by_place(self.tenant)
        place, _, type = path.partition("/providers/")
        return self._places.get((place, type), [])


def _by_place(tenant: AzureTenant) -> dict[tuple[str, str], list[Row]]:
    found: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in tenant.tables["resources"].values():
        parts = row["id"].lower().split("/")
        found["/".join(parts[:3]), row["type"]].append(row)
        found["/".join(parts[:5]), row["type"]].append(row)
    for row in tenant.tables["resourcecontainers"].values():
        if row["resourceGroup"]:
            found["/".join(row["id"].lower().split("/")[:3]), "microsoft.resources/resourcegroups"].append(row)
    return found


def stats(simulator: AzureSimulator) -> dict[str, Any]:
    """Return what was asked since the last reset, and how many rows each table has."""
    queries = [each.query for each in simulator.queries]
    asked = [each for each in simulator.requests if not each.path.startswith("/_simulator")]
    return {
        "requests": len(asked),
        "queries": len(queries),
        "counts": sum("summarize" in query for query in queries),
        "tables": Counter(query.split()[0] for query in queries),
        "refused": Counter(str(each.status) for each in asked if each.status != 200),
        "early": simulator.graph.quota.early,
        "rows": {table: len(rows) for table, rows in simulator.tenant.tables.items()},
    }


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.azure.server")
    for name, value in (("resources", 10_000), ("subscriptions", 50), ("assignments", 2_000)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--quota", type=int, help="queries in 5 seconds; default: no limit")
    args = parser.parse_args()
    tenant = large_tenant(args.resources, args.subscriptions, args.assignments)
    with AzureSimulator(tenant) as simulator:
        simulator.graph = Partitioned(tenant)
        simulator.manager = manager = Listing(tenant, simulator.graph)
        manager.simulator = simulator
        simulator.graph.quota = Quota(args.quota)
        print(orjson.dumps({"url": simulator.url, "token": simulator.token}).decode(), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
