"""``python -m tests.layout``: the packages of integration/ as levels; each imports only from those printed before it.

Imports that only type checkers follow count too, since they tie files just as much for who reads them.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "integration"


def imports(path: Path) -> Iterator[str]:
    """Yield the dotted names of what a file of integration/ imports of integration/, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.partition(".")[0] == "integration")


def package_of(path: Path) -> str:
    """Return the package that a file of integration/ belongs to; for a module at its top, the module's name."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def arrows() -> Mapping[str, Mapping[str, set[str]]]:
    """Return which package imports which other ones, and by which imports: ``importing file <- name``."""
    found: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for path in sorted(PACKAGE.rglob("*.py")):
        home = package_of(path)
        found[home]
        for name in imports(path):
            target = _file_of(name)
            if target is not None and (other := package_of(target)) != home:
                found[home][other].add(f"{path.relative_to(PACKAGE)} <- {name}")
    return found


def levels() -> list[list[str]]:
    """Return the packages from the ground up.

    Raises:
        CycleError: some import each other in a circle; it names them.
    """
    sorter = TopologicalSorter({package: set(others) for package, others in arrows().items()})
    sorter.prepare()
    found = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        found.append(ready)
        sorter.done(*ready)
    return found


def _file_of(name: str) -> Path | None:
    """Return the file that a dotted name is, or is a name of."""
    parts = name.split(".")[1:]
    while True:
        base = PACKAGE.joinpath(*parts)
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            if parts and path.is_file():
                return path
        if not parts:
            return PACKAGE / "__init__.py"
        parts = parts[:-1]


if __name__ == "__main__":
    try:
        for number, level in enumerate(levels()):
            print(f"{number:2}  {'  '.join(level)}")
    except CycleError as error:
        ring = error.args[1]
        print(" <- ".join(ring))
        for importer, imported in zip(ring[1:], ring, strict=False):
            print(f"{importer} imports {imported}:", *sorted(arrows()[importer][imported]), sep="\n    ")
        raise SystemExit(1) from None
