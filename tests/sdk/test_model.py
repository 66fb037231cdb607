"""Keys and types of relationships are those of JupiterOne."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration import Entity, Relationship
from integration.sdk.model import raw_data, relationship_key, relationship_type

TYPE_NAMES = st.lists(st.from_regex(r"[a-c]{1,2}[0-9]?", fullmatch=True), min_size=1, max_size=5).map("_".join)
"""Few different segments, so that two names often share some."""


@pytest.mark.parametrize(
    ("from_type", "verb", "to_type", "expected"),
    [
        ("a_entity", "HAS", "b_entity", "a_entity_has_b_entity"),
        ("mapping_source", "HAS", "b_entity", "mapping_source_has_b_entity"),
        ("azure_account", "HAS", "azure_user", "azure_account_has_user"),
        ("azure_account", "HAS", "azure_user_group", "azure_account_has_user_group"),
        ("azure_user", "ASSIGNED", "azure_user_group", "azure_user_assigned_group"),
        ("azure_user_group", "HAS", "azure_user", "azure_user_group_has_user"),
        ("azure_user_group", "HAS", "azure_user_group", "azure_user_group_has_group"),
        ("azure_user_group", "HAS", "azure_group_member", "azure_user_group_has_group_member"),
        (
            "azure_service_principal",
            "ASSIGNED",
            "azure_service_principal",
            "azure_service_principal_assigned_principal",
        ),
        ("user", "HAS", "user", "user_has_user"),
        ("user", "HAS", "user_group", "user_has_group"),
        ("azure_user", "HAS", "azure", "azure_user_has_azure"),
    ],
)
def test_the_type_is_the_one_that_jupiterone_derives(from_type: str, verb: str, to_type: str, expected: str) -> None:
    assert relationship_type(from_type, verb, to_type) == expected


@given(TYPE_NAMES, st.sampled_from(["HAS", "ASSIGNED"]), TYPE_NAMES)
def test_a_type_leaves_out_what_both_names_begin_with_and_no_more(from_type: str, verb: str, to_type: str) -> None:
    derived = relationship_type(from_type, verb, to_type)
    begin = f"{from_type}_{verb.lower()}_"
    assert derived.startswith(begin)
    rest = derived.removeprefix(begin)
    left_out = f"_{to_type}".removesuffix(f"_{rest}").removeprefix("_")
    assert rest
    assert not derived.endswith("_")
    assert f"{left_out}_{rest}".lstrip("_") == to_type
    assert f"{from_type}_".startswith(f"{left_out}_" if left_out else "")
    more = f"{left_out}_{rest.partition('_')[0]}_".lstrip("_")
    assert "_" not in rest or not f"{from_type}_".startswith(more)


@pytest.mark.parametrize(
    ("from_key", "verb", "to_key", "expected"),
    [("a", "HAS", "b", "a|has|b"), ("u", "ASSIGNED", "g", "u|assigned|g"), ("A", "HAS", "B", "A|has|B")],
)
def test_a_key_joins_both_ends_and_the_class(from_key: str, verb: str, to_key: str, expected: str) -> None:
    assert relationship_key(from_key, verb, to_key) == expected


def test_raw_data_has_one_entry_named_default() -> None:
    assert raw_data({"id": "1"}) == [{"name": "default", "rawData": {"id": "1"}}]


def test_properties_may_have_the_names_of_the_keys() -> None:
    assert Entity("k", key="a", self="b").properties == {"key": "a", "self": "b"}
    assert Relationship("f", "t", from_key="a").properties == {"from_key": "a"}


def test_what_is_logged_holds_no_value_of_a_property() -> None:
    assert repr(Entity("k", mail="ada@contoso.example")) == "Entity('k', mail)"
    assert repr(Relationship("f", "t", role="owner")) == "Relationship('f', 't')"
