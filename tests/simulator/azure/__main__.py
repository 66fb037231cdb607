"""The simulator of Azure as a process: ``python -m tests.simulator.azure --resources 20000 --subscriptions 10``."""

import argparse
import signal
import sys
import threading

import orjson

from tests.simulator.azure.made_up import made_up_tenant
from tests.simulator.azure.quota import Quota
from tests.simulator.azure.resource_graph import ResourceGraph
from tests.simulator.azure.server import AzureSimulator

_EPILOG = """
When it is ready, one line of JSON on standard output tells url, token and tenant. It runs until it is interrupted, or
until standard input ends with --until-eof.
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulator.azure",
        description="Azure Resource Manager and Azure Resource Graph on the loopback interface, for a made-up tenant.",
        epilog=_EPILOG,
    )
    parser.add_argument("--resources", type=int, default=1000, metavar="N")
    parser.add_argument("--subscriptions", type=int, default=3, metavar="N")
    parser.add_argument("--hidden", type=int, default=0, metavar="N", help="subscriptions that the token cannot see")
    parser.add_argument("--no-groups", action="store_true", help="the token may not read management groups")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the same seed makes the same tenant")
    parser.add_argument("--port", type=int, default=0, metavar="P", help="default: a free one")
    parser.add_argument("--quota", type=int, metavar="N", help="queries in 5 seconds, 15 in Azure; default: no limit")
    parser.add_argument("--page-bytes", type=int, default=ResourceGraph.page_bytes, metavar="N")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends")
    return parser


def main() -> None:
    """Serve until interrupted."""
    args = _parser().parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    tenant = made_up_tenant(args.resources, args.subscriptions, hidden=args.hidden, seed=args.seed)
    with AzureSimulator(tenant, port=args.port) as simulator:
        simulator.graph.quota = Quota(args.quota)
        simulator.graph.page_bytes = args.page_bytes
        simulator.manager.sees_groups = not args.no_groups
        ready = {"url": simulator.url, "token": simulator.token, "tenant": tenant.id}
        print(orjson.dumps(ready).decode(), flush=True)
        if args.until_eof:
            sys.stdin.read()
        else:
            stop.wait()


if __name__ == "__main__":
    main()
