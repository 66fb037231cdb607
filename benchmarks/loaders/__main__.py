"""The loaders as a command: ``python -m benchmarks.loaders --to NAME …`` runs the module of that name."""

import argparse
import sys
from importlib import import_module
from pathlib import Path


def main() -> int:
    """Measure, print, and return the exit code."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.loaders",
        description="Push a graph to a destination, and load the same into it by hand. Only the ratio means anything.",
        epilog="The module benchmarks.loaders.NAME takes the other arguments, and --help.",
        add_help="--to" not in " ".join(sys.argv),
    )
    parser.add_argument(
        "--to", required=True, choices=names, metavar="NAME", help=f"the destination: {', '.join(names)}"
    )
    options, others = parser.parse_known_args()
    return int(import_module(f"benchmarks.loaders.{options.to}").main(others))


if __name__ == "__main__":
    sys.exit(main())
