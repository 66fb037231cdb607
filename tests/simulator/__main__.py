"""The simulator as a process: ``python -m tests.simulator --users 1000 --groups 100 --memberships 5000``."""

import argparse
import signal
import sys
import threading
from typing import Any

import orjson

from tests.simulator.demo import demo_tenant
from tests.simulator.faults import RATES, SURVIVABLE, SWITCHES, Faults
from tests.simulator.made_up.sizes import NAMES, Sizes
from tests.simulator.server import Simulator
from tests.simulator.signin import CLIENT_ID, CLIENT_SECRET
from tests.simulator.synthetic import synthetic_tenant
from tests.simulator.throttle import QUOTAS

_EPILOG = f"""
When it is ready, one line of JSON on standard output tells url, authority, token, tenant, client_id, client_secret and
(with --tls) ca_file. It runs until it is interrupted, or until standard input ends with --until-eof.

faults: NAME strikes the first eligible request once; NAME=3 the first three; NAME=0.02 two in a hundred.
  {", ".join(RATES)}
  "survivable=0.02" is each of the first {len(SURVIVABLE)}. "forbidden=/groups" answers 403 for that path.
  switches: {", ".join(SWITCHES)}

sizes: {", ".join(NAMES)}; once one is given, the others are what a tenant of so many users has. "--size usual" gives
none in particular.

/_simulator/stats, /_simulator/truth and /_simulator/contents (GET), /_simulator/mutate?n=100&seed=1&areas=20 and
/_simulator/reset (POST) need no token.
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulator",
        description="Microsoft Graph v1.0 on the loopback interface, for one made-up tenant.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--demo", action="store_true", help="the fictional demo tenant instead of a made-up one")
    parser.add_argument("--users", type=int, default=1000, metavar="N")
    parser.add_argument("--groups", type=int, default=100, metavar="N")
    parser.add_argument("--memberships", type=int, default=5000, metavar="N", help="direct memberships of all kinds")
    parser.add_argument(
        "--size", action="append", default=[], metavar="NAME=N", help="how much of everything else; see below"
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="the same seed makes the same tenant and faults"
    )
    parser.add_argument("--port", type=int, default=0, metavar="P", help="default: a free one")
    parser.add_argument("--latency", type=float, default=0.0, metavar="MS", help="milliseconds before each answer")
    parser.add_argument("--page-size", type=int, metavar="N", help="cap on every page, whatever $top says")
    parser.add_argument("--quota", type=_quota, metavar="S|M|L|N", help="resource units per 10 s; default: no limit")
    parser.add_argument(
        "--lanes", type=float, metavar="SCALE", help="switch on the slow services' throttling; 1 is Graph's own time"
    )
    parser.add_argument("--token", default="test-token", help="bearer token to accept; default: %(default)s")
    parser.add_argument(
        "--role", action="append", metavar="NAME", help="an application permission; default: all, unenforced"
    )
    parser.add_argument("--expires-in", type=int, default=3599, metavar="S", help="seconds that issued tokens live")
    parser.add_argument("--tls", action="store_true", help="https, with a certificate of its own authority")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="NAME[=RATE]", help="see below; may be repeated"
    )
    parser.add_argument("--retry-after", choices=("integer", "fractional", "date", "missing"), default="integer")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends")
    return parser


def _quota(text: str) -> str | int:
    return text if text in QUOTAS else int(text)


def _sizes(given: list[str], users: int) -> Sizes | None:
    """How much of everything else, from NAME=N arguments. Raises TypeError for a name that is none."""
    pairs = (each.partition("=") for each in given if each != "usual")
    return Sizes.of(users, **{name.replace("-", "_"): int(number) for name, _, number in pairs}) if given else None


def _faults(given: list[str], **more: Any) -> Faults:
    """Faults from NAME[=RATE] arguments. Raises ValueError for a name that is none."""
    values: dict[str, Any] = {}
    forbidden: dict[str, str] = {}
    for each in given:
        name, _, text = each.partition("=")
        if name == "forbidden":
            forbidden[text] = "Authorization_RequestDenied"
        elif name in SWITCHES:
            values[name] = True
        elif name in RATES or name == "survivable":
            rate = (float(text) if "." in text else int(text)) if text else 1
            values |= dict.fromkeys(SURVIVABLE if name == "survivable" else (name,), rate)
        else:
            raise ValueError(
                f"there is no fault {name}; there are {', '.join((*RATES, *SWITCHES, 'survivable', 'forbidden'))}"
            )
    return Faults(**values, forbidden=forbidden, **more)


def main() -> None:
    """Serve until interrupted."""
    parser = _parser()
    args = parser.parse_args()
    try:
        faults = _faults(args.fault, retry_after=args.retry_after, seed=args.seed)
        sizes = _sizes(args.size, args.users)
        tenant = (
            demo_tenant()
            if args.demo
            else synthetic_tenant(args.users, args.groups, args.memberships, args.seed, sizes=sizes)
        )
    except (TypeError, ValueError) as error:
        parser.error(str(error))
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with Simulator(
        tenant,
        latency=args.latency / 1000,
        page_size=args.page_size,
        token=args.token,
        quota=args.quota,
        faults=faults,
        tls=args.tls,
        roles=tuple(args.role) if args.role else None,
        expires_in=args.expires_in,
        lanes=args.lanes,
        port=args.port,
        seed=args.seed,
    ) as simulator:
        ready = {
            "url": simulator.url,
            "authority": simulator.authority,
            "ca_file": simulator.ca_file,
            "token": args.token,
            "tenant": tenant.id,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        }
        print(orjson.dumps(ready).decode(), flush=True)
        if args.until_eof:
            sys.stdin.read()
        else:
            stop.wait()


if __name__ == "__main__":
    main()
