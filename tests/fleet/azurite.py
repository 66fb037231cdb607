"""A container of blobs on this machine, of Azurite, which Microsoft publishes to test with in place of Azure Storage.

It is Node's: ``npm install --global azurite``. Where it is not installed, what needs it is skipped.
"""

import hmac
import os
import re
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import formatdate

import requests

CONTAINER = "fleet"
INSTALLED = shutil.which("azurite-blob")
_ACCOUNT, _KEY = "contoso", b"made up for tests"
_LISTENS = re.compile(r"successfully listens on (http://127\.0\.0\.1:\d+)")
_VERSION = "2024-11-04"


@contextmanager
def served() -> Iterator[Mapping[str, str]]:
    """Serve a container, and give the variables by which a store's client finds it."""
    assert INSTALLED
    process = subprocess.Popen(
        [INSTALLED, "--blobHost", "127.0.0.1", "--blobPort", "0", "--inMemoryPersistence", "--skipApiVersionCheck"],
        env={**os.environ, "AZURITE_ACCOUNTS": f"{_ACCOUNT}:{b64encode(_KEY).decode()}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout
        url = f"{next(found[1] for line in process.stdout if (found := _LISTENS.search(line)))}/{_ACCOUNT}"
        _make_container(url)
        yield {
            "AZURE_STORAGE_ACCOUNT_NAME": _ACCOUNT,
            "AZURE_STORAGE_ACCOUNT_KEY": b64encode(_KEY).decode(),
            "AZURE_STORAGE_ENDPOINT": url,
            "AZURE_ALLOW_HTTP": "true",
        }
    finally:
        process.kill()
        process.communicate()


def _make_container(url: str) -> None:
    """Make the container; signed as "Authorize with Shared Key" of the Blob service's REST API has it."""
    told = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": _VERSION}
    headers = "".join(f"{name}:{value}\n" for name, value in told.items())
    empty = "\n" * 12
    signed = f"PUT{empty}{headers}/{_ACCOUNT}/{_ACCOUNT}/{CONTAINER}\nrestype:container"
    signature = b64encode(hmac.digest(_KEY, signed.encode(), "sha256")).decode()
    answer = requests.put(
        f"{url}/{CONTAINER}?restype=container",
        headers={**told, "Authorization": f"SharedKey {_ACCOUNT}:{signature}"},
        timeout=120,
    )
    assert answer.status_code == 201, answer.text
