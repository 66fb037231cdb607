"""Whatever is installed is found, and whatever is declared wrongly is refused with its file and the remedy."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import steps as built_in
from integration import (
    Context,
    DeclarationError,
    Entity,
    PlanError,
    Relationship,
    Step,
    entity_step,
    hookimpl,
    load,
    plan,
    relationship_step,
)
from integration.sdk.plugins import declared_steps, steps_in
from tests.support import ROOT, distribution, entity, write

pytestmark = pytest.mark.every_area

NUMBERS = count(1)

MODULE = '''
from integration import Entity, entity_step


@entity_step("Key")
def contoso_badge(ctx):
    """A badge that opens doors."""
    yield Entity("badge-0001", name="One")
'''
SECOND = '''

@entity_step("Door")
def contoso_door(ctx):
    """A door."""
    yield Entity("door-0001", name="Front")
'''
SCHEMA = '{"properties": {"name": {"type": "string", "description": "What is printed on it."}}}'


class Package:
    """A plugin that contributes the steps of a package, as this project's own does."""

    def __init__(self, name: str) -> None:
        self.name = name

    @hookimpl
    def integration_steps(self) -> Iterable[Step]:
        return steps_in(self.name)


Make = Callable[..., Package]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Make a package of one step, ``contoso_badge``, from its module, its schema and further files."""

    def make(module: str = MODULE, schema: str | bytes | None = SCHEMA, **modules: str) -> Package:
        name = f"contoso_package_{next(NUMBERS)}"
        files: dict[str, str | bytes] = {f"{name}/__init__.py": "", f"{name}/contoso_badge.py": module}
        if schema is not None:
            files[f"{name}/contoso_badge.json"] = schema
        files |= {f"{name}/{stem}.py": text for stem, text in modules.items()}
        monkeypatch.syspath_prepend(write(tmp_path, files))
        return Package(name)

    return make


def names(found: Iterable[Step]) -> list[str]:
    return [step.name for step in found]


@pytest.mark.every_type
def test_every_module_of_the_built_in_steps_is_found() -> None:
    files = {path for path in Path(built_in.__path__[0]).rglob("*.py") if not path.stem.startswith("_")}
    assert files
    assert files <= {step.source for step in declared_steps(load())}


def test_each_load_is_a_manager_of_its_own() -> None:
    first, second = load(), load()
    first.set_blocked("azure_user")
    first.register(entity("contoso_badge"), name="contoso_badge")
    assert "azure_user" in names(declared_steps(second))
    assert "contoso_badge" not in names(declared_steps(second))
    assert "azure_user" in names(declared_steps(load()))


@pytest.mark.every_type
def test_a_step_is_a_plugin_under_its_type_name() -> None:
    manager = load()
    for step in declared_steps(manager):
        assert manager.get_plugin(step.name) is step


@pytest.mark.every_type
def test_pluggy_looks_for_no_hooks_in_a_step() -> None:
    assert not any(dir(step) for step in declared_steps(load()))


def test_a_package_of_steps_is_loaded_beside_the_built_in_ones(make: Make) -> None:
    manager = load(make(_helpers="raise RuntimeError('no step lives here')"))
    assert "contoso_badge" in names(declared_steps(manager))
    assert names(plan(manager, only=["contoso_badge"]).steps) == ["contoso_badge"]


def test_a_module_may_import_the_step_of_another(make: Make) -> None:
    package = make()
    write(Path.cwd(), {f"{package.name}/contoso_door.json": SCHEMA})
    importing = f"from {package.name}.contoso_badge import contoso_badge\n\n{MODULE}"
    door = importing.replace("def contoso_badge", "def contoso_door")
    write(Path.cwd(), {f"{package.name}/contoso_door.py": door})
    assert {"contoso_badge", "contoso_door"} <= set(names(declared_steps(load(package))))


def test_a_module_may_declare_several_types_of_a_resource(make: Make) -> None:
    package = make(MODULE + SECOND)
    write(Path.cwd(), {f"{package.name}/contoso_door.json": SCHEMA})
    assert {"contoso_badge", "contoso_door"} <= set(names(declared_steps(load(package))))


def test_types_may_be_sorted_into_folders_and_their_schemas_too(make: Make) -> None:
    package = make()
    door = MODULE.replace("def contoso_badge", "def contoso_door")
    files = {"house/__init__.py": "", "house/doors.py": door, "schemas/house/contoso_door.json": SCHEMA}
    write(Path.cwd(), {f"{package.name}/{name}": text for name, text in files.items()})
    assert {"contoso_badge", "contoso_door"} <= set(names(declared_steps(load(package))))


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("", "it declares no type: write a step, or begin the file's name with _"),
        (MODULE + "\ndef (", "it cannot be imported: SyntaxError: invalid syntax"),
        ("import contoso_locks\n" + MODULE, "ModuleNotFoundError: No module named 'contoso_locks'"),
        (MODULE + "\nKeyError.missing", "it cannot be imported: AttributeError"),
        (MODULE.replace('"Key"', '"key"'), "contoso_badge: 'key' is not a JupiterOne class: write User"),
        (MODULE.replace('"""A badge that opens doors."""', "pass"), "the step's function needs a docstring"),
    ],
    ids=["no step", "syntax", "import", "crash", "class", "docstring"],
)  # fmt: skip
def test_a_module_that_breaks_the_rules_is_named(make: Make, module: str, expected: str) -> None:
    package = make(module)
    with pytest.raises(DeclarationError) as caught:
        load(package)
    assert str(caught.value).startswith(f"{Path.cwd() / package.name / 'contoso_badge.py'}: ")
    assert expected in str(caught.value)


def test_a_syntax_error_names_its_line(make: Make) -> None:
    with pytest.raises(DeclarationError, match="line 2"):
        load(make("import this_is_fine_so_far\ndef ("))


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("{", "not JSON: unexpected end of data: line 1 column 2"),
        ("", "not JSON: "),
        (b"\xff\xfe{}", "not JSON: "),
        ("[]", "a schema is a JSON object"),
        ('{"properties": {"name": {"type": "strnig", "description": "A name."}}}',
         "not a JSON Schema (draft 2020-12): properties/name/type: 'strnig' is not one of ['array', 'boolean', "),
        ('{"properties": {"name": {"pattern": "[", "description": "A name."}}}', "not a JSON Schema (draft 2020-12)"),
        ('{"required": "name"}', "not a JSON Schema (draft 2020-12): required: 'name'"),
        ('{"properties": {"name": {"$ref": "#/$defs/name", "description": "A name."}}}', "/$defs/name"),
        ('{"$schema": "https://contoso.example/dialect"}', "https://contoso.example/dialect"),
        ('{"additionalProperties": true}', "it must be closed: set additionalProperties to false"),
        ('{"additionalProperties": {"type": "string"}}', "it must be closed: set additionalProperties to false"),
        ('{"patternProperties": {"x": {}}}', "x: a pattern is the beginning of names: write ^setting"),
        (r'{"patternProperties": {"^x\\.": {}}}', "these properties need a description: ^x"),
        ('{"allOf": [{"required": ["name"]}]}', "it must be flat: write the properties out instead of allOf"),
        ('{"$ref": "#/$defs/a", "$defs": {"a": {}}}', "it must be flat: write the properties out instead of $ref"),
        ('{"properties": {"name": {"type": "string"}, "id": {}, "mail": {"description": ""}}}',
         "these properties need a description: name, id, mail"),
        ('{"properties": {"_type": {"const": "contoso_door", "description": "The type."}}}',
         "its _type is 'contoso_door', but the step's is 'contoso_badge'"),
    ],
    ids=["brace", "empty", "encoding", "list", "type", "pattern", "required", "reference", "dialect", "open",
         "half open", "beginning", "beginning without words", "allOf", "$ref", "description", "_type"],
)  # fmt: skip
def test_a_schema_that_breaks_the_rules_is_named(make: Make, schema: str | bytes, expected: str) -> None:
    package = make(schema=schema)
    with pytest.raises(DeclarationError) as caught:
        load(package)
    assert str(caught.value).startswith(f"{Path.cwd() / package.name / 'contoso_badge.json'}: ")
    assert expected in str(caught.value)


def test_a_missing_schema_is_told_where_to_write_it(make: Make) -> None:
    package = make(schema=None)
    with pytest.raises(DeclarationError, match="contoso_badge: it has no schema: write ") as caught:
        load(package)
    folder = Path.cwd() / package.name
    assert str(caught.value).startswith(f"{folder / 'contoso_badge.py'}: ")
    assert str(folder / "contoso_badge.json") in str(caught.value)
    assert str(Path.cwd() / "schemas" / "contoso_badge.json") in str(caught.value)


@pytest.mark.parametrize(
    "place", ["{0}/contoso_badge.json", "{0}/schemas/contoso_badge.json", "schemas/contoso_badge.json"]
)
def test_a_schema_is_found_in_each_of_its_places(make: Make, place: str) -> None:
    package = make(schema=None)
    write(Path.cwd(), {place.format(package.name): SCHEMA})
    assert "contoso_badge" in names(declared_steps(load(package)))


def test_a_type_that_two_packages_contribute_names_both_files(make: Make) -> None:
    first, second = make(), make()
    with pytest.raises(DeclarationError, match="the type is declared twice, also by ") as caught:
        load(first, second)
    for package in (first, second):
        assert str(Path.cwd() / package.name / "contoso_badge.py") in str(caught.value)


def test_a_built_in_type_cannot_be_replaced_unnoticed(make: Make) -> None:
    package = make(schema=None)
    user = MODULE.replace("contoso_badge", "azure_user")
    write(Path.cwd(), {f"{package.name}/contoso_badge.py": MODULE, f"{package.name}/contoso_badge.json": SCHEMA})
    write(Path.cwd(), {f"{package.name}/azure_user.py": user, f"{package.name}/azure_user.json": SCHEMA})
    with pytest.raises(DeclarationError, match="azure_user: the type is declared twice") as caught:
        load(package)
    assert str(Path.cwd() / package.name / "azure_user.py") in str(caught.value)
    assert str(ROOT / "steps" / "entra" / "user.py") in str(caught.value)


def test_two_types_whose_relationships_would_have_the_same_keys_are_refused() -> None:
    def relates(name: str, verb: str, type: str | None = None) -> Step:
        def relate(ctx: Context) -> Iterator[Relationship]:
            """Say who is in which group."""
            yield Relationship("a", "b")

        relate.__name__ = name
        return relationship_step("azure_user_group", verb, "azure_user", type=type)(relate)

    load(relates("azure_user_group_owns_user", "OWNS"))
    with pytest.raises(DeclarationError, match="relationships of both would have the same key") as caught:
        load(relates("contoso_group_has_user", "HAS", type="contoso_group_has_user"))
    for part in "contoso_group_has_user", "azure_user_group HAS azure_user", str(ROOT / "steps" / "entra"):
        assert part in str(caught.value)


def test_an_installed_step_is_found_by_its_entry_point(make: Make) -> None:
    package = make()
    distribution(Path.cwd(), "contoso-badges", {"contoso_badge": f"{package.name}.contoso_badge:contoso_badge"})
    assert "contoso_badge" in names(declared_steps(load()))


def test_two_packages_of_one_entry_point_are_both_named(make: Make) -> None:
    package = make()
    target = {"contoso_badge": f"{package.name}.contoso_badge:contoso_badge"}
    distribution(Path.cwd(), "contoso-badges", target)
    distribution(Path.cwd(), "fabrikam-badges", target)
    with pytest.raises(DeclarationError, match="both declare contoso_badge: uninstall one of them") as caught:
        load()
    assert "contoso-badges" in str(caught.value)
    assert "fabrikam-badges" in str(caught.value)


def test_an_entry_point_is_called_as_its_step(make: Make) -> None:
    package = make()
    distribution(Path.cwd(), "contoso-badges", {"badge": f"{package.name}.contoso_badge:contoso_badge"})
    with pytest.raises(DeclarationError, match="its entry point is called badge: call it contoso_badge") as caught:
        load()
    assert str(Path.cwd() / package.name / "contoso_badge.py") in str(caught.value)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("contoso_nowhere:step", "ModuleNotFoundError: No module named 'contoso_nowhere'"),
        ("{0}.contoso_badge:contoso_bagde", "AttributeError: "),
        ("{0}.broken:step", "ZeroDivisionError: "),
    ],
)
def test_a_package_that_cannot_be_loaded_is_named(make: Make, target: str, expected: str) -> None:
    package = make(broken="1 / 0")
    target = target.format(package.name)
    distribution(Path.cwd(), "contoso-badges", {"contoso_badge": target})
    with pytest.raises(DeclarationError, match=r"^the package contoso-badges cannot be loaded: ") as caught:
        load()
    assert target in str(caught.value)
    assert expected in str(caught.value)


def test_an_entry_point_that_names_a_module_says_how_to_name_its_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "contoso_gate.py").write_text('"""Gates."""\n')
    distribution(tmp_path, "contoso-gates", {"contoso_gate": "contoso_gate"})
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(DeclarationError, match=r"contoso-gates: .*neither a step nor a plugin.*module:contoso_gate"):
        load()


def test_a_plugin_whose_hook_fails_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "from integration import hookimpl\n\n\n@hookimpl\ndef integration_steps():\n    return 1 / 0\n"
    (tmp_path / "contoso_broken.py").write_text(code)
    distribution(tmp_path, "contoso-broken", {"contoso_broken": "contoso_broken"})
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(DeclarationError, match=r"contoso_broken: .*ZeroDivisionError.*contoso_broken\.py, line 6\)"):
        load()


class Misspelt:
    """Listens to a hook that nobody calls."""

    @hookimpl
    def integration_step_finish(self) -> None:
        raise AssertionError("nobody calls it")


def test_a_misspelt_hook_of_a_host_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(DeclarationError) as caught:
        load(Misspelt())
    assert str(caught.value) == (
        "the plugin Misspelt implements the hook integration_step_finish, which is none: nobody would call it "
        "(did you mean integration_step_finished?)"
    )


def test_a_misspelt_hook_of_an_installed_plugin_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "from integration import hookimpl\n\n\n@hookimpl\ndef integration_run_finish(report):\n    pass\n"
    (tmp_path / "contoso_listener.py").write_text(code)
    distribution(tmp_path, "contoso-listener", {"contoso_listener": "contoso_listener"})
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(DeclarationError, match=r"plugin contoso_listener .*did you mean integration_run_finished\?"):
        load()


def test_a_hook_that_may_be_unknown_is_accepted() -> None:
    class Newer:
        @hookimpl(optionalhook=True)
        def integration_of_a_later_version(self) -> None:
            raise AssertionError("nobody calls it")

    newer = Newer()
    assert load(newer).is_registered(newer)


@pytest.mark.parametrize(
    ("class_name", "permission", "said"),
    [
        ("Usr", "User.Read.All", "Usr is no entity class of JupiterOne: write User"),
        (
            "User",
            "Users.Read.All",
            "Users.Read.All is no application permission of Microsoft Graph: write User.",
        ),
    ],
)
def test_a_misspelt_class_or_permission_is_refused_with_the_right_one(
    class_name: str, permission: str, said: str
) -> None:
    def acme_person(ctx: Context) -> Iterator[Entity]:
        """A person."""
        yield from ()

    with pytest.raises(DeclarationError, match=re.escape(said)):
        load(entity_step(class_name, permissions=[permission])(acme_person))


class Renamed:
    """Listens with an argument that the hook has not."""

    @hookimpl
    def integration_run_finished(self, outcome: object) -> None:
        raise AssertionError("nobody calls it")


def test_a_hook_with_an_argument_that_it_is_not_handed_is_refused() -> None:
    with pytest.raises(DeclarationError, match=r"^the plugin Renamed has a hook with other .*'outcome'") as caught:
        load(Renamed())
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("plugin", [object(), 3, None, json])
def test_a_plugin_without_a_hook_is_refused(plugin: object) -> None:
    with pytest.raises(DeclarationError, match=r"is neither a step nor has hooks: mark its functions with @hookimpl$"):
        load(plugin)


def acme_clerk(ctx: Context) -> Iterator[Entity]:
    """Somebody who works at Acme."""
    yield from ()


@pytest.mark.parametrize("what", ["permissions", "optional", "licences", "needs", "target_filter_keys", "resources"])
def test_a_text_in_the_place_of_a_list_is_refused(what: str) -> None:
    names: dict[str, Any] = {what: "User"}
    with pytest.raises(DeclarationError, match=rf": acme_clerk: {what} is a text: write a list, such as \['User'\]$"):
        entity_step("User", **names)(acme_clerk)


def test_no_class_is_refused() -> None:
    with pytest.raises(DeclarationError, match="'' is not a JupiterOne class"):
        entity_step([])(acme_clerk)


def test_names_of_types_may_be_anything_to_go_through() -> None:
    manager = load()
    chosen = plan(manager, only=iter(["azure_user", "entra.group"]), skip=(name for name in ["azure_device"]))  # type: ignore[arg-type]
    assert chosen == plan(manager, only=["azure_user", "entra.group"], skip=["azure_device"])


@pytest.mark.parametrize("what", ["only", "skip"])
def test_a_text_in_the_place_of_types_is_refused(what: str) -> None:
    names: dict[str, Any] = {what: "azure_user"}
    with pytest.raises(PlanError, match=rf"^{what} is a text: write a list, such as \['azure_user'\]$"):
        plan(load(), **names)
