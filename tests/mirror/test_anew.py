"""A collection that is read anew: what comes again stays where it is, and what is there is what came, whatever was."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from integration.mirror.mirror import Mirror

NAME, PAGE = "/things", 16_384
Objects = Mapping[str, Any]


def opened(path: Path, expected: str) -> Mirror:
    mirror = Mirror(path)
    assert mirror.open("contoso", fresh=False) == expected
    return mirror


def thing(number: int, **values: Any) -> dict[str, Any]:
    return {"id": f"thing-{number:04}", **values}


def held(mirror: Mirror, name: str = NAME) -> list[tuple[str, str, Any]]:
    """Parent, id and object of all that a collection has, each as often as it comes."""
    mirror.progress(name)
    with mirror.pieces(name) as pieces:
        found = [(parent, row["id"], row) for parent, rows in pieces.more() for row in rows]
    return sorted(found, key=lambda each: each[:2])


def of(objects: Objects) -> list[tuple[str, str, Any]]:
    return sorted(("", key, row) for key, row in objects.items())


def removed(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as database:
        return {id for (id,) in database.execute("SELECT id FROM removed")}


def rows_of(path: Path, table: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(f"SELECT * FROM {table}").fetchall()


def pages_of(path: Path) -> list[bytes]:
    content = path.read_bytes()
    return [content[at : at + PAGE] for at in range(0, len(content), PAGE)]


def read(mirror: Mirror, objects: list[dict[str, Any]], size: int = 250, link: str | None = None) -> bool:
    mirror.begin(NAME, link)
    for at in range(0, len(objects), size):
        mirror.add(NAME, objects[at : at + size], "next" if at + size < len(objects) else None)
    return mirror.complete(NAME)


def children_of(number: int) -> bytes:
    return orjson.dumps([thing(each, of=number) for each in range(number % 5)])


def read_all(mirror: Mirror) -> None:
    """Read a listing, one of which changes can be asked for, a relation and a table of answers, all of them whole."""
    read(mirror, [thing(number, text="x" * 300) for number in range(2_000)])
    mirror.begin("/tracked", "changes")
    mirror.add("/tracked", [thing(number, text="y" * 300) for number in range(500)], None)
    mirror.complete("/tracked")
    mirror.begin("/things/*/parts", None)
    for at in range(0, 2_000, 20):
        parents = range(at, at + 20)
        pieces = [(f"thing-{each:04}", children_of(each)) for each in parents if each % 5]
        mirror.add_children("/things/*/parts", pieces, [(f"thing-{each:04}", None) for each in parents])
    mirror.complete("/things/*/parts")
    mirror.begin("resources", None)
    known = mirror.answered("resources")
    for number in range(50):
        pieces = [(kind, children_of(number + 1)) for kind in ("disk", "vm")]
        mirror.add_answer("resources", f"{number}", None if f"{number}" in known else pieces, [(f"{number}/50", None)])
    mirror.complete("resources")


def test_reading_the_same_again_changes_next_to_nothing_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    versions, files = [], []
    for expected in ("new", "updated", "updated"):
        with closing(opened(path, expected)) as mirror:
            read_all(mirror)
            versions.append([mirror.version(name) for name in sorted(mirror.names())])
            mirror.finish()
        files.append(pages_of(path))
    assert versions[0] == versions[1] == versions[2]
    assert len(files[0]) > 50
    changed = [before != after and any(after) for before, after in zip(files[1], files[2], strict=False)]
    assert sum(changed) < 8


def test_what_a_change_costs_is_the_piece_that_it_is_in(tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    objects = [thing(number, text="x" * 300) for number in range(2_000)]
    with closing(opened(path, "new")) as mirror:
        read(mirror, objects)
        mirror.finish()
    before = {number: text for number, _, _, text, _ in rows_of(path, "pieces")}
    objects[703] = thing(703, text="another")
    del objects[1_999]
    with closing(opened(path, "updated")) as mirror:
        version = mirror.version(NAME)
        assert not read(mirror, objects)
        assert held(mirror) == of({each["id"]: each for each in objects})
        assert mirror.version(NAME) != version
        assert mirror.objects(NAME, ["thing-0703", "thing-1999"]) == {"thing-0703": objects[703]}
        mirror.finish()
    after = {number: text for number, _, _, text, _ in rows_of(path, "pieces")}
    assert len(before.items() - after.items()) == len(after.items() - before.items()) == 2
    assert removed(path) == {"thing-1999"}


def test_who_follows_it_is_given_what_has_come_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    objects = [thing(number) for number in range(1_000)]
    with closing(opened(path, "new")) as mirror:
        read(mirror, objects)
        mirror.finish()
    with closing(opened(path, "updated")) as mirror:
        mirror.begin(NAME, None)
        seen: list[str] = []
        with mirror.pieces(NAME) as pieces:
            for at in (750, 0, 500, 250):  # in another order than before
                rows = objects[at : at + 250] if at else [thing(number, new=True) for number in range(250)]
                mirror.add(NAME, rows, "next")
                mirror.progress(NAME)
                came = [row["id"] for _, found in pieces.more() for row in found]
                assert came == [row["id"] for row in rows]
                seen += came
            mirror.complete(NAME)
            assert not list(pieces.more())
        assert len(seen) == len({*seen}) == 1_000
        now = [*(thing(number, new=True) for number in range(250)), *objects[250:]]
        assert held(mirror) == of({each["id"]: each for each in now})


def test_an_object_that_comes_twice_is_kept_as_it_came_last(tmp_path: Path) -> None:
    """Also where the page that it came last with is the same as in the reading before."""
    path = tmp_path / "mirror.db"
    objects = [thing(number) for number in range(200)]
    with closing(opened(path, "new")) as mirror:
        read(mirror, objects, 100)
        mirror.finish()
    with closing(opened(path, "updated")) as mirror:
        moved = [thing(150, moved=True), *objects[1:100]]
        mirror.begin(NAME, None)
        mirror.add(NAME, moved, "next")
        mirror.add(NAME, objects[100:], None)
        assert mirror.complete(NAME)
        assert held(mirror) == of({each["id"]: each for each in objects[1:]})
        assert mirror.objects(NAME, ["thing-0150"]) == {"thing-0150": thing(150)}
        mirror.change(NAME, {"thing-0150": thing(150, new=1)}, ["thing-0003"], None)
        assert len(held(mirror)) == 198
        mirror.finish()


def test_a_page_that_comes_twice_counts_as_it_came_last(tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    objects = [thing(number) for number in range(200)]
    with closing(opened(path, "new")) as mirror:
        read(mirror, objects, 100)
        mirror.finish()
    with closing(opened(path, "updated")) as mirror:
        mirror.begin(NAME, None)
        for page in (objects[100:], [thing(150, moved=True), *objects[:100]], objects[100:]):
            mirror.add(NAME, page, "next")
        assert mirror.complete(NAME)
        assert held(mirror) == of({each["id"]: each for each in objects})


@pytest.mark.parametrize("ends", ["killed", "given up", "given up, a day later"])
def test_what_was_there_before_a_reading_that_did_not_end_is_known_to_be_gone_later(tmp_path: Path, ends: str) -> None:
    path = tmp_path / "mirror.db"
    objects = [thing(number) for number in range(300)]
    with closing(opened(path, "new")) as mirror:
        read(mirror, objects, 100)
        mirror.finish()
    with closing(opened(path, "updated")) as mirror:
        mirror.begin(NAME, None)
        mirror.add(NAME, objects[:100], "next")
        mirror.progress(NAME)
        if ends != "killed":
            mirror.finish()
    if ends == "given up, a day later":
        with closing(sqlite3.connect(path)) as database:
            database.execute("UPDATE about SET value = '1' WHERE name = 'opened_on'")
            database.commit()
    with closing(opened(path, "resumed" if ends == "killed" else "updated")) as mirror:
        if ends == "killed":
            assert held(mirror) == of({each["id"]: each for each in objects[:100]})
            mirror.go_on(NAME, [])
        else:
            assert held(mirror) == []
            mirror.begin(NAME, None)
            mirror.add(NAME, objects[:100], "next")
        mirror.add(NAME, objects[100:200], None)
        mirror.complete(NAME)
        mirror.finish()
        assert held(mirror) == of({each["id"]: each for each in objects[:200]})
    assert removed(path) == {each["id"] for each in objects[200:]}
    assert rows_of(path, "before") == rows_of(path, "came") == rows_of(path, "parents_came") == []


def test_what_was_taken_out_of_one_collection_costs_another_nothing(tmp_path: Path) -> None:
    """Its pieces are gone, and no other ones take their numbers."""
    path, names = tmp_path / "mirror.db", ("/things/*/parts", "/things/*/owners")
    parts = [(f"p{number}", orjson.dumps([{"id": f"{number}"}])) for number in range(3)]
    for expected in ("new", "updated"):
        with closing(opened(path, expected)) as mirror:
            for name in names:
                mirror.begin(name, None)
                new = [*parts, ("p3", orjson.dumps([{"id": expected}])), ("p4", orjson.dumps([{"id": expected}]))]
                mirror.add_children(name, new, [(parent, None) for parent, _ in new])
                assert [parent for parent, _, _ in held(mirror, name)] == ["p0", "p1", "p2", "p3", "p4"]
                mirror.complete(name)
                if name == names[0]:
                    mirror.forget(name, ["p3", "p4"])
            assert len(held(mirror, names[0])) == 3
            assert [(parent, id) for parent, id, _ in held(mirror, names[1])] == [
                ("p0", "0"), ("p1", "1"), ("p2", "2"), ("p3", expected), ("p4", expected),
            ]  # fmt: skip
            mirror.finish()


def test_what_one_collection_takes_back_hides_no_change_of_another(tmp_path: Path) -> None:
    """Both are read at once: a piece of the one is gone, and the next one, of the other, is new all the same."""
    path, parts, owners = tmp_path / "mirror.db", "/things/*/parts", "/things/*/owners"
    old, new = ("p0", b'[{"id":"a"}]'), ("p1", b'[{"id":"b"}]')
    with closing(opened(path, "new")) as mirror:
        for name in (parts, owners):
            mirror.begin(name, None)
            mirror.add_children(name, [old], [("p0", None)])
            mirror.complete(name)
        before = mirror.version(owners)
        mirror.finish()
    with closing(opened(path, "updated")) as mirror:
        mirror.begin(parts, None)
        mirror.add_children(parts, [old, new], [("p0", None), ("p1", None)])
        mirror.progress(parts)
        mirror.begin(owners, None)
        mirror.forget(parts, ["p1"])
        mirror.add_children(owners, [old, new], [("p0", None), ("p1", None)])
        mirror.complete(owners)
        assert [parent for parent, _, _ in held(mirror, owners)] == ["p0", "p1"]
        assert mirror.version(owners) != before


class Life:
    """A collection through many readings, with what it has to hold after each.

    Args:
        path: the mirror.
        seed: another one leads another life.
    """

    def __init__(self, path: Path, seed: int) -> None:
        self.path, self.random = path, Random(seed)
        self.objects = {each["id"]: each for each in map(thing, range(40))}
        self.link = self.random.choice([None, "changes"])
        self.known: dict[str, Any] = {}
        self.gone: set[str] = set()
        self.version = ""

    def change(self) -> None:
        """Change the tenant."""
        for _ in range(self.random.choice([0, 0, 1, 3, 30])):
            number = self.random.randrange(60)
            key = thing(number)["id"]
            if self.random.random() < 0.4:
                self.objects.pop(key, None)
            else:
                self.objects[key] = thing(number, value=self.random.randrange(3))

    def pages(self) -> Iterator[list[Any]]:
        """Yield the pages of a listing, some objects of which may come twice, the last time as they are."""
        rows = list(self.objects.values())
        if self.random.random() < 0.3:
            self.random.shuffle(rows)
        size = self.random.choice([3, 7, 200])
        for at in range(0, len(rows), size):
            page = rows[at : at + size]
            later = rows[at + size :]
            if later and self.random.random() < 0.15:
                page = [*page, {**self.random.choice(later), "value": "as it was"}]
            yield page

    def read(self) -> None:
        """Read it whole, perhaps with runs that are cut short, and look what is there."""
        mirror, is_open = self.run(), False
        before = {**self.known}
        pages: list[list[Any]] = []
        while not is_open or pages:
            fate = self.random.random()
            if not is_open or fate < 0.05:  # it begins, or begins anew as Graph has forgotten where it was
                mirror.begin(NAME, self.link)
                pages, is_open = list(self.pages()), True
                came: list[Any] = []
            elif fate < 0.12:
                mirror.close()
                mirror = opened(self.path, "resumed")
                mirror.go_on(NAME, [])
            else:
                page = pages.pop(0)
                mirror.add(NAME, page, "next" if pages else None)
                came += page
                assert sorted(row["id"] for _, _, row in held(mirror)) == sorted(row["id"] for row in came)
        mirror.complete(NAME)
        assert held(mirror) == of(self.objects)
        assert mirror.holds(NAME, [*before, *self.objects]) == {*self.objects}
        version = mirror.version(NAME)
        assert version != self.version or before == self.objects
        assert version == self.version or before != self.objects or self.link or not before
        self.version, self.known = version, {**self.objects}
        self.gone = (self.gone | before.keys()) - self.objects.keys()
        if self.link and self.random.random() < 0.5:
            self.delta(mirror)
        mirror.finish()
        mirror.close()
        assert removed(self.path) == self.gone

    def delta(self, mirror: Mirror) -> None:
        """Have what changes be told, as a later run has."""
        before = {**self.objects}
        self.change()
        told = {key: row for key, row in self.objects.items() if before.get(key) != row}
        gone = [*before.keys() - self.objects.keys()]
        mirror.change(NAME, told, gone, self.link)
        assert held(mirror) == of(self.objects)
        self.gone = (self.gone | {*gone}) - self.objects.keys()
        self.version, self.known = mirror.version(NAME), {**self.objects}

    def run(self) -> Mirror:
        """Begin a run."""
        return opened(self.path, "updated" if self.known else "new")


@pytest.mark.parametrize("seed", range(25))
def test_whatever_happens_a_collection_holds_what_came(tmp_path: Path, seed: int) -> None:
    life = Life(tmp_path / "mirror.db", seed)
    for _ in range(8):
        life.read()
        life.change()


@pytest.mark.parametrize("seed", range(15))
def test_whatever_happens_a_relation_holds_the_children_that_came(tmp_path: Path, seed: int) -> None:
    """Parents are answered, taken back, answered again, and left out; runs are cut short."""
    random, path, name = Random(seed), tmp_path / "mirror.db", "/things/*/parts"
    tenant = {f"p{number}": {f"c{each}" for each in range(random.randrange(4))} for number in range(12)}
    for turn in range(8):
        mirror = opened(path, "updated" if turn else "new")
        mirror.begin(name, None)
        came: dict[str, set[str]] = {}
        left = random.sample(sorted(tenant), random.choice([8, 12]))
        while left:
            fate = random.random()
            if fate < 0.1:
                mirror.close()
                mirror = opened(path, "resumed")
            elif fate < 0.2 and came:
                back = random.choice(sorted(came))
                mirror.forget(name, [back])
                came.pop(back)
                left.append(back)
            else:
                parent = left.pop()
                children = sorted(tenant[parent])
                halves = [children[:2], children[2:]] if random.random() < 0.3 else [children]
                pieces = [(parent, orjson.dumps([{"id": each} for each in half])) for half in halves if half]
                mirror.add_children(name, pieces, [(parent, None)])
                came[parent] = tenant[parent]
            assert mirror.progress(name) == dict.fromkeys(came)
            assert dict(mirror.sizes(name)) == {parent: len(found) for parent, found in came.items()}
            assert {(parent, id) for parent, id, _ in held(mirror, name)} == {
                (parent, each) for parent, found in came.items() for each in found
            }
        mirror.complete(name)
        assert len(held(mirror, name)) == sum(map(len, came.values()))
        assert mirror.progress(name) == dict.fromkeys(came)
        mirror.finish()
        mirror.close()
        for parent in random.sample(sorted(tenant), random.choice([0, 1, 4])):
            tenant[parent] = {f"c{each}" for each in range(random.randrange(4))}
