"""Ready-made questions: SQL with a name, a description and parameters, read from TOML files.

A question is one table of such a file; ``sql`` names its parameters with a colon::

    [members-of-a-department]
    description = "Users of one department."
    parameters.department = { description = "the department" }
    sql = "SELECT displayName FROM … WHERE department = :department"

A parameter that has ``types`` stands for an entity of one of these types, and becomes its key; one that is
``number = true`` is a number from 0 on; any other is text. A question may say what it means that there is no row:
``empty = "nobody works in {department}"``.

A file may have a ``title``, which says what its questions are about.

What several questions begin with stands once, in the table ``with`` of any of the files: common table expressions by
their names, which a question names in the order in which they build on each other::

    [with]
    worker = "worker(key) AS (SELECT _key FROM … WHERE accountEnabled = 1)"

    [workers]
    description = "Users who can sign in."
    with = ["worker"]
    sql = "SELECT key FROM worker"
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs
import pluggy

from integration.errors import DeclarationError, QueryError
from integration.text.files import NotText, read_text
from integration.text.nearest import nearest
from integration.text.visible import brief

_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_TEXT = {"type": "string", "minLength": 1, "pattern": r"^[^\n]+$"}
_SHARED, _TITLE = "with", "title"
_OWN = re.compile(r"\s*WITH(?:\s+RECURSIVE)?\s+", re.IGNORECASE)
_FORM = {
    "type": "object",
    "propertyNames": {"pattern": "^[a-z][a-z0-9-]*$"},
    "properties": {
        _SHARED: {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}},
        _TITLE: _TEXT,
    },
    "additionalProperties": {
        "type": "object",
        "required": ["description", "sql"],
        "additionalProperties": False,
        "properties": {
            "description": _TEXT,
            "sql": {"type": "string", "minLength": 1},
            "empty": _TEXT,
            _SHARED: {"type": "array", "minItems": 1, "items": _TEXT},
            "parameters": {
                "type": "object",
                "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"},
                "additionalProperties": {
                    "type": "object",
                    "required": ["description"],
                    "additionalProperties": False,
                    "properties": {
                        "description": _TEXT,
                        "types": {"type": "array", "minItems": 1, "items": _TEXT},
                        "number": {"type": "boolean"},
                    },
                },
            },
        },
    },
}


@dataclass(frozen=True)
class Parameter:
    """What a question must be told.

    Attributes:
        name: as in the SQL, without the colon.
        description: what it is, as part of a sentence.
        types: the types of which it names an entity; empty for a number or plain text.
        number: it is a number from 0 on.
    """

    name: str
    description: str
    types: tuple[str, ...]
    number: bool = False


@dataclass(frozen=True)
class Question:
    """A ready-made question.

    Attributes:
        name: what it is asked by.
        description: the question in one line.
        parameters: in the order in which they are given.
        sql: one SELECT, with what it shares with others.
        source: the file that it stands in.
        empty: what it means that there is no row.
        title: of its file, or else the file's name.
    """

    name: str
    description: str
    parameters: tuple[Parameter, ...]
    sql: str
    source: Path
    empty: str = ""
    title: str = ""

    @property
    def usage(self) -> str:
        """The name and its parameters, as they are typed."""
        return " ".join([self.name, *(parameter.name.upper() for parameter in self.parameters)])

    def nothing(self, values: Sequence[str]) -> str:
        """Return what it means that there is no row, with the values of its parameters as they were given."""
        sentence = self.empty or "no rows"
        for parameter, value in zip(self.parameters, values, strict=False):
            sentence = sentence.replace(f"{{{parameter.name}}}", brief(value))
        return sentence

    def bind(self, values: Sequence[str]) -> dict[Parameter, str]:
        """Return the value of each parameter.

        Raises:
            QueryError: there are too few values, or too many, or one that should be a number is none.
        """
        if len(values) != len(self.parameters):
            wanted = "".join(f"\n  - {each.name.upper()}: {each.description}" for each in self.parameters)
            takes = "takes 1 parameter" if len(self.parameters) == 1 else f"takes {len(self.parameters)} parameters"
            raise QueryError(
                f"the question {self.name} {takes}, not {len(values)}: integration query {self.usage}{wanted}"
            )
        for parameter, value in zip(self.parameters, values, strict=True):
            if parameter.number and not _NUMBER.fullmatch(value):
                raise QueryError(
                    f"{parameter.name.upper()} ({parameter.description}) is a number such as 30, not {brief(value)!r}"
                )
        return dict(zip(self.parameters, values, strict=True))


def load_questions(manager: pluggy.PluginManager, files: Iterable[Path] = ()) -> dict[str, Question]:
    """Return all questions by name: those of every plugin, then those of further files.

    Args:
        manager: from ``load``.
        files: question files of the user's own.

    Raises:
        DeclarationError: a file is missing or wrong, or two of them have the same question.
    """
    return _loaded(manager.hook.integration_questions(), files)


def load_fleet_questions(manager: pluggy.PluginManager) -> dict[str, Question]:
    """Return all questions about many tenants, in the SQL of PostgreSQL, by name.

    Args:
        manager: from ``load``.

    Raises:
        DeclarationError: a file is missing or wrong, two of them have the same question, or one has a parameter.
    """
    questions = _loaded(manager.hook.integration_fleet_questions())
    for question in questions.values():
        if question.parameters:
            raise DeclarationError(f"{question.source}: {question.name}: a question about many tenants is told nothing")
    return questions


def _loaded(contributed: Iterable[Iterable[Path]], files: Iterable[Path] = ()) -> dict[str, Question]:
    paths = [*sorted(Path(path) for paths in contributed for path in paths), *files]
    documents = [(path, _read(path)) for path in paths]
    shared: dict[str, str] = {}
    for path, document in documents:
        for name, expression in document.pop(_SHARED, {}).items():
            if shared.setdefault(name, expression) is not expression:
                raise DeclarationError(f"{path}: {_SHARED}.{name} is in another file of questions too: rename it")
    questions: dict[str, Question] = {}
    for path, document in documents:
        title = document.pop(_TITLE, path.name)
        for name, table in document.items():
            other = questions.setdefault(name, question := _question(path, title, name, table, shared))
            if other is not question:
                raise DeclarationError(f"{path}: the question {name} is in {other.source} too: rename it")
    return questions


def _read(path: Path) -> dict[str, Any]:
    """Return the tables of a file by name, each in its form."""
    try:
        document = tomllib.loads(read_text(path))
    except NotText as error:
        raise DeclarationError(f"{path} {error}") from None
    except RecursionError:
        raise DeclarationError(f"{path}: not a file of questions: it is nested too deep") from None
    except ValueError as error:
        raise DeclarationError(f"{path}: not TOML: {error}") from None
    for fault in jsonschema_rs.iter_errors(_FORM, document):
        where = ".".join(str(step) for step in fault.instance_path) or "the file"
        raise DeclarationError(f"{path}: {where}: {fault.message}")
    return document


def _question(path: Path, title: str, name: str, table: Mapping[str, Any], shared: Mapping[str, str]) -> Question:
    parameters = tuple(
        Parameter(parameter, each["description"], tuple(each.get("types", ())), each.get("number", False))
        for parameter, each in table.get("parameters", {}).items()
    )
    for each in table.get(_SHARED, ()):
        if each not in shared:
            raise DeclarationError(f"{path}: {name}: no file of questions has {_SHARED}.{each}{nearest(each, shared)}")
    expressions = [shared[each] for each in table.get(_SHARED, ())]
    sql = _begun_with(expressions, table["sql"]) if expressions else table["sql"]
    return Question(name, table["description"], parameters, sql, path, table.get("empty", ""), title)


def _begun_with(expressions: Sequence[str], sql: str) -> str:
    """Return a SELECT that begins with common table expressions, before those that it has itself."""
    own = _OWN.match(sql)
    rest = f",\n{sql[own.end() :]}" if own else f"\n{sql}"
    return f"WITH RECURSIVE {', '.join(each.strip() for each in expressions)}{rest}"
