"""Uploads are filled by bytes, and made smaller without losing an object."""

import gzip
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration import OutputError
from integration.sinks.jupiterone.batches import Batch, batches

EMPTY = len(b'{"entities":[]}')


def record(size: int, number: int = 0) -> bytes:
    """Return an object of so many bytes of JSON, 21 at least."""
    return b'{"_key":"%04d","n":"%s"}' % (number, b"x" * (size - 22))


def objects(batch: Batch) -> list[object]:
    (found,) = json.loads(gzip.decompress(batch.packed)).values()
    assert len(found) == batch.count
    return list(found)


@given(sizes=st.lists(st.integers(22, 200)), most=st.integers(60, 400))
def test_batches_are_as_large_as_they_may_be(sizes: list[int], most: int) -> None:
    records = [record(size, number) for number, size in enumerate(sizes)]
    made = list(batches("entities", records, most))
    assert [each for batch in made for each in objects(batch)] == [json.loads(each) for each in records]
    lengths = [len(gzip.decompress(batch.packed)) for batch in made]
    assert all(length <= most or batch.count == 1 for length, batch in zip(lengths, made, strict=True))
    firsts = [len(json.dumps(objects(batch)[0], separators=(",", ":"))) for batch in made]
    assert all(length + 1 + first > most for length, first in zip(lengths, firsts[1:], strict=False))


def test_a_batch_may_be_exactly_as_large_as_allowed() -> None:
    records = [record(30, 1), record(30, 2)]
    assert len(list(batches("entities", records, EMPTY + 61))) == 1
    assert len(list(batches("entities", records, EMPTY + 60))) == 2


def test_no_records_make_no_batch() -> None:
    assert list(batches("relationships", iter(()), 100)) == []


def test_records_are_taken_as_they_are_needed() -> None:
    taken = []

    def records() -> Iterator[bytes]:
        for number in range(100):
            taken.append(number)
            yield record(50, number)

    next(batches("entities", records(), 200))
    assert len(taken) == 4


def test_a_batch_is_halved_until_it_is_one_object_which_then_loses_its_raw_data() -> None:
    raw = {"_rawData": [{"name": "default", "rawData": {"id": 1}}]}
    whole = [{"_key": f"user-{number}", "_type": "azure_user", **raw} for number in range(3)]
    (batch,) = batches("entities", [json.dumps(each).encode() for each in whole], 5_000_000)
    one, two = batch.smaller()
    assert [objects(one), objects(two)] == [whole[:1], whole[1:]]
    (bare,) = one.smaller()
    assert objects(bare) == [{"_key": "user-0", "_type": "azure_user"}]
    assert bare.key == "user-0"
    with pytest.raises(OutputError, match="azure_user user-0 alone is larger than JupiterOne takes"):
        list(bare.smaller())
