"""What authors check their steps with."""

import re
from pathlib import Path

import pytest

from integration import CassetteError
from integration.testing import cassette_of, check_step, replay
from tests.support import ROOT, entity, write


def test_an_author_replays_a_step_in_one_line() -> None:
    played = replay("azure_user_group_has_user")
    assert played.result.verdict == "complete"
    assert played.records
    assert {record["_fromEntityKey"] for record in played.records} <= played.keys


def test_a_step_that_breaks_the_contract_is_told_what_it_lacks() -> None:
    source = (ROOT / "tests" / "cassettes" / "azure_user.yaml").read_text()
    renamed, count = re.subn(r'companyName(\\?":)', r"nameOfCompany\1", source)
    assert count
    write(Path("cassettes"), {"azure_user.yaml": renamed})
    with pytest.raises(
        AssertionError, match=r"companyName: declared in azure_user\.json, but in no record of the cassette"
    ):
        check_step("azure_user", Path("cassettes"))


def test_a_step_without_cassette_is_told_where_to_record_it() -> None:
    with pytest.raises(CassetteError, match=r"tests/cassettes/contoso_badge\.yaml: no such cassette: record it$"):
        cassette_of(entity("contoso_badge"))
