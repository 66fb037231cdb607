"""Comparing what a destination holds with the graph, on disk."""

from hypothesis import given
from hypothesis import strategies as st

from integration.sdk.changes import Change
from integration.sinks.comparison import Ends, Held

NAMES = st.tuples(st.text(min_size=1, max_size=3)) | st.tuples(*[st.text("ab|\uffff\U0001f600", min_size=1)] * 2)


@given(st.dictionaries(NAMES, st.sampled_from("xy")), st.dictionaries(NAMES, st.sampled_from("xy")))
def test_the_differences_are_those_of_two_dictionaries(theirs: dict[Ends, str], ours: dict[Ends, str]) -> None:
    held = Held((name, value.encode()) for name, value in theirs.items())
    graph = (Change("created", name, None, ours[name]) for name in sorted(ours))
    found = [(each.ends, each.now) for each in held.differences(graph, lambda change: str(change.now).encode())]
    expected = {name: ours.get(name) for name in {*ours, *theirs} if ours.get(name) != theirs.get(name)}
    assert found == sorted(expected.items())
    assert bool(held) == bool(theirs)
