"""An object store, reduced to five functions: list, get, create, put and delete.

``create`` is the one that a protocol can rest on: where many create an object at once, one does, on S3, Azure Blob,
Google Cloud Storage and in a folder alike. Nothing here updates an object that somebody may have changed meanwhile.
"""

import re
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import parse_qs, urlsplit

from integration.config.variables import environment
from integration.errors import ConfigurationError, OutputError
from integration.text.secret import Secret
from integration.text.visible import line

if TYPE_CHECKING:
    from obstore.store import ObjectStore as Obstore

_INSTALL = "pip install 'integration-microsoft-entra[fleet]'"
_SCHEMES = ("s3", "s3a", "az", "adl", "azure", "abfs", "abfss", "gs", "file")
_PATIENCE = timedelta(seconds=50)
"""For so long a store is tried that is down: less than a worker may go on without having renewed its claim."""
_RETRIES = 1_000
"""More than fit into that."""
_CONFLICTS, _PAUSE = 5, 0.1
"""How often an object is made that is said to be there and is not, and seconds before the second time."""
_REFUSED = re.compile(r"status code: 4(?!08|29)\d\d")
"""Said of what comes to nothing however often it is asked for: only 408 and 429 may pass."""
_SECRETS = re.compile(r"(AWS|AZURE|GOOGLE)_.*(KEY|SECRET|TOKEN|PASSWORD)")
"""Variables whose values a store, or its client, might repeat in what it says."""


class StoreSilent(OutputError):
    """The store did not answer, or said that it does not work at present."""


class Listed(NamedTuple):
    """An object: its path, when it was last written by the store's clock, and how long it is."""

    path: str
    modified: datetime
    size: int


class ObjectStore(Protocol):
    """What the states of tenants are kept in; paths have ``/`` between their parts."""

    def list(self, prefix: str) -> Iterator[Listed]:
        """Yield the objects whose paths begin with the parts of ``prefix``."""

    def get(self, path: str) -> bytes | None:
        """Return an object; ``None`` where there is none."""

    def create(self, path: str, data: bytes) -> bool:
        """Make an object, unless there is another one: tell whether that was so. ``data`` is the caller's alone."""

    def put(self, path: str, data: bytes) -> None:
        """Make or replace an object."""

    def delete(self, paths: Sequence[str]) -> None:
        """Remove objects, those among them that are there."""


class Bucket:
    """An object store by its URL.

    Args:
        url: ``s3://bucket/prefix``, ``az://container/prefix``, ``gs://bucket/prefix`` or ``file:///folder``; how to
            sign in comes from the environment, in the store's own variables.

    Raises:
        ConfigurationError: it is no such URL, or holds credentials, or what it needs is not installed.
        OutputError: its folder cannot be made.

    Each of its functions raises an ``OutputError`` where the store refuses, and ``StoreSilent`` where it does not work.
    """

    def __init__(self, url: str) -> None:
        if _holds_more(url):
            told = "the URL of a store holds neither a password nor a query: how to sign in comes from the environment"
            raise ConfigurationError([f"--state: {told}"])
        try:
            import obstore
            from obstore.store import from_url
        except ImportError:
            raise ConfigurationError([f"{url}: needs a package that is not installed: {_INSTALL}"]) from None
        self._obstore, self.url, self._secrets = obstore, url, list(_secrets())
        try:
            if urlsplit(url).scheme not in _SCHEMES:
                raise ValueError("it begins with none of " + ", ".join(f"{scheme}://" for scheme in _SCHEMES))
            options: dict[str, Any] = {"mkdir": True}
            if urlsplit(url).scheme != "file":
                options = {"retry_config": {"max_retries": _RETRIES, "retry_timeout": _PATIENCE}}
            self._store: Obstore = from_url(url, **options)
        except (ValueError, obstore.exceptions.BaseError) as error:
            raise ConfigurationError([f"--state {url}: {_said(error)}"]) from None
        except OSError as error:
            raise self._failed(error) from None

    def list(self, prefix: str) -> Iterator[Listed]:
        """Yield the objects whose paths begin with the parts of ``prefix``."""
        try:
            for page in self._obstore.list(self._store, prefix):
                for each in page:
                    yield Listed(each["path"], each["last_modified"], each["size"])
        except FileNotFoundError:
            return
        except self._faults as error:
            raise self._failed(error) from None

    def get(self, path: str) -> bytes | None:
        """Return an object; ``None`` where there is none."""
        try:
            return bytes(self._obstore.get(self._store, path).bytes())
        except FileNotFoundError:
            return None
        except self._faults as error:
            raise self._failed(error) from None

    def create(self, path: str, data: bytes) -> bool:
        """Make an object, unless there is another one: tell whether that was so. ``data`` is the caller's alone.

        Where the answer to a first try was lost, a second one finds what the first has made. S3 answers 409 also where
        another request for the object has not ended, which may have come to nothing.
        """
        for conflicts in range(_CONFLICTS):
            try:
                self._obstore.put(self._store, path, data, mode="create")
                return True
            except self._faults as error:
                found = self.get(path)
                if found == data:
                    return True
                if not isinstance(error, self._obstore.exceptions.AlreadyExistsError):
                    raise self._failed(error) from None
                if found is not None:
                    return False
            time.sleep(_PAUSE * 2**conflicts)
        raise StoreSilent(f"{self.url}: the store failed: it says that {path} is there, and does not have it")

    def put(self, path: str, data: bytes) -> None:
        """Make or replace an object."""
        try:
            self._obstore.put(self._store, path, data)
        except self._faults as error:
            raise self._failed(error) from None

    def delete(self, paths: Sequence[str]) -> None:
        """Remove objects, those among them that are there."""
        for path in paths:
            try:
                self._obstore.delete(self._store, path)
            except FileNotFoundError:
                continue
            except self._faults as error:
                raise self._failed(error) from None

    @property
    def _faults(self) -> tuple[type[Exception], ...]:
        return (self._obstore.exceptions.BaseError, OSError)

    def _failed(self, error: Exception) -> OutputError:
        said, is_generic = _said(error), isinstance(error, self._obstore.exceptions.GenericError)
        is_silent = is_generic and not self.url.startswith("file:") and not _REFUSED.search(said)
        return (StoreSilent if is_silent else OutputError)(f"{self.url}: the store failed: {said}")


def _holds_more(url: str) -> bool:
    """Tell whether a URL holds what may be a secret; one that is no URL at all is told by what opens it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.query or parts.fragment or parts.password)


def _secrets() -> Iterator[Secret]:
    """Yield what signs in to a store, as Azure's signature of a shared access signature also by itself."""
    for name, value in environment().items():
        if value and _SECRETS.fullmatch(name):
            yield from map(Secret, (value, *parse_qs(value.removeprefix("?")).get("sig", ())))


def _said(error: Exception) -> str:
    """Return the first line of an error: what follows is for who debugs the store's client."""
    return line(str(error).partition("\n")[0])
