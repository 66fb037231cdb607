"""Which authorities a connection trusts, read once: parsing a bundle of all of them takes longer than a handshake."""

import ssl
import threading
from pathlib import Path

from urllib3.connection import HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

_known: dict[tuple[str, int, int], ssl.SSLContext] = {}
_lock = threading.Lock()


def share_trust(connection: HTTPSConnection) -> None:
    """Have a connection use what an earlier one has read of the same file of authorities, as long as that is the same.

    One that shows a certificate of its own, trusts a folder or goes through a proxy that speaks TLS is left alone, and
    so is one whose file cannot be read: it says so itself.
    """
    file = connection.ca_certs
    through_tls = connection.proxy is not None and connection.proxy.scheme == "https"
    if connection.ssl_context or connection.cert_file or connection.ca_cert_dir or through_tls or not file:
        return
    if connection.cert_reqs not in ("CERT_REQUIRED", ssl.CERT_REQUIRED):
        return
    try:
        context = authorities_of(file)
    except (OSError, ssl.SSLError):
        return
    connection.ssl_context, connection.ca_certs = context, None


def authorities_of(file: str) -> ssl.SSLContext:
    """Return what trusts the authorities of a file as it is now.

    Raises:
        OSError: it cannot be read.
        ssl.SSLError: it holds no certificate.
    """
    about = Path(file).stat()
    key = (file, about.st_mtime_ns, about.st_size)
    with _lock:
        if key not in _known:
            context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
            context.load_verify_locations(file)
            _known[key] = context
        return _known[key]
