"""Faults of this machine that keep every request from leaving it: certificates to trust, proxies, libraries.

They are told apart from faults of the service, which no setting of this machine mends.

Sources: Requests, SSL certificate verification and proxies; urllib3, exceptions.
"""

import os
import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidSchema
from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_environ_proxies, select_proxy
from urllib3.exceptions import HTTPError

from integration.config.urls import is_loopback
from integration.errors import ConfigurationError
from integration.http.trust import authorities_of

BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables that name the certificates to trust; the first that is set wins."""
_HASHED = re.compile(r"[0-9a-f]{8}\.\d+")
_PROXY = "http://proxy.contoso.example:8080"


def check_machine(*urls: str) -> None:
    """Look at what this machine needs to send requests to these URLs; nothing is sent.

    Raises:
        ConfigurationError: names each variable or file that is wrong, and what to do.
    """
    if faults := _faults(*urls):
        raise ConfigurationError(faults)


def fault_of_machine(error: BaseException, url: str = "") -> ConfigurationError | None:
    """Return the fault of this machine that an exception stands for; ``None`` where the fault is elsewhere.

    Args:
        error: what sending a request raised: an exception of requests, urllib3 or the operating system, or one that an
            import raised.
        url: where the request was to go; empty where no setting of this machine has a say in that.
    """
    if isinstance(error, ImportError):
        missing = error.name or "a library"
        return ConfigurationError(
            [f"{missing} cannot be imported: install this package anew with pip, which brings it"]
        )
    faults = _faults(url) if url else []
    return ConfigurationError(faults) if faults else None


def routes_to(url: str, session: requests.Session) -> dict[str, Any]:
    """Return the proxies and certificates that the environment names, as requests' users expect.

    There is no proxy between this machine and itself: what is sent there in the clear goes nowhere else.
    """
    named = next((path for name in BUNDLES if (path := os.environ.get(name))), session.verify)
    proxies = {} if is_loopback(url) else _proxies(url)
    return {"proxies": {**session.proxies, **proxies}, "verify": named, "cert": session.cert}


def _faults(*urls: str) -> list[str]:
    """Return what is wrong on this machine for requests to these URLs."""
    secure = any(urlsplit(url).scheme == "https" for url in urls)
    faults = [*(_certificates() if secure else ()), *(fault for url in urls for fault in _proxy(url))]
    return list(dict.fromkeys(faults))


def _certificates() -> Iterator[str]:
    named = next((name for name in BUNDLES if os.environ.get(name)), None)
    brought = Path(DEFAULT_CA_BUNDLE_PATH)
    if named and (problem := _unusable(path := Path(os.environ[named]))):
        yield f"{named} names {path}, which {problem}: name a file of certificates to trust there, or unset it"
    elif not named and not brought.exists():
        yield f"the file of certificates to trust, {brought}, is not there: install certifi anew with pip"


def _unusable(path: Path) -> str | None:
    """Return what is wrong with a file or folder of certificates; ``None`` where nothing is."""
    try:
        if path.is_dir():
            filled = any(_HASHED.fullmatch(each.name) for each in path.iterdir())
            return None if filled else "is a folder without certificates"
        if path.exists() and not path.is_file():
            return "is no file that can be read time and again"
        authorities_of(str(path))
    except ssl.SSLError:
        return "holds no certificate"
    except FileNotFoundError:
        return "is not there"
    except (OSError, ValueError) as error:
        return f"cannot be read ({type(error).__name__})"
    return None


def _proxies(url: str) -> dict[str, Any]:
    """Return the proxies for a URL; requests looks at the whole environment time and again where it names none."""
    return get_environ_proxies(url) if getproxies() else {}


def _proxy(url: str) -> Iterator[str]:
    """Yield what requests finds wrong with the proxy of a URL, without its words, which may quote a password."""
    proxies = _proxies(url)
    proxy = select_proxy(url, proxies)
    if not proxy:
        return
    variable = _variable_of(url)
    try:
        adapter, request = HTTPAdapter(), requests.Request("GET", url).prepare()
        adapter.get_connection_with_tls_context(request, True, proxies)
        adapter.request_url(request, proxies)
    except InvalidSchema:
        yield (
            f"{variable} names a SOCKS proxy, which requests reaches through PySocks, which is not installed:"
            f" install PySocks with pip, or name an HTTP proxy such as {_PROXY}"
        )
    except (requests.RequestException, HTTPError, ValueError, AssertionError):
        yield (
            f"{variable} is not the address of a proxy, such as {_PROXY}: correct it, with special characters of"
            " a password written as % and their number, or unset it"
        )


def _variable_of(url: str) -> str:
    """Return the variable that names the proxy of a URL, as it is spelt."""
    for kind in (urlsplit(url).scheme, "all"):
        for name in (f"{kind}_proxy", f"{kind}_proxy".upper()):
            if os.environ.get(name):
                return name
    return "the proxy setting of this machine"
