"""Which parents are asked once more whose children came with their listing."""

from integration.sources.msgraph.expanded import sample_of


def test_of_each_number_of_children_some_parents_are_asked_and_of_those_with_none() -> None:
    sizes = [(f"p{number:04}", number % 25) for number in range(1_000)]
    again, without = sample_of([("", 0), *sizes])
    asked = {parent: size for parent, size in sizes if parent in again}
    of_each = [list(asked.values()).count(size) for size in range(25)]
    assert without == 40
    assert of_each == [5] + [2] * 19 + [0] * 5
    assert len(again) == len(asked)


def test_where_few_numbers_of_children_occur_the_parents_with_the_most_are_asked_too() -> None:
    sizes = [(f"p{number:04}", 3 if number % 10 else 7) for number in range(100)]
    again, without = sample_of(sizes)
    taken = [dict(sizes)[parent] for parent in again]
    assert without == 0
    assert sorted(taken) == [3] * 5 + [7] * 10


def test_where_there_is_no_parent_none_is_asked() -> None:
    assert sample_of([("", 0)]) == ([], 0)
