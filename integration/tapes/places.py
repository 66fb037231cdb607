"""Where the cassette of a step is: named after its module, in the folder of its area."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from integration.sdk.step import Step


def cassette_name(step: Step) -> Path:
    """Return the path of a step's cassette below the folder of cassettes, such as ``entra/group.yaml``."""
    return _name_of(step.run.__module__)


@cache
def _name_of(module: str) -> Path:
    package, *area = module.split(".")
    return Path(*area[:-1], f"{area[-1] if area else package}.yaml")


@cache
def demo_folder() -> Path:
    """Return the folder of the demo's cassettes: the wheel carries a copy of those that the tests play."""
    package = Path(__file__).parents[1]
    carried = package / "cassettes"
    return carried if carried.is_dir() else package.parent / "tests" / "cassettes"


def cassettes_in(folder: Path, steps: Sequence[Step] = ()) -> list[Path]:
    """Return the cassettes in a folder and below it, in the order in which they are to be played.

    What several hold is to be played from that of the module whose own it is; others hold it beside what they ask for
    themselves. So a module comes before those that need it, and else the smaller file before the larger one.

    Args:
        folder: of the cassettes.
        steps: the types that are known.
    """
    needed = _needed(steps)
    return sorted(
        folder.rglob("*.yaml"),
        key=lambda path: (len(needed.get(path.relative_to(folder), ())), path.stat().st_size, path),
    )


def _needed(steps: Sequence[Step]) -> Mapping[Path, set[Path]]:
    """Return, by the name of each module's cassette, those of the other modules that its types need, near or far."""
    known = {step.name: step for step in steps}
    needed: dict[Path, set[Path]] = {}
    for step in steps:
        found, ahead = set[str](), [step.name]
        while ahead:
            name = ahead.pop()
            if name in known and name not in found:
                found.add(name)
                ahead += known[name].needs
        needed.setdefault(cassette_name(step), set()).update(cassette_name(known[name]) for name in found)
    return needed


def is_recorded(step: Step) -> bool:
    """Tell whether the demo's cassettes hold what a step asks for: its module's is there, or its area has some."""
    path = demo_folder() / cassette_name(step)
    return path.is_file() or (path.parent != demo_folder() and path.parent.is_dir())
