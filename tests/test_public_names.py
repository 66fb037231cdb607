"""The names that hosts and authors import, and the tree of errors that they catch."""

import importlib
import inspect
import pkgutil
import re
from types import ModuleType

import pytest

import integration
from integration import Azure, Context, Graph, IntegrationError, errors
from tests.support import ROOT, python

NAMES = {
    "Azure", "Context", "Entity", "Graph", "Live", "Record", "Relationship", "Replay", "Report", "Sink", "Step",
    "any_of", "declared_steps", "entity_step", "handle", "hookimpl", "load", "plan", "relationship_family",
    "relationship_step", "run",
}  # fmt: skip
"""Every public name that is not an error."""

MODULES = [
    module.name
    for module in pkgutil.walk_packages(integration.__path__, "integration.")
    if not module.name.endswith(".__main__")  # importing it runs the command
]


def drawn() -> dict[str, str]:
    """Return the parent of each error, as the docstring of ``errors`` draws it."""
    parents, branch = {}, ["Exception"]
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r" {4}([│├└─ ]*)([A-Z]\w+)", line):
            del branch[len(match[1]) // 4 + 1 :]
            parents[match[2]] = branch[-1]
            branch.append(match[2])
    return parents


def public(module: ModuleType) -> dict[str, type | object]:
    """Return the classes and functions that the module itself makes public."""
    return {
        name: value
        for name, value in vars(module).items()
        if (inspect.isclass(value) or inspect.isfunction(value))
        and value.__module__ == module.__name__
        and not name.startswith("_")
    }


def test_the_public_names_are_the_documented_ones() -> None:
    assert set(integration.__all__) == NAMES | set(drawn())
    assert len(integration.__all__) == len(set(integration.__all__))
    assert integration.__all__ == sorted(integration.__all__)


@pytest.mark.parametrize("name", integration.__all__)
def test_a_public_name_can_be_imported(name: str) -> None:
    assert hasattr(integration, name)


def test_the_package_makes_nothing_else_public() -> None:
    assert dir(integration) == integration.__all__


def test_a_name_that_is_not_public_is_told_as_python_tells_it() -> None:
    with pytest.raises(AttributeError, match="module 'integration' has no attribute 'Mirror'"):
        integration.Mirror  # noqa: B018 - looking is what is tried


def test_the_version_is_told_without_a_client_for_the_network() -> None:
    code = (
        "import sys\nfrom integration.cli import main\ntry:\n    main(['--version'])\nfinally:\n    print(*sys.modules)"
    )
    loaded = python("-c", code, path=ROOT).splitlines()[-1].split()
    assert "click" in loaded
    assert {"msal", "pluggy", "requests", "urllib3", "vcr"}.isdisjoint(loaded)


def test_the_tree_of_errors_is_as_drawn() -> None:
    classes = {name: value for name, value in public(errors).items() if inspect.isclass(value)}
    assert {name: value.__bases__[0].__name__ for name, value in classes.items()} == drawn()
    assert all(issubclass(value, IntegrationError) for value in classes.values())


def test_a_step_is_handed_nothing_more_than_documented() -> None:
    def offered(kind: type) -> set[str]:
        return {name for name in vars(kind) if not name.startswith("_")}

    assert offered(Graph) == {"get", "list", "related"}
    assert offered(Azure) == {"children", "resources", "table"}
    assert offered(Context) == {"entities", "known", "left_out", "one"}
    assert set(inspect.get_annotations(Context)) == {"azure", "config", "graph", "log"}


def test_whatever_is_public_is_documented() -> None:
    modules = {name: importlib.import_module(name) for name in ["integration", *MODULES]}
    assert [name for name, module in modules.items() if not module.__doc__] == []
    found = {name: [each for each, of in public(module).items() if not of.__doc__] for name, module in modules.items()}
    assert {name: those for name, those in found.items() if those} == {}


def test_the_functions_of_a_host_have_types_for_everything() -> None:
    for function in (integration.load, integration.plan, integration.run, integration.handle):
        signature = inspect.signature(function)
        kinds = [signature.return_annotation, *(each.annotation for each in signature.parameters.values())]
        assert inspect.Signature.empty not in kinds, function.__name__
