"""JSON that takes no more memory than it is long."""

import tracemalloc

import orjson

from integration.text.exact_json import exact_json

OBJECT = {"id": "28b3b3a1-0c55-4d1c-9f4e-5d2b3c1e6a70", "@odata.type": "#microsoft.graph.user", "é": [1, None, True]}


def test_it_is_the_json_of_the_value() -> None:
    assert exact_json(OBJECT) == orjson.dumps(OBJECT)


def test_what_is_kept_takes_little_more_than_its_length() -> None:
    number, per_object = 1_000, 100
    exact_json(OBJECT)
    tracemalloc.start()
    kept = [exact_json(OBJECT) for _ in range(number)]
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < number * (len(kept[0]) + per_object)
