"""The form of a cassette: what vcrpy writes, looked at part by part, so that a file of another form is told where.

Source: vcrpy, ``vcr/serialize.py``: a mapping of ``version`` 1 and ``interactions``.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from integration.http.levels import LEVELS

_VERSION = 1
_LIST = "interactions"


class OddForm(ValueError):
    """A file that is no cassette: which part of it, and why; never what it holds."""


def interactions_in(text: str) -> list[dict[str, Any]]:
    """Return the interactions of a cassette, each with a ``request`` and a ``response`` as vcrpy writes them.

    Raises:
        OddForm: it is none.
    """
    import yaml

    try:
        _check_levels(text)
        document = _loaded(text)
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise OddForm(f"{line}{error.problem or 'it is no YAML'}") from None
    except yaml.YAMLError:
        raise OddForm("it holds characters that YAML has not") from None
    for fault in _faults(document):
        raise OddForm(fault)
    interactions: list[dict[str, Any]] = document[_LIST]
    return interactions


def _loaded(text: str) -> Any:
    """Return what YAML holds; where it names types of Python, as older cassettes do, vcrpy knows which are harmless.

    To import vcrpy, which imports every HTTP client that is installed, takes longer than to read all of the demo.
    """
    import yaml

    try:
        return yaml.load(text, Loader=_loader())  # noqa: S506 - it is a safe one
    except yaml.constructor.ConstructorError:
        from vcr.serializers import yamlserializer

        return yamlserializer.deserialize(text)


def _check_levels(text: str) -> None:
    """Refuse what is nested deeper than any cassette: the parser of YAML would end the process, not raise.

    Raises:
        OddForm: it is nested too deep, or has two lists of interactions, of which the first would be lost.
        YAMLError: it is no YAML.
    """
    import yaml

    depth = lists = 0
    for event in yaml.parse(text, Loader=_loader()):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        lists += depth == 1 and isinstance(event, yaml.ScalarEvent) and event.value == _LIST
        if depth > LEVELS:
            raise OddForm(f"it is nested deeper than {LEVELS} levels")
    if lists > 1:
        raise OddForm(f"it names {_LIST} twice")


def _loader() -> Any:
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _faults(document: Any) -> Iterator[str]:
    """Yield what is not as in a cassette."""
    if not isinstance(document, dict):
        yield f"it is no mapping of version and {_LIST}"
    elif document.get("version", _VERSION) != _VERSION:
        yield f"its version is not {_VERSION}"
    elif not isinstance(document.get(_LIST), list):
        yield f"it has no list of {_LIST}"
    else:
        for number, each in enumerate(document[_LIST], 1):
            yield from (f"interaction {number}: {fault}" for fault in _of_interaction(each))


def _of_interaction(each: Any) -> Iterator[str]:
    request, answer = (each.get(name) if isinstance(each, dict) else None for name in ("request", "response"))
    if not isinstance(request, dict) or not isinstance(answer, dict):
        yield "it is no mapping of request and response"
        return
    if not isinstance(request.get("method"), str):
        yield "its request has no method"
    if not _is_url(request.get("uri")):
        yield "its request has no uri that begins with https:// or http://"
    if not isinstance(request.get("headers", {}), dict):
        yield "the headers of its request are no mapping"
    body, status = answer.get("body"), answer.get("status")
    if not isinstance(body, dict) or not isinstance(body.get("string"), str | bytes):
        yield "its response has no body: string"
    code = status.get("code") if isinstance(status, dict) else None
    if type(code) is not int or not 100 <= code <= 599:
        yield "its response has no status: code from 100 to 599"
    headers = answer.get("headers")
    if not isinstance(headers, dict) or not all(map(_is_list_of_texts, headers.values())):
        yield "the headers of its response are no mapping of names to lists of texts"


def _is_url(uri: object) -> bool:
    try:
        return isinstance(uri, str) and urlsplit(uri).scheme in ("https", "http") and bool(urlsplit(uri).netloc)
    except ValueError:
        return False


def _is_list_of_texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(each, str) for each in values)
