"""A secret is seen nowhere but where it is asked for."""

import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from functools import partial

import orjson
import pytest

from integration import ConfigurationError
from integration.config import Config, from_environment
from integration.secret import Secret

VALUE = "hunter2-which-nobody-may-see"
SECRET = Secret(VALUE)
CONFIG = Config(client_id="client", client_secret=SECRET, access_token=SECRET)


def logged(value: object) -> str:
    record = logging.LogRecord("integration", logging.INFO, "file", 1, "the value is %s", (value,), None)
    return logging.Formatter().format(record)


def raised(value: object) -> str:
    try:
        raise ValueError(value)
    except ValueError as error:
        return "".join(traceback.format_exception(error))


SHOWN: dict[str, Callable[[object], str]] = {
    "str": str,
    "repr": repr,
    "format": "{}".format,
    "format with a width": "{:>40}".format,
    "format with repr": "{!r}".format,
    "percent": lambda value: "%s %r" % (value, value),  # noqa: UP031
    "list": lambda value: str([value]),
    "dict": lambda value: f"{ {'secret': value} }",
    "log": logged,
    "traceback": raised,
}


@pytest.mark.parametrize("show", SHOWN.values(), ids=SHOWN)
@pytest.mark.parametrize("value", [SECRET, CONFIG], ids=["secret", "settings"])
def test_a_secret_shows_itself_as_stars(show: Callable[[object], str], value: object) -> None:
    if isinstance(value, Config) and show is SHOWN["format with a width"]:
        value = str(value)
    text = show(value)
    assert "***" in text
    assert VALUE not in text


WRITTEN: dict[str, Callable[[object], object]] = {
    **{f"pickle {protocol}": partial(pickle.dumps, protocol=protocol) for protocol in range(6)},
    "json": json.dumps,
    "orjson": orjson.dumps,
    "copy": copy.copy,
    "deep copy": copy.deepcopy,
}


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
def test_a_secret_is_written_nowhere(write: Callable[[object], object]) -> None:
    with pytest.raises(TypeError) as caught:
        write(SECRET)
    assert VALUE not in "".join(traceback.format_exception(caught.value))


def test_a_secret_is_revealed_to_who_asks() -> None:
    assert SECRET.reveal() == VALUE
    assert bool(SECRET) is True
    assert bool(Secret("")) is False
    assert not hasattr(SECRET, "__dict__")


def test_wrong_settings_are_reported_without_the_right_ones() -> None:
    environment = {"CLIENT_SECRET": VALUE, "INTEGRATION_GRAPH_URL": f"http://user:{VALUE}@contoso.example"}
    with pytest.raises(ConfigurationError) as caught:
        from_environment(environment)
    assert VALUE not in "".join(traceback.format_exception(caught.value))
    assert VALUE not in repr(vars(caught.value))
