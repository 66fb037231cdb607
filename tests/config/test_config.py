"""Settings come from an event, or from variables and flags; what is wrong with them is said all at once."""

import json
from pathlib import Path
from typing import Any

import pytest

from integration import ConfigurationError, Replay, handle
from integration.config.settings import Config, from_environment, from_event
from tests.support import ROOT

GRAPH = "https://graph.microsoft.com"
AUTHORITY = "https://login.microsoftonline.com"

NAMES = {
    "client_id": ["AZURE_CLOUD_LOCAL_EXECUTION_CLIENT_ID", "AZURE_CLIENT_ID", "CLIENT_ID"],
    "directory_id": ["AZURE_CLOUD_LOCAL_EXECUTION_DIRECTORY_ID", "AZURE_TENANT_ID", "DIRECTORY_ID"],
    "client_secret": ["AZURE_CLOUD_LOCAL_EXECUTION_CLIENT_SECRET", "AZURE_CLIENT_SECRET", "CLIENT_SECRET"],
    "access_token": ["INTEGRATION_ACCESS_TOKEN"],
    "graph_url": ["INTEGRATION_GRAPH_URL"],
    "authority": ["INTEGRATION_AUTHORITY"],
    "instance_id": ["INTEGRATION_INSTANCE_ID"],
    "instance_name": ["INTEGRATION_INSTANCE_NAME"],
}
"""The variables that make each attribute of the settings, the one that wins first."""
RANKED = [(attribute, name, rank) for attribute, names in NAMES.items() for rank, name in enumerate(names)]
SIGN_IN = {"CLIENT_ID": "some-client", "DIRECTORY_ID": "some-tenant", "CLIENT_SECRET": "some-secret"}
PLAIN = {"clientId": "client", "directoryId": "tenant", "clientSecret": "secret"}


def value_for(attribute: str, name: str) -> str:
    return (
        f"https://{name.lower().replace('_', '-')}.example" if attribute in ("graph_url", "authority") else name.lower()
    )


def given(config: Config, attribute: str) -> Any:
    value = getattr(config, attribute)
    return value.reveal() if attribute in ("client_secret", "access_token") else value


def event(**config: Any) -> dict[str, Any]:
    return {"instance": {"config": {**PLAIN, **config}}}


def faults(wrong: object) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        from_event(wrong)
    assert all(fault in str(caught.value) for fault in caught.value.faults)
    return caught.value.faults


@pytest.mark.parametrize(("attribute", "name", "rank"), RANKED, ids=[name for _, name, _ in RANKED])
def test_a_variable_is_found_and_wins_over_all_that_follow_it(attribute: str, name: str, rank: int) -> None:
    later = {name: value_for(attribute, name) for name in NAMES[attribute][rank:]}
    others = {name: value for name, value in SIGN_IN.items() if name not in NAMES[attribute]}
    config = from_environment({**others, **later})
    assert given(config, attribute) == value_for(attribute, name)


def test_a_variable_that_is_empty_is_not_set() -> None:
    environment = {**SIGN_IN, "AZURE_CLIENT_ID": "", "INTEGRATION_GRAPH_URL": "", "INTEGRATION_INSTANCE_ID": ""}
    config = from_environment(environment)
    assert (config.client_id, config.graph_url, config.instance_id) == ("some-client", GRAPH, None)


def test_nothing_but_the_credentials_is_needed() -> None:
    config = from_environment(SIGN_IN)
    assert (config.graph_url, config.authority) == (GRAPH, AUTHORITY)
    assert (config.only, config.skip, config.to, config.strict, config.raw_data) == ((), (), (), False, False)
    assert config.access_token.reveal() == ""


def test_a_token_makes_the_other_credentials_needless() -> None:
    assert from_environment({"INTEGRATION_ACCESS_TOKEN": "some-token"}).access_token.reveal() == "some-token"


def test_all_that_is_missing_is_reported_together_with_the_variables_to_set() -> None:
    with pytest.raises(ConfigurationError) as caught:
        from_environment({})
    message = str(caught.value)
    assert len(caught.value.faults) == 3
    for attribute in ("client_id", "directory_id", "client_secret"):
        assert " or ".join(NAMES[attribute]) in message
    assert "INTEGRATION_ACCESS_TOKEN" in message
    with pytest.raises(ConfigurationError) as caught:
        from_environment({"AZURE_CLIENT_ID": "some-client", "CLIENT_SECRET": "some-secret"})
    (fault,) = caught.value.faults
    assert fault.startswith("directoryId is missing: set ")


def test_flags_win_over_variables() -> None:
    environment = {
        **SIGN_IN,
        "INTEGRATION_GRAPH_URL": "https://one.example",
        "INTEGRATION_AUTHORITY": "https://sign.example",
    }
    flags = {"graphUrl": "https://two.example", "only": ("azure_user",), "to": ("files:a", "files:b"), "strict": True}
    config = from_environment(environment, flags)
    assert (config.graph_url, config.authority) == ("https://two.example", "https://sign.example")
    assert (config.only, config.to, config.strict) == (("azure_user",), ("files:a", "files:b"), True)


