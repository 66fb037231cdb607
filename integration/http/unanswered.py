"""Why a host was not reached, where what a library raised tells: a certificate, a proxy, or no TLS at all.

Sources: OpenSSL, X509_STORE_CTX_get_error; RFC 9110, section 15.5.8; http.client, tunnels.
"""

import re
import ssl
from collections.abc import Iterator

_CLOCK = "which is not valid at the time that the clock of this machine shows: set that, or have it renewed"
_OTHER = "which is another host's: check the address and the proxy"
_UNKNOWN = (
    "which nobody signed whom this machine trusts: where a proxy signs anew, name a file with its authority in"
    " REQUESTS_CA_BUNDLE"
)
_CERTIFICATES = {9: _CLOCK, 10: _CLOCK, 18: _UNKNOWN, 19: _UNKNOWN, 20: _UNKNOWN, 21: _UNKNOWN, 62: _OTHER, 64: _OTHER}
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"})
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")
_ASKS = 407
_SERVER_ERROR = 500
_MOST = 20


def reason_of(error: BaseException) -> str:
    """Return what an exception of requests tells beyond its kind, in words of this package alone; or nothing."""
    for each in _causes(error):
        if isinstance(each, ssl.SSLCertVerificationError):
            return f"it shows a certificate {_CERTIFICATES.get(each.verify_code, 'which is not taken')}"
        if isinstance(each, ssl.SSLError) and getattr(each, "reason", None) in _NO_TLS:
            return "it speaks no TLS there: check the address with its port"
        if (status := _tunnel(each)) == _ASKS:
            return "the proxy asks for a name and a password (HTTP 407): give them in its address, in HTTPS_PROXY"
        if status:
            return f"the proxy leads nowhere (HTTP {status})"
    return ""


def may_pass(error: BaseException) -> bool:
    """Tell whether what an exception stands for may be over in a moment: no certificate is another one then."""
    causes = [*_causes(error)]
    tunnels = [status for each in causes if (status := _tunnel(each))]
    is_tls = any(isinstance(each, ssl.SSLError) and not isinstance(each, ssl.SSLEOFError) for each in causes)
    return not is_tls and all(status >= _SERVER_ERROR for status in tunnels)


def _tunnel(error: BaseException) -> int:
    """Return the status with which a proxy refused to lead on; zero where none did."""
    found = _TUNNEL.search(str(error)) if type(error) is OSError else None
    return int(found[1]) if found else 0


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and those that led to it, which urllib3 and requests hold in one another."""
    todo, seen = [error], set[int]()
    while todo and len(seen) < _MOST:
        each = todo.pop()
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            held = (*each.args, getattr(each, "reason", None), each.__cause__, each.__context__)
            todo += [other for other in held if isinstance(other, BaseException)]
