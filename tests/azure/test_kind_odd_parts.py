"""A part of a resource that is not as it is read costs itself: the record stays, and the type is partial for it."""

import re
from typing import Any

import pytest

from integration.errors import RecordError
from integration.sdk.unread import leave_unread, told_to
from steps._forms import key_at, object_at, text_in, texts_at
from steps._words import says
from tests.azure.one_group import azure, entities, place
from tests.azure.reading import Azure, edges, keys
from tests.simulator.azure.place import Place, part

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

SUBNETS, NET, SECRET = "subnets", "Microsoft.Network/virtualNetworks", "hush-hush"
WHOLE = part("/subnet/one", {"addressPrefix": "198.18.0.0/24"})
ODD: list[tuple[Any, str]] = [
    ({"id": SECRET}, "is an object, not a list"),
    (SECRET, "is a text, not a list"),
    (5, "is a number, not a list"),
    (False, "is a truth value, not a list"),
    ([WHOLE, SECRET], "has a text in it, not an object"),
    ([[], WHOLE], "has a list in it, not an object"),
    ([None, WHOLE, 1.5], "has a number in it, not an object"),
]


@pytest.mark.parametrize(("listed", "problem"), ODD)
def test_what_is_no_list_of_objects_costs_itself(place: Place, azure: Azure, listed: Any, problem: str) -> None:
    id = place.put(NET, "vnet", {SUBNETS: listed})
    report = azure.run("azure_vnet", "azure_subnet", "azure_vnet_contains_subnet")
    result = report.of("azure_subnet")
    assert (result.verdict, result.count) == ("partial", int(isinstance(listed, list)))
    assert f"{id}: {SUBNETS} {problem}" in result.reason
    assert report.of("azure_vnet").count == 1
    assert not any(SECRET in each.reason for each in report.results)
    assert report.exit_code() == 0


@pytest.mark.parametrize("listed", [None, [], [None], [WHOLE, None], "absent"])
def test_what_may_be_there_is_whole(place: Place, azure: Azure, listed: Any) -> None:
    place.put(NET, "vnet", {} if listed == "absent" else {SUBNETS: listed})
    assert azure.run("azure_subnet").of("azure_subnet").verdict == "complete"


@pytest.mark.parametrize("rules", [{}, "203.0.113.1", [{"value": "203.0.113.1"}, 5]])
def test_the_record_that_lacks_a_part_stays(place: Place, azure: Azure, rules: Any) -> None:
    account = "Microsoft.Storage/storageAccounts"
    place.put(account, "odd", {"networkAcls": {"ipRules": rules, "defaultAction": "Deny"}})
    place.put(account, "whole", {"networkAcls": {"ipRules": []}})
    result = azure.run("azure_storage_account").of("azure_storage_account")
    assert (result.verdict, result.count) == ("partial", 2)
    assert "ipRules" in result.reason
    assert entities("azure_storage_account")["odd"]["networkRuleSet.defaultAction"] == "Deny"


@pytest.mark.parametrize("scopes", [{"id": "/subscriptions/s"}, "/subscriptions/s", [5]])
def test_a_list_of_ids_is_one_of_texts_or_objects(place: Place, azure: Azure, scopes: Any) -> None:
    place.put("Microsoft.Insights/activityLogAlerts", "alert", {"scopes": scopes})
    result = azure.run("azure_monitor_activity_log_alert").of("azure_monitor_activity_log_alert")
    assert (result.verdict, result.count) == ("partial", 1)
    assert ": scopes " in result.reason


def test_what_was_known_of_an_odd_part_stays_and_it_is_read_again(place: Place, azure: Azure) -> None:
    place.put(NET, "vnet", {SUBNETS: [WHOLE]})
    types = "azure_subnet", "azure_vnet_contains_subnet"
    azure.run(*types)
    known, pairs = keys("azure_subnet"), edges()
    for _ in range(2):
        place.put(NET, "vnet", {SUBNETS: {"one": WHOLE}})
        assert [azure.run(*types).of(type).verdict for type in types] == ["partial", "partial"]
        assert (keys("azure_subnet"), edges()) == (known, pairs)
    place.put(NET, "vnet", {SUBNETS: []})
    report = azure.run(*types, allow_mass_delete=True)
    assert [report.of(type).verdict for type in types] == ["complete", "complete"]
    assert (len(known), len(pairs), keys("azure_subnet"), edges()) == (1, 1, set(), set())


