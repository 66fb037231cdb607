"""Where a run may send a token: https, and plain http on this machine alone."""

from typing import Any

import pytest

from integration import ConfigurationError
from integration.config.settings import from_environment, from_event

SIGN_IN = {"CLIENT_ID": "client", "DIRECTORY_ID": "tenant", "CLIENT_SECRET": "secret"}


def event(**config: str) -> dict[str, Any]:
    return {"instance": {"config": {"clientId": "client", "directoryId": "tenant", "clientSecret": "secret", **config}}}


def fault(**config: str) -> str:
    """Return the only fault of an event."""
    with pytest.raises(ConfigurationError) as caught:
        from_event(event(**config))
    (found,) = caught.value.faults
    return found


@pytest.mark.parametrize(
    ("setting", "url"),
    [
        ("graphUrl", "http://127.0.0.1"),
        ("graphUrl", "http://127.0.0.1:8080"),
        ("graphUrl", "http://localhost:8080"),
        ("graphUrl", "http://LOCALHOST:8080"),
        ("graphUrl", "http://[::1]:8080"),
        ("graphUrl", "https://contoso.example"),
        ("authority", "https://127.0.0.1:8443"),
        ("authority", "https://contoso.example"),
    ],
)
def test_a_url_is_taken(setting: str, url: str) -> None:
    config = from_event(event(**{setting: url}))
    assert url in (config.graph_url, config.authority)
    variable = {"graphUrl": "INTEGRATION_GRAPH_URL", "authority": "INTEGRATION_AUTHORITY"}[setting]
    config = from_environment({**SIGN_IN, variable: url})
    assert url in (config.graph_url, config.authority)


@pytest.mark.parametrize("setting", ["graphUrl", "authority"])
@pytest.mark.parametrize(
    "url",
    [
        "http://contoso.example",
        "http://localhost.contoso.example",
        "http://127.0.0.1.contoso.example",
        "http://127.0.0.1@contoso.example",
        "http://0.0.0.0",
        "http://[::2]",
        "https://client:value-of-secret@contoso.example",
        "https://contoso.example/?token=value-of-secret",
        "https://",
        "https://[",
        "https://contoso.example:value-of-secret",
        "https://contoso.example:99999",
        "contoso.example",
        "ftp://contoso.example",
        "file:///contoso",
    ],
)
def test_a_url_is_refused_by_the_name_of_its_setting(setting: str, url: str) -> None:
    found = fault(**{setting: url})
    assert found.startswith(f"instance.config: {setting} ")
    assert "value-of-secret" not in found
    variable = {"graphUrl": "INTEGRATION_GRAPH_URL", "authority": "INTEGRATION_AUTHORITY"}[setting]
    with pytest.raises(ConfigurationError, match=setting):
        from_environment({**SIGN_IN, variable: url})


def test_an_authority_signs_in_over_https_alone() -> None:
    assert "authority must begin with https://" in fault(authority="http://127.0.0.1:8080")
