"""Values of Graph and of Azure become values of JupiterOne."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.values import epoch_ms, without_nulls

MOMENTS = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 31, 23, 59, 59)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2019-04-23T18:06:05Z", 1_556_042_765_000),
        ("2024-02-29T23:59:59.9Z", 1_709_251_199_900),
        ("2024-02-29T23:59:59.999Z", 1_709_251_199_999),
        ("2024-02-29T23:59:59.9999999Z", 1_709_251_199_999),
        ("1969-12-31T23:59:59.9999999Z", -1),
        ("1601-01-01T00:00:00Z", -11_644_473_600_000),
        ("9999-12-31T23:59:59Z", 253_402_300_799_000),
        ("1970-01-01T01:00:00+01:00", 0),
        ("2019-04-23T18:06:05+00:00", 1_556_042_765_000),
        ("2019-04-23T20:06:05.123+02:00", 1_556_042_765_123),
        ("2019-04-23T12:36:05-05:30", 1_556_042_765_000),
        ("2019-04-23T18:06:05-00:00", 1_556_042_765_000),
        ("2019-04-23t18:06:05z", 1_556_042_765_000),
        ("2019-04-23T18:06Z", 1_556_042_760_000),
        ("2019-04-23T20:06+02:00", 1_556_042_760_000),
        ("2019-04-23T18:06:05.123456789012Z", 1_556_042_765_123),
        ("1969-12-31T23:59:59.9999999+00:00", -1),
        ("2017-01-11T18:58:26.187", 1_484_161_106_187),
        ("Mon, 25 May 2020 11:10:01 GMT", 1_590_405_001_000),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00", None),
        ("0001-01-01T00:00:00.0000000+00:00", None),
        ("0001-01-01T08:00:00.0000000Z", None),
        ("", None),
        (None, None),
    ],
)
def test_a_time_becomes_epoch_milliseconds(value: str | None, expected: int | None) -> None:
    assert epoch_ms(value) == expected


@given(MOMENTS, st.from_regex(r"[0-9]{0,7}", fullmatch=True))
def test_every_time_keeps_its_milliseconds_and_loses_what_is_below(moment: datetime, digits: str) -> None:
    written = moment.isoformat().removesuffix("+00:00") + (f".{digits}" if digits else "") + "Z"
    whole_seconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    assert epoch_ms(written) == whole_seconds * 1000 + int(f"{digits}000"[:3])


@pytest.mark.parametrize(
    "value",
    [
        "yesterday",
        "2024-05-01",
        "20240501T123000Z",
        "2024-05-01T12:30:00+0200",
        "Mon, 25 May 2020 11:10:01",
        "Mon, 25 May 2020 11:10:01 +0200",
        "Mon, 31 Feb 2020 11:10:01 GMT",
        "25 May 2020 11:10:01 GMT",
        "Mon, 25 Foo 2020 11:10:01 GMT",
        "2024-05-01T12:30:00+25:00",
        "2024-05-01T12:30.5Z",
        "2024-05-01T12Z",
        "2024-05-01T12:30:00 Z",
        "2024-05-01 12:30:00Z",
        "2024-05-01T12:30:00.Z",
        "2024-05-01T12:30:00Z\n",
        "2024-05-01T12:30:60Z",
        "2023-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "٢٠٢٤-05-01T12:30:00Z",
    ],
)
def test_anything_else_stays_as_it_is_which_no_schema_of_a_time_accepts(value: str) -> None:
    assert epoch_ms(value) == value


def test_nulls_leave_a_list_and_an_empty_list_stays() -> None:
    assert without_nulls(["a", None, "", "b", None]) == ["a", "", "b"]
    assert without_nulls([None]) == []
    assert without_nulls([]) == []
    assert without_nulls(None) is None
    assert without_nulls("abc") == "abc"