def test_an_odd_part_fails_a_strict_type(place: Place, azure: Azure) -> None:
    id = place.put(NET, "vnet", {SUBNETS: {}})
    result = azure.run("azure_subnet", strict=True).of("azure_subnet")
    assert result.verdict == "failed"
    assert result.reason.endswith(f"{id}: {SUBNETS} is an object, not a list")


def test_outside_of_a_run_nobody_can_be_told() -> None:
    with pytest.raises(RecordError, match="subnets is none: told while no step runs"):
        leave_unread("subnets is none")


@pytest.mark.parametrize(
    ("told", "key", "problem"),
    [
        ({"disk": "/Subscriptions/s/disks/d/"}, "/subscriptions/s/disks/d", None),
        ({"disk": {"id": "/disks/d"}}, "/disks/d", None),
        ({"disk": {"id": ""}}, None, None),
        ({"disk": ""}, None, None),
        ({"disk": None}, None, None),
        ({}, None, None),
        ({"disk": {}}, None, None),
        ({"disk": {"id": None, "sku": SECRET}}, None, None),
        ({"disk": {"sku": SECRET}}, None, None),
        ({"disk": 7}, None, "disk is a number, not an id or an object that has one"),
        ({"disk": {"id": [SECRET]}}, None, "disk is a list, not an id or an object that has one"),
    ],
)
def test_a_key_is_that_of_an_id(told: Any, key: str | None, problem: str | None) -> None:
    problems: list[str] = []
    with told_to(problems.append):
        assert key_at(told, "disk") == key
    assert problems == [problem] * (problem is not None)


@pytest.mark.parametrize(
    ("disks", "texts", "problem"),
    [
        ([{"key": {"id": "a"}}, None, {"key": None}, {"key": {"id": "b"}}], ["a", "b"], None),
        ({"key": {"id": "a"}}, [], "disks is an object, not a list"),
        ([{"key": {"id": "a"}}, SECRET], ["a"], "disks has a text in it, not an object"),
        ([{"key": [{"id": "a"}]}], [], "key is a list, not an object"),
        ([{"key": {"id": {"id": "a"}}}], [], "id is an object, not a text"),
    ],
)
def test_texts_are_where_names_lead_and_nowhere_else(disks: Any, texts: list[str], problem: str | None) -> None:
    problems: list[str] = []
    with told_to(problems.append):
        assert [*texts_at({"disks": disks}, "disks[]", "key", "id")] == texts
        assert [*texts_at([{"disks": disks}], "disks[]", "key", "id")] == texts
    assert problems == [problem] * 2 * (problem is not None)


@pytest.mark.parametrize("names", [("profile", "disk"), ("profile",)])
def test_what_is_no_object_is_told_by_its_name(names: tuple[str, ...]) -> None:
    problems: list[str] = []
    with told_to(problems.append):
        assert object_at({"profile": SECRET}, *names) == {}
        assert object_at({"profile": None}, *names) == {}
        assert text_in({"profile": 1.5}, "profile") == ""
    assert problems == ["profile is a text, not an object", "profile is a number, not a text"]


@pytest.mark.parametrize("odd", [{}, "", 0, False, "10.0.0.0/8", {"a": "b"}])
def test_what_a_step_goes_through_by_itself_is_a_list_or_told(place: Place, azure: Azure, odd: Any) -> None:
    rule = {"access": "Allow", "direction": "Inbound", "priority": 100, "protocol": "Tcp", "destinationPortRange": "22"}
    properties = {**rule, "sourceAddressPrefix": "198.18.0.0/24", "sourceAddressPrefixes": odd}
    place.put(
        "Microsoft.Network/networkSecurityGroups", "nsg", {"securityRules": [part("/securityRules/one", properties)]}
    )
    result = azure.run("azure_security_group").of("azure_security_group")
    assert (result.verdict, result.count) == ("partial", 1)
    assert re.search("sourceAddressPrefixes is (an object|a text|a number|a truth value), not a list", result.reason)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("Allow", None),
        ("deny", None),
        (None, None),
        (7, "a number stands where a word such as allow does"),
        (True, "a truth value stands where a word such as allow does"),
        ([SECRET], "a list stands where a word such as allow does"),
        ({"value": SECRET}, "an object stands where a word such as allow does"),
    ],
)
def test_what_is_no_word_says_nothing_and_is_told(value: Any, problem: str | None) -> None:
    problems: list[str] = []
    with told_to(problems.append):
        assert says(value, "allow", "grant") is (value == "Allow")
    assert problems == [problem] * (problem is not None)
