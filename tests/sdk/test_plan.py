"""The order of the steps, and what falls away from it."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration import DependencyCycle, PlanError, Step, UnknownType, any_of, declared_steps, load, plan
from integration.sdk.plan import order, types_named
from tests.support import entity, relationship

pytestmark = pytest.mark.every_area

Needs = dict[str, tuple[str, ...]]
NAMES = [f"type_{letter}" for letter in "hcfabgde"]


@st.composite
def graphs(draw: st.DrawFn, *, acyclic: bool = True) -> Needs:
    """Types in some order, each of which needs some of those before it, or of all where cycles are welcome."""
    names = draw(st.permutations(NAMES))[: draw(st.integers(1, len(NAMES)))]
    needs = {}
    for number, name in enumerate(names):
        others = names[:number] if acyclic else names
        needs[name] = tuple(draw(st.lists(st.sampled_from(others), unique=True, max_size=3))) if others else ()
    return needs


def steps(needs: Needs) -> list[Step]:
    return [entity(name, needs=needed) for name, needed in needs.items()]


def closure(needs: Needs, names: set[str]) -> set[str]:
    """Return ``names`` and all that they need, found the slow way."""
    more = {need for name in names for need in needs[name]}
    return names if more <= names else closure(needs, names | more)


def names(found: tuple[Step, ...]) -> list[str]:
    return [step.name for step in found]


@given(graphs(), st.randoms(use_true_random=False))
def test_each_step_comes_after_all_that_it_needs_and_always_in_the_same_order(needs: Needs, random: Random) -> None:
    planned = names(order(steps(needs)).steps)
    assert sorted(planned) == sorted(needs)
    for number, name in enumerate(planned):
        assert set(needs[name]) <= set(planned[:number])
    shuffled = {
        name: tuple(random.sample(needs[name], len(needs[name]))) for name in random.sample(list(needs), len(needs))
    }
    assert names(order(steps(shuffled)).steps) == planned


def test_names_decide_where_needs_do_not() -> None:
    needs: Needs = {"type_d": (), "type_b": ("type_c",), "type_c": (), "type_a": ("type_d",)}
    assert names(order(steps(needs)).steps) == ["type_c", "type_d", "type_a", "type_b"]


@given(graphs(), st.data())
def test_only_takes_what_it_needs_and_nothing_more(needs: Needs, data: st.DataObject) -> None:
    only = data.draw(st.lists(st.sampled_from(list(needs)), min_size=1, unique=True))
    planned = order(steps(needs), only=only)
    chosen = closure(needs, set(only))
    assert set(names(planned.steps)) == chosen
    assert planned.skipped == {}
    assert sorted(planned.not_chosen) == sorted(set(needs) - chosen)


@given(graphs(), st.data())
def test_skip_takes_away_what_needs_it_and_nothing_more(needs: Needs, data: st.DataObject) -> None:
    skip = data.draw(st.lists(st.sampled_from(list(needs)), min_size=1, unique=True))
    planned = order(steps(needs), skip=skip)
    lost = {name for name in needs if closure(needs, {name}) & set(skip)}
    assert set(planned.skipped) == lost
    assert set(names(planned.steps)) == set(needs) - lost
    for name, reason in planned.skipped.items():
        expected = ["as asked"] if name in skip else [need for need in needs[name] if need in lost]
        assert all(word in reason for word in expected)
        assert (reason == "as asked") == (name in skip)


def test_the_reason_names_what_is_skipped() -> None:
    needs: Needs = {"type_a": (), "type_b": (), "type_c": ("type_a", "type_b"), "type_d": ("type_c",)}
    assert order(steps(needs), skip=["type_b"]).skipped == {
        "type_b": "as asked",
        "type_c": "needs type_b, which is skipped",
        "type_d": "needs type_c, which is skipped",
    }
    both = order(steps(needs), skip=["type_a", "type_b"]).skipped
    assert both["type_c"] == "needs type_a, type_b, which are skipped"


def test_what_runs_on_demand_is_left_out_with_what_needs_it_unless_it_is_named() -> None:
    declared = [
        entity("type_a", on_demand=True),
        entity("type_b", needs=("type_a",)),
        entity("type_c"),
        entity("type_d", needs=("type_c",)),
    ]
    usual = order(declared)
    assert names(usual.steps) == ["type_c", "type_d"]
    assert usual.skipped == {
        "type_a": "off by default; --only with the name of the type reads it",
        "type_b": "needs type_a, which is skipped",
    }
    assert order(declared, skip=["type_a"]).skipped["type_a"] == "as asked"
    assert names(order(declared, only=["type_a"]).steps) == ["type_a"]
    assert names(order(declared, only=["type_b"]).steps) == ["type_a", "type_b"]
    assert order(declared, only=["type_b"]).skipped == {}


def test_what_a_type_wants_comes_first_and_is_not_missed() -> None:
    declared = [replace(entity("type_a"), wants=("type_b",)), entity("type_b", needs=("type_c",)), entity("type_c")]
    assert names(order(declared).steps) == ["type_c", "type_b", "type_a"]
    assert names(order(declared, only=["type_a"]).steps) == ["type_c", "type_b", "type_a"]
    for lost in ("type_b", "type_c"):
        planned = order(declared, skip=[lost])
        assert "type_a" in names(planned.steps)
        assert planned.steps[-1].awaited == ()
    with pytest.raises(PlanError, match="type_x, which no step declares"):
        order([replace(entity("type_a"), wants=("type_x",))])
    with pytest.raises(DependencyCycle):
        order([replace(entity("type_a"), wants=("type_b",)), entity("type_b", needs=("type_a",))])


def test_only_and_skip_together_keep_what_is_left_of_only() -> None:
    needs: Needs = {"type_a": (), "type_b": ("type_a",), "type_c": (), "type_d": ("type_b", "type_c")}
    planned = order(steps(needs), only=["type_d"], skip=["type_b"])
    assert names(planned.steps) == ["type_a", "type_c"]
    assert set(planned.skipped) == {"type_b", "type_d"}
    assert planned.not_chosen == ()


@given(graphs(acyclic=False))
def test_a_cycle_is_refused_with_its_path(needs: Needs) -> None:
    if not any(name in closure(needs, set(needs[name])) for name in needs):
        assert len(order(steps(needs)).steps) == len(needs)
        return
    with pytest.raises(DependencyCycle) as caught:
        order(steps(needs))
    path = caught.value.path
    assert path[0] == path[-1]
    assert len(set(path)) == len(path) - 1
    assert all(need in needs[name] for name, need in pairwise(path))
    assert " → ".join(path) in str(caught.value)


def test_a_cycle_that_is_not_chosen_is_no_matter() -> None:
    needs: Needs = {"type_a": ("type_b",), "type_b": ("type_a",), "type_c": ()}
    assert names(order(steps(needs), only=["type_c"]).steps) == ["type_c"]


def test_an_unknown_type_is_told_the_nearest_name() -> None:
    manager = load()
    for choice in ({"only": ["azure_usr"]}, {"skip": ["azure_usr"]}):
        with pytest.raises(UnknownType, match=r"declares the type azure_usr \(did you mean azure_user\?\)$"):
            plan(manager, **choice)
    with pytest.raises(UnknownType, match=r"declares the type payroll: integration types lists those that there are$"):
        plan(manager, only=["payroll"])


def test_an_unknown_need_names_who_needs_it() -> None:
    with pytest.raises(PlanError, match=r"type_b needs typ_a, which no step declares \(did you mean type_a\?\)"):
        order(steps({"type_a": (), "type_b": ("typ_a",)}))


def test_an_area_that_nothing_is_in_names_who_leads_there() -> None:
    leads = replace(relationship("type_a", "HAS", "type_a", name="type_b"), ends=("type_a", any_of("suport")))
    with pytest.raises(PlanError, match=r"type_b leads .* no step has an entity of: suport \(did you mean support\?\)"):
        order([entity("type_a"), leads])


@pytest.mark.parametrize("name", ["azure_user", "azure_user_group", "azure_account_has_user"])
def test_a_type_that_the_host_blocks_is_skipped(name: str) -> None:
    manager = load()
    manager.set_blocked(name)
    blocked, asked = plan(manager), plan(load(), skip=[name])
    assert names(blocked.steps) == names(asked.steps)
    assert blocked.skipped == asked.skipped
    assert name in blocked.skipped
    assert plan(manager, only=[name]).skipped[name] == "as asked"


@pytest.mark.parametrize("only", [[], ["azure_user"]])
def test_a_blocked_type_stays_accounted_for(only: list[str]) -> None:
    manager = load()
    usual = plan(manager)
    every = {*names(usual.steps), *usual.skipped}
    manager.set_blocked("azure_account_has_user")
    planned = plan(manager, only=only)
    assert {*names(planned.steps), *planned.skipped, *planned.not_chosen} == every


@pytest.mark.parametrize(
    ("names", "meant"),
    [
        (["entra.group"], {"azure_user_group", "azure_user_group_has_user"}),
        (["azure"], {"azure_subscription", "azure_vm", "azure_vm_uses_nic"}),
        (["azure.nic", "azure_user"], {"azure_nic", "azure_user"}),
    ],
)
def test_modules_and_areas_stand_for_their_types(names: list[str], meant: set[str]) -> None:
    assert meant <= set(types_named(names, declared_steps(load())))
    assert meant <= {step.name for step in plan(load(), only=names).steps}
    assert meant.isdisjoint({step.name for step in plan(load(), skip=names).steps})


def test_a_misspelt_module_is_told_the_right_one() -> None:
    with pytest.raises(UnknownType, match=r"the type entra\.groop \(did you mean entra\.group\?\)"):
        plan(load(), only=["entra.groop"])


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("user", r"the type user: entra\.user, entra\.user_.* have that in the name$"),
        ("Bastion", r"the type Bastion: azure_bastion_host, .* have that in the name$"),
        ("multifactor", r"the type multifactor: integration types lists those that there are$"),
    ],
)
def test_a_word_is_told_the_modules_or_else_the_types_that_have_it(word: str, told: str) -> None:
    with pytest.raises(UnknownType, match=told):
        types_named([word], declared_steps(load()))


def test_a_plan_is_that_of_what_is_registered_now() -> None:
    manager = load()
    first = plan(manager, only=["azure_user", "azure_device"])
    assert plan(manager, only=["azure_user", "azure_device"]) == first
    manager.set_blocked("azure_device")
    assert plan(manager, only=["azure_user", "azure_device"]).skipped == {"azure_device": "as asked"}
    assert [step.name for step in plan(load(), only=["azure_user", "azure_device"]).steps] == [
        step.name for step in first.steps
    ]
    with pytest.raises(TypeError):
        first.skipped["azure_user"] = "no"  # type: ignore[index]
