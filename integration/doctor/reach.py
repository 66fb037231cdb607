"""Whether a host answers at all, and what is in the way where it does not."""

import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies, select_proxy

from integration.doctor.finding import Finding, ok, problem, warning
from integration.http.origin import parsed
from integration.http.patience import Patience

_TIMEOUT = 10.0
_SERVER_ERROR = 500
_TRUST = "where a proxy looks into TLS, name the certificates of its authority in REQUESTS_CA_BUNDLE"

BRIEFLY = Patience(deadline=15.0, attempts=2, timeout=(_TIMEOUT, _TIMEOUT))
"""How long something is tried that somebody waits for at a terminal."""


def reach(session: requests.Session, name: str, url: str, dates: dict[str, float]) -> Finding:
    """Ask a host for anything at all; note in ``dates`` by how many seconds this machine's clock is ahead of its."""
    host = urlsplit(url).netloc
    proxy = select_proxy(url, get_environ_proxies(url))
    way = f"{host} through the proxy {_place(proxy)}" if proxy else f"{host}, without a proxy"
    try:
        with session.get(url, timeout=_TIMEOUT, allow_redirects=False, stream=True) as answer:
            now = time.time()
    except requests.exceptions.ProxyError:
        return problem(name, f"{way}: the proxy does not let it through", "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY")
    except requests.exceptions.SSLError:
        return problem(name, f"{way}: its certificate is not trusted", _TRUST)
    except requests.exceptions.Timeout:
        return problem(name, f"{way}: no answer within {_TIMEOUT:.0f} s", _open(host))
    except (requests.exceptions.RequestException, OSError, ValueError) as error:
        unknown = "NameResolutionError" in repr(error)
        return problem(name, f"{way}: {'no host of that name' if unknown else 'no connection'}", _open(host))
    if answer.status_code >= _SERVER_ERROR:
        return problem(name, f"{way}: it answers HTTP {answer.status_code}", "wait, and ask again; see its status page")
    if date := answer.headers.get("Date"):
        try:
            dates[name] = now - parsedate_to_datetime(date).timestamp()
        except ValueError:
            return warning(name, f"{way}: its answer has no valid date", "check that the address is the right one")
    return ok(name, way)


def _open(host: str) -> str:
    return f"check the address, and let this machine reach {host}, or name the proxy in HTTPS_PROXY"


def _place(url: str) -> str:
    """Return host and port of a proxy, without its user and password."""
    return parsed(url).netloc or "that is set, whose address cannot be read"
