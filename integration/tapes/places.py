"""Where the cassette of a step is: named after its module, in the folder of its area."""

from pathlib import Path

from integration.sdk.step import Step


def cassette_name(step: Step) -> Path:
    """Return the path of a step's cassette below the folder of cassettes, such as ``entra/group.yaml``."""
    package, *area = step.run.__module__.split(".")
    return Path(*area[:-1], f"{area[-1] if area else package}.yaml")


def demo_folder() -> Path:
    """Return the folder of the demo's cassettes: the wheel carries a copy of those that the tests play."""
    package = Path(__file__).parents[1]
    carried = package / "cassettes"
    return carried if carried.is_dir() else package.parent / "tests" / "cassettes"


def is_recorded(step: Step) -> bool:
    """Tell whether the demo's cassettes hold what a step asks for: its module's is there, or its area has some."""
    path = demo_folder() / cassette_name(step)
    return path.is_file() or (path.parent != demo_folder() and path.parent.is_dir())
