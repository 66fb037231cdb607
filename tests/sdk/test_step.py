"""A declaration says what it can derive by itself, and refuses what breaks the one name."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest

from integration import (
    Context,
    DeclarationError,
    Entity,
    Relationship,
    Step,
    entity_step,
    relationship_family,
    relationship_step,
)

THIS_FILE = Path(__file__)


@entity_step(
    "Person", permissions=["Badge.Read.All"], optional=["Photo.Read.All"], needs=["contoso_site", "contoso_site"]
)
def contoso_visitor(ctx: Context) -> Iterator[Entity]:
    """Somebody with a badge.

    More that only authors read.
    """
    yield Entity("visitor-0001")


@relationship_step("contoso_site", "HAS", "contoso_visitor", permissions=["Visit.Read.All"], needs=["contoso_gate"])
def contoso_site_has_visitor(ctx: Context) -> Iterator[Relationship]:
    """A visitor is on a site."""
    yield Relationship("site-0001", "visitor-0001")


@relationship_step("contoso_visitor", "KNOWS", "contoso_visitor", type="contoso_acquaintance")
def contoso_acquaintance(ctx: Context) -> Iterator[Relationship]:
    """Two visitors have met."""
    yield Relationship("visitor-0001", "visitor-0002")


def no_docstring(ctx: Context) -> Iterator[Entity]:
    yield Entity("visitor-0001")


def blank_docstring(ctx: Context) -> Iterator[Entity]:
    """ """
    yield Entity("visitor-0001")


def test_an_entity_step_is_named_by_its_function() -> None:
    step = contoso_visitor
    assert (step.name, step.class_name, step.ends, step.is_relationship) == ("contoso_visitor", "Person", None, False)
    assert (step.permissions, step.optional, step.needs) == (
        ("Badge.Read.All",),
        ("Photo.Read.All",),
        ("contoso_site",),
    )
    assert step.description == "Somebody with a badge."
    assert step.source == THIS_FILE


def test_a_relationship_step_needs_both_of_its_ends() -> None:
    step = contoso_site_has_visitor
    assert (step.name, step.class_name, step.is_relationship) == ("contoso_site_has_visitor", "HAS", True)
    assert step.ends == ("contoso_site", "contoso_visitor")
    assert step.needs == ("contoso_site", "contoso_visitor", "contoso_gate")
    assert step.permissions == ("Visit.Read.All",)


def test_a_relationship_may_spell_its_type_out_and_needs_one_end_once() -> None:
    assert contoso_acquaintance.name == "contoso_acquaintance"
    assert contoso_acquaintance.needs == ("contoso_visitor",)


def test_a_step_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        contoso_visitor.name = "contoso_guest"  # type: ignore[misc]


def declare_misnamed() -> None:
    @relationship_step("contoso_site", "HAS", "contoso_visitor")
    def contoso_site_visitors(ctx: Context) -> Iterator[Relationship]:
        """A visitor is on a site."""
        yield Relationship("site-0001", "visitor-0001")


def declare_misnamed_override() -> None:
    @relationship_step("contoso_site", "HAS", "contoso_visitor", type="contoso_visit")
    def contoso_site_has_visitor(ctx: Context) -> Iterator[Relationship]:
        """A visitor is on a site."""
        yield Relationship("site-0001", "visitor-0001")


def declare_mistyped_from() -> None:
    @relationship_step("contoso_stie", "HAS", "contoso_visitor")
    def contoso_site_has_visitor(ctx: Context) -> Iterator[Relationship]:
        """A visitor is on a site."""
        yield Relationship("site-0001", "visitor-0001")


def declare_mistyped_to() -> None:
    @relationship_step("contoso_site", "HAS", "contoso_vistor")
    def contoso_site_has_visitor(ctx: Context) -> Iterator[Relationship]:
        """A visitor is on a site."""
        yield Relationship("site-0001", "visitor-0001")


def declare_mistyped_vendor() -> None:
    @relationship_step("contoso_site", "HAS", "acme_vistor")
    def contoso_site_has_acme_visitor(ctx: Context) -> Iterator[Relationship]:
        """A visitor is on a site."""
        yield Relationship("site-0001", "visitor-0001")


@pytest.mark.parametrize(
    ("declare", "derived", "found", "other"),
    [
        (declare_misnamed, "contoso_site_has_visitor", "contoso_site_visitors", "correct what it is declared with"),
        (declare_misnamed_override, "contoso_visit", "contoso_site_has_visitor", "correct what it is declared with"),
        (declare_mistyped_from, "contoso_stie_has_visitor", "contoso_site_has_visitor",
         "name the ends contoso_site and contoso_visitor"),
        (declare_mistyped_to, "contoso_site_has_vistor", "contoso_site_has_visitor",
         "name the ends contoso_site and contoso_visitor"),
        (declare_mistyped_vendor, "contoso_site_has_acme_vistor", "contoso_site_has_acme_visitor",
         "name the ends contoso_site and acme_visitor"),
    ],
)  # fmt: skip
def test_a_function_of_another_name_is_told_the_right_one_and_what_else_may_be_meant(
    declare: Callable[[], None], derived: str, found: str, other: str
) -> None:
    with pytest.raises(DeclarationError) as caught:
        declare()
    message = str(caught.value)
    assert message.startswith(f"{THIS_FILE}: {found}: ")
    assert f"is called '{derived}': rename the function and its files, or {other}" in message


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ab",
        "User",
        "azureUser",
        "azure-user",
        "_azure",
        "azure_",
        "azure__user",
        "1st_user",
        "azure_user\n",
        "über_user",
    ],
)
def test_a_type_name_is_snake_case(name: str) -> None:
    with pytest.raises(DeclarationError, match="is not a type name: write it in snake_case"):
        Step(name=name, class_name="User", run=contoso_visitor.run)


@pytest.mark.parametrize("name", ["abc", "azure_user", "azure_user_2", "ms365_user", "a_b"])
def test_a_good_type_name_is_taken(name: str) -> None:
    assert Step(name=name, class_name="User", run=contoso_visitor.run).name == name


@pytest.mark.parametrize("class_name", ["", "user", "User Group", "user_group", "User1", "User\n"])
def test_an_entity_has_a_class_in_title_case(class_name: str) -> None:
    with pytest.raises(DeclarationError, match="is not a JupiterOne class"):
        Step(name="contoso_visitor", class_name=class_name, run=contoso_visitor.run)


@pytest.mark.parametrize("verb", ["", "has", "Has", "HAS_NO", "HAS "])
def test_a_relationship_has_a_class_in_capitals(verb: str) -> None:
    with pytest.raises(DeclarationError, match="is not a JupiterOne class"):
        relationship_step("contoso_site", verb, "contoso_visitor", type="contoso_visit")(contoso_acquaintance.run)  # type: ignore[arg-type]


@pytest.mark.parametrize("function", [no_docstring, blank_docstring])
def test_a_function_without_docstring_is_refused_by_file(function: Callable[[Context], Iterator[Entity]]) -> None:
    with pytest.raises(DeclarationError, match="needs a docstring") as caught:
        entity_step("Person")(function)
    assert str(caught.value).startswith(f"{THIS_FILE}: {function.__name__}: ")


def takes_nothing() -> Iterator[Entity]:
    """A visitor."""
    yield Entity("visitor-0001")


def takes_more(ctx: Context, more: object) -> Iterator[Entity]:
    """A visitor."""
    yield Entity("visitor-0001")


@pytest.mark.parametrize("function", [takes_nothing, takes_more])
def test_a_function_that_no_run_can_call_is_refused_by_file(function: Any) -> None:
    with pytest.raises(DeclarationError, match="is called with a Context alone") as caught:
        entity_step("Person")(function)
    assert str(caught.value).startswith(f"{THIS_FILE}: {function.__name__}: ")


async def waits(ctx: Context) -> list[Entity]:
    """A visitor."""
    return [Entity("visitor-0001")]


async def waits_between(ctx: Context) -> AsyncIterator[Entity]:
    """A visitor."""
    yield Entity("visitor-0001")


@pytest.mark.parametrize("function", [waits, waits_between])
def test_a_function_that_no_run_waits_for_is_refused_by_file(function: Any) -> None:
    with pytest.raises(DeclarationError, match=r"is async, which no run waits for: write def waits") as caught:
        entity_step("Person")(function)
    assert str(caught.value).startswith(f"{THIS_FILE}: {function.__name__}: ")


def acme_thing(*_: Any) -> Iterator[Any]:
    """A thing."""
    yield Entity("thing-0001")


ENTITY: Any = entity_step  # what these are handed here, a type checker refuses
RELATIONSHIP: Any = relationship_step
FAMILY: Any = relationship_family
MISDECLARED: dict[str, tuple[Callable[[], Any], str]] = {
    "no class": (lambda: ENTITY(acme_thing), "entity_step is handed no class: write @entity_step('Device')"),
    "a number as class": (lambda: ENTITY(1)(acme_thing), "1 is not a JupiterOne class"),
    "None as class": (lambda: ENTITY(None)(acme_thing), "None is not a JupiterOne class"),
    "a number among classes": (lambda: ENTITY(["Device", 1])(acme_thing), "1 is not a JupiterOne class"),
    "a number among permissions": (
        lambda: ENTITY("Device", permissions=[1])(acme_thing),
        "permissions holds something of the type int: write names",
    ),
    "None among resources": (
        lambda: ENTITY("Device", resources=[None])(acme_thing),
        "resources holds something of the type NoneType: write names",
    ),
    "a text for yes": (lambda: ENTITY("Device", per_row="no")(acme_thing), "per_row is 'no': write True or False"),
    "no beginning": (
        lambda: RELATIONSHIP(None, "HAS", "acme_thing")(acme_thing),
        "from_type is None: write a name, such as 'acme_site'",
    ),
    "no verb": (
        lambda: RELATIONSHIP("acme_site", None, "acme_thing")(acme_thing),
        "verb is None: write a name, such as 'HAS'",
    ),
    "a list as end": (
        lambda: RELATIONSHIP("acme_site", "HAS", ["acme_thing"])(acme_thing),
        "to_type is ['acme_thing']: write a name, such as 'acme_device'",
    ),
    "a number as type": (
        lambda: RELATIONSHIP("acme_site", "HAS", "acme_thing", type=5)(acme_thing),
        "type is 5: write a name",
    ),
    "None as ends": (
        lambda: FAMILY(None, "HAS", ["acme_thing"])(acme_thing),
        "from_types is of the type NoneType: write a list",
    ),
    "None among ends": (
        lambda: FAMILY(["acme_site"], "HAS", [None])(acme_thing),
        "to_types holds something of the type NoneType: write names",
    ),
    "no ends": (lambda: FAMILY("acme_site", "HAS", [])(acme_thing), "it has no ends: name a type"),
    "no verb of a family": (
        lambda: FAMILY("acme_site", None, "acme_thing")(acme_thing),
        "verb is None: write a name, such as 'HAS'",
    ),
    "names as a list": (
        lambda: FAMILY("acme_site", "HAS", "acme_thing", types=["acme_thing"])(acme_thing),
        "types is of the type list: write {(from_type, to_type): name}",
    ),
}


@pytest.mark.parametrize(("declare", "told"), MISDECLARED.values(), ids=MISDECLARED)
def test_what_no_declaration_takes_is_told_with_file_and_function(declare: Callable[[], Any], told: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        declare()
    assert str(caught.value).startswith(f"{THIS_FILE}: acme_thing: {told}")


@pytest.mark.parametrize(
    "decorate",
    [entity_step("Device"), relationship_step("acme_site", "HAS", "acme_thing")],
    ids=["entity", "relationship"],
)
@pytest.mark.parametrize("decorated", [contoso_visitor, None, print])
def test_what_is_no_function_makes_no_step(decorate: Callable[[Any], Any], decorated: Any) -> None:
    with pytest.raises(DeclarationError, match="write a function below its decorator"):
        decorate(decorated)


def test_each_step_of_a_family_has_what_is_given_once() -> None:
    permissions = iter(["User.Read.All"])
    made = relationship_family("acme_role", "ASSIGNED", ["acme_user", "acme_group"], permissions=permissions)
    assert [step.permissions for step in made(acme_thing)] == [("User.Read.All",)] * 2


def test_where_python_drops_docstrings_the_fault_is_told_as_its() -> None:
    done = subprocess.run([sys.executable, "-OO", "-m", "integration", "types"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "start Python without -OO" in done.stderr


def test_a_family_makes_a_step_for_each_pair_of_ends() -> None:
    @relationship_family("acme_role", "ASSIGNED", ["acme_user", "acme_group"], permissions=["User.Read.All"])
    def acme_role_assigned(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
        """A principal has a role."""
        yield Relationship(from_type, to_type)

    assert [step.name for step in acme_role_assigned] == ["acme_role_assigned_user", "acme_role_assigned_group"]
    assert {step.description for step in acme_role_assigned} == {"A principal has a role."}
    for step, to_type in zip(acme_role_assigned, ("acme_user", "acme_group"), strict=True):
        assert (step.ends, step.needs, step.permissions) == (
            ("acme_role", to_type),
            ("acme_role", to_type),
            ("User.Read.All",),
        )
        assert (step.source, step.module) == (Path(__file__), "sdk.test_step")
        (made,) = step.run(None)  # type: ignore[arg-type]
        assert isinstance(made, Relationship)
        assert (made.from_key, made.to_key) == ("acme_role", to_type)
