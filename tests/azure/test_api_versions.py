"""Where Azure does not have the version of an API that is asked for, the nearest one that it names is asked."""

from dataclasses import replace

import pytest

from integration.sources.azure.versions import nearest_version, versions_named
from tests.azure.reading import Azure, keys, verdicts
from tests.azure.test_children import TYPE, azure, expected, of_containers
from tests.simulator.azure import Fault

__all__ = ["azure"]

NAMED = "2014-04, 2019-06-01,2021-09-01, 2024-01-01-preview, 2025-01-01"
REFUSALS = [
    (
        400,
        "InvalidApiVersionParameter",
        f"The api-version '2023-05-01' is invalid. The supported versions are '{NAMED}'.",
    ),
    (
        400,
        "NoRegisteredProviderFound",
        "No registered resource provider found for location 'westeurope' and API version '2023-05-01' for type 'x'. "
        f"The supported api-versions are '{NAMED}'. The supported locations are 'eastus, westeurope'.",
    ),
    (
        404,
        "InvalidResourceType",
        "The resource type 'x' could not be found in the namespace 'y' for api version '2023-05-01'. "
        f"The supported api-versions are '{NAMED}'.",
    ),
]


def refusing(status: int, code: str, message: str, *but: str) -> Fault:
    """What is answered to who asks for containers in any version but some."""
    body = {"error": {"code": code, "message": message}}
    return Fault(status, lambda asked: of_containers(asked) and asked.options["api-version"] not in but, body)


@pytest.mark.parametrize(("status", "code", "message"), REFUSALS)
def test_children_are_asked_for_in_the_nearest_version_that_is_named(
    azure: Azure, status: int, code: str, message: str
) -> None:
    fault = refusing(status, code, message, "2021-09-01")
    azure.simulator.manager.faults = [fault]
    assert verdicts(azure.run(TYPE)) == {"complete"}
    assert keys(TYPE) == expected(azure)
    assert 1 <= fault.struck <= 8  # those that were asked at once before any of them was answered


def test_each_region_may_have_a_version_of_its_own(azure: Azure) -> None:
    def fault(number: int, version: str) -> Fault:
        told = f"No registered resource provider found. The supported api-versions are '{version}'."
        anywhere = refusing(400, "NoRegisteredProviderFound", told, version)
        return replace(anywhere, when=lambda asked: anywhere.when(asked) and sum(map(ord, asked.path)) % 2 == number)

    azure.simulator.manager.faults = [fault(0, "2021-09-01"), fault(1, "2019-06-01")]
    assert verdicts(azure.run(TYPE)) == {"complete"}
    assert keys(TYPE) == expected(azure)


@pytest.mark.parametrize("named", ["", "The supported versions are '2021-09-01'.", "The supported versions are 'x'."])
def test_children_of_which_no_version_is_answered_are_not_there_and_none_is_deleted(azure: Azure, named: str) -> None:
    assert verdicts(azure.run(TYPE)) == {"complete"}
    azure.simulator.manager.faults = [refusing(400, "InvalidApiVersionParameter", f"It is invalid. {named}")]
    report = azure.run(TYPE, full_every=0.0)
    assert report.of(TYPE).verdict == "skipped"
    assert report.of(TYPE).reason.startswith("not there: ")
    assert keys(TYPE) == expected(azure)


@pytest.mark.parametrize(
    ("asked", "there_are", "nearest"),
    [
        ("2023-05-01", ["2019-06-01", "2021-09-01", "2024-01-01"], "2021-09-01"),
        ("2023-05-01-preview", ["2023-05-01", "2024-01-01"], "2023-05-01"),
        ("2017-03-01", ["2021-09-01", "2019-06-01"], "2019-06-01"),
        ("2017-03-01", [], None),
    ],
)
def test_the_nearest_version_is_the_newest_of_before_or_the_oldest_of_after(
    asked: str, there_are: list[str], nearest: str | None
) -> None:
    assert nearest_version(asked, there_are) == nearest


def test_versions_that_are_no_dates_are_none() -> None:
    assert versions_named(REFUSALS[0][2]) == ("2019-06-01", "2021-09-01", "2025-01-01")
    assert versions_named("The supported versions are ''.") == ()
    assert versions_named("") == ()
