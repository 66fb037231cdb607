"""A secret is seen nowhere but where it is asked for."""

import copy
import html
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from functools import partial
from urllib.parse import quote, quote_plus

import orjson
import pytest

from integration import ConfigurationError
from integration.config.settings import Config, from_environment
from integration.text.secret import Secret, holds_secret, redacted

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


ODD = Secret("8Q8Q~a&b/c+d=\"e'f<g> \u00e9")


@pytest.mark.parametrize(
    "written",
    [
        ODD.reveal(), quote(ODD.reveal()), quote(ODD.reveal(), safe=""), quote_plus(ODD.reveal()),
        quote(ODD.reveal(), safe="").replace("%2F", "%2f").replace("%26", "%26").replace("%2B", "%2b")
        .replace("%3D", "%3d").replace("%3C", "%3c").replace("%3E", "%3e").replace("%C3%A9", "%c3%a9"),
        json.dumps(ODD.reveal()), repr(ODD.reveal()), html.escape(ODD.reveal()), ODD.reveal()[:14],
    ],
)  # fmt: skip
def test_a_secret_is_hidden_in_every_form_that_a_server_may_repeat_it_in(written: str) -> None:
    assert redacted(f"you sent {written}").replace('"', "").replace("'", "") == "you sent ***"
    assert redacted(f"{written} and {written}").count("***") == 2


def test_what_begins_like_a_secret_by_accident_stays() -> None:
    assert redacted("8Q8Q~a is no secret") == "8Q8Q~a is no secret"
    assert not holds_secret("https://graph.example/8Q8Q~a")
    assert holds_secret(f"https://graph.example/?$skiptoken={quote_plus(ODD.reveal())}")