def test_an_event_and_the_variables_make_the_same_settings() -> None:
    instance = {"id": "instance-1", "name": "Contoso", "config": {**PLAIN, "graphUrl": "https://graph.example"}}
    environment = {
        "INTEGRATION_INSTANCE_ID": "instance-1", "INTEGRATION_INSTANCE_NAME": "Contoso", "CLIENT_ID": "client",
        "DIRECTORY_ID": "tenant", "CLIENT_SECRET": "secret", "INTEGRATION_GRAPH_URL": "https://graph.example",
    }  # fmt: skip
    one, other = from_event({"instance": instance}), from_environment(environment)
    assert [given(one, attribute) for attribute in NAMES] == [given(other, attribute) for attribute in NAMES]
    assert repr(one) == repr(other)


def test_every_setting_of_an_event_is_used() -> None:
    lists = {"only": ["azure_user"], "skip": ["azure_account"], "to": ["files:out"]}
    config = from_event(event(**lists, strict=True, rawData=True, accessToken="token", authority=f"{AUTHORITY}/"))
    assert (config.only, config.skip, config.to) == (("azure_user",), ("azure_account",), ("files:out",))
    assert (config.strict, config.raw_data) == (True, True)
    assert (config.access_token.reveal(), config.authority) == ("token", AUTHORITY)


@pytest.mark.parametrize("written", ["{0}", "{0}/", "{0}/v1.0", "{0}/v1.0/"])
def test_a_graph_root_may_be_written_with_its_version(written: str) -> None:
    assert from_event(event(graphUrl=written.format("https://graph.example"))).graph_url == "https://graph.example"


def test_every_fault_of_an_event_is_reported_at_once_and_no_value() -> None:
    wrong = {
        "instance": {
            "id": 4711,
            "name": "",
            "colour": "value-of-colour",
            "config": {
                "clientId": 4712,
                "clientSecret": "value-of-secret",
                "only": "value-of-only",
                "to": ["files:a", 4713],
                "strict": "value-of-strict",
                "graphUrl": "http://value-of-graph.example",
                "size": "value-of-size",
            },
        },
        "version": "value-of-version",
    }
    found = faults(wrong)
    expected = {
        "the event": "unknown: version",
        "instance": "unknown: colour",
        "instance.id": "expected string",
        "instance.name": "must not be empty",
        "instance.config.clientId": "expected string",
        "instance.config.only": "expected array",
        "instance.config.to.1": "expected string",
        "instance.config.strict": "expected boolean",
    }
    for place, problem in expected.items():
        assert f"{place}: {problem}" in found
    inside = [fault for fault in found if fault.startswith("instance.config: ")]
    for words in ("unknown: size", "directoryId is missing", "graphUrl must begin with https://"):
        assert any(words in fault for fault in inside)
    assert len(found) == len(set(found)) == len(expected) + 3
    assert "AZURE" not in "\n".join(found)
    assert "value-of" not in "\n".join(found)
    assert "471" not in "\n".join(found)


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (None, ["the event: expected object"]),
        ([], ["the event: expected object"]),
        ("secret", ["the event: expected object"]),
        ({}, ["the event: missing: instance"]),
        ({"instance": None}, ["instance: expected object"]),
        ({"instance": {}}, ["instance: missing: config"]),
        ({"instance": {"config": []}}, ["instance.config: expected object"]),
        (event(clientSecret=["secret"]), ["instance.config.clientSecret: expected string"]),
        (event(accessToken=True), ["instance.config.accessToken: expected string"]),
    ],
    ids=str,
)
def test_what_is_no_event_is_said_to_be_none(wrong: object, expected: list[str]) -> None:
    assert faults(wrong) == expected


def test_credentials_are_neither_needed_nor_kept_where_answers_are_recorded() -> None:
    bare = from_event({"instance": {"id": "instance-1", "config": {"only": ["azure_user"]}}}, offline=True)
    assert (bare.instance_id, bare.only) == ("instance-1", ("azure_user",))
    for config in (
        from_event(event(graphUrl="https://graph.example"), offline=True),
        from_environment(SIGN_IN, offline=True),
    ):
        assert (config.client_id, config.client_secret.reveal(), config.graph_url) == ("", "", GRAPH)


def test_an_event_can_be_played_from_a_recording() -> None:
    cassette = ROOT / "tests" / "cassettes" / "entra" / "account.yaml"
    config = {"only": ["azure_account"]}
    played = handle({"instance": {"id": "instance-1", "name": "Contoso", "config": config}}, tape=Replay(cassette))
    assert [(result.type, result.verdict, result.count) for result in played.results] == [
        ("azure_account", "complete", 1)
    ]
    assert json.loads(Path(".integration/summary.json").read_text())["integrationStepResults"][0]["count"] == 1
