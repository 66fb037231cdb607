"""The loaders as a command; each is a module of this package, and its name is what ``--to`` takes."""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from benchmarks.errors import BenchmarkError

_NAMES = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.loaders",
        description="Push a graph to a destination, and load the same into it by hand. Only the ratio means anything.",
    )
    parser.add_argument("--to", required=True, choices=_NAMES, help="the destination")
    parser.add_argument("--entities", type=int, default=100_000, metavar="N", help="(default: %(default)s)")
    parser.add_argument("--relationships", type=int, default=500_000, metavar="N", help="(default: %(default)s)")
    options = parser.parse_args()
    try:
        import_module(f"benchmarks.loaders.{options.to}").measure(options.entities, options.relationships)
    except BenchmarkError as error:
        print(f"failed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
