"""Settings from variables, flags and events: the same checks, wherever they come from."""

import pytest

from integration import ConfigurationError
from integration.config.clouds import CLOUDS
from integration.config.settings import from_environment, from_event

TENANT = "11111111-2222-4333-8444-555555555555"
CLIENT = "99999999-8888-4777-8666-555555555555"
PASSWORD = "p4ss"


def test_variables_of_azure_identity_are_understood() -> None:
    names = {
        "AZURE_CLIENT_ID": CLIENT,
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_CERTIFICATE_PATH": "app.pfx",
        "AZURE_CLIENT_CERTIFICATE_PASSWORD": PASSWORD,
        "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN": "True",
        "AZURE_FEDERATED_TOKEN_FILE": "federated",
        "AZURE_AUTHORITY_HOST": "login.microsoftonline.us",
        "INTEGRATION_CLOUD": "usgov",
    }
    config = from_environment(names)
    assert (config.client_id, config.directory_id, config.certificate_path) == (CLIENT, TENANT, "app.pfx")
    assert config.certificate_password.reveal() == PASSWORD
    assert (config.send_certificate_chain, config.federated_token_file) == (True, "federated")
    assert config.authority == "https://login.microsoftonline.us"
    own = from_environment({**names, "INTEGRATION_AUTHORITY": "https://login.contoso.example/"})
    assert own.authority == "https://login.contoso.example"
    assert PASSWORD not in repr(config)


@pytest.mark.parametrize("cloud", sorted(CLOUDS))
def test_a_cloud_sets_graph_and_authority_unless_they_are_named(cloud: str) -> None:
    token = {"INTEGRATION_ACCESS_TOKEN": "t"}
    expected = (CLOUDS[cloud].graph, CLOUDS[cloud].authority)
    from_variable = from_environment({**token, "INTEGRATION_CLOUD": cloud})
    from_flag = from_environment({**token, "INTEGRATION_CLOUD": "global"}, {"cloud": cloud})
    in_event = from_event({"instance": {"config": {"accessToken": "t", "cloud": cloud}}})
    assert {(config.graph_url, config.authority) for config in (from_variable, from_flag, in_event)} == {expected}
    named = from_environment(token, {"cloud": cloud, "graphUrl": "https://graph.contoso.example/v1.0/"})
    assert (named.graph_url, named.authority) == ("https://graph.contoso.example", expected[1])


def test_all_that_is_missing_is_named_with_what_would_do_instead() -> None:
    with pytest.raises(ConfigurationError) as caught:
        from_environment({})
    client, directory, secret = caught.value.faults
    assert client.startswith("clientId is missing: set ")
    assert directory.startswith("directoryId is missing: set ")
    for name in (
        "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE",
        "INTEGRATION_MANAGED_IDENTITY", "INTEGRATION_ACCESS_TOKEN",
    ):  # fmt: skip
        assert name in secret
    with pytest.raises(ConfigurationError) as caught:
        from_event({"instance": {"config": {}}})
    assert len(caught.value.faults) == 3
    assert "federatedTokenFile" in caught.value.faults[2]
    with pytest.raises(ConfigurationError) as caught:
        from_environment({"AZURE_FEDERATED_TOKEN_FILE": "federated"})
    assert [fault.split()[0] for fault in caught.value.faults] == ["clientId", "directoryId"]
    assert from_environment({"INTEGRATION_MANAGED_IDENTITY": "true"}).managed_identity
    with pytest.raises(ConfigurationError):
        from_environment({"INTEGRATION_MANAGED_IDENTITY": "false"})


def test_numbers_and_switches_are_checked_alike_wherever_they_come_from() -> None:
    token = {"INTEGRATION_ACCESS_TOKEN": "t"}
    config = from_environment({**token, "INTEGRATION_IN_FLIGHT": "32", "INTEGRATION_FULL_EVERY": "0.5"})
    assert (config.in_flight, config.full_every, config.fresh) == (32, 0.5, False)
    event = {"accessToken": "t", "inFlight": 64, "fullEvery": 1, "fresh": True}
    config = from_event({"instance": {"config": event}})
    assert (config.in_flight, config.full_every, config.fresh) == (64, 1.0, True)
    wrong = {"INTEGRATION_IN_FLIGHT": "65", "INTEGRATION_FULL_EVERY": "often", "INTEGRATION_CLOUD": "mars"}
    with pytest.raises(ConfigurationError) as caught:
        from_environment({**token, **wrong})
    assert {fault.partition(")")[0].partition("(")[2] for fault in caught.value.faults} == set(wrong)
    assert "mars" not in str(caught.value)
    with pytest.raises(ConfigurationError) as caught:
        from_event({"instance": {"config": {"accessToken": "t", "inFlight": 0, "fullEvery": 0, "cloud": "mars"}}})
    assert len(caught.value.faults) == 3


def test_recorded_answers_need_no_credentials_and_keep_none() -> None:
    event = {"instance": {"config": {"clientSecret": "s3cret", "graphUrl": "https://graph.contoso.example"}}}
    config = from_event(event, offline=True)
    assert (bool(config.client_secret), config.graph_url) == (False, CLOUDS["global"].graph)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("INTEGRATION_IN_FLIHGT", "INTEGRATION_IN_FLIGHT"),
        ("INTEGRATION_INFLIGHT", "INTEGRATION_IN_FLIGHT"),
        ("INTEGRATION_FULL_EVRY", "INTEGRATION_FULL_EVERY"),
        ("INTEGRATION_LOGLEVEL", "INTEGRATION_LOG_LEVEL"),
        ("INTEGRATION_AZURE_ACCES_TOKEN", "INTEGRATION_AZURE_ACCESS_TOKEN"),
    ],
)
def test_a_misspelt_variable_is_warned_of_with_the_nearest_name_and_without_its_value(
    name: str, meant: str, caplog: pytest.LogCaptureFixture
) -> None:
    from_environment({"INTEGRATION_ACCESS_TOKEN": "t", name: PASSWORD})
    expected = f"the variable {name} is not known, and has no effect (did you mean {meant}?)"
    assert [record.getMessage() for record in caplog.records] == [expected]


@pytest.mark.parametrize(
    "name", ["INTEGRATION_TESTS", "INTEGRATION_ID", "INTEGRATION_DATABASE_URL", "INTEGRATION_", "MY_IN_FLIHGT"]
)
def test_what_may_be_a_variable_of_another_program_is_not_spoken_of(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    from_environment({"INTEGRATION_ACCESS_TOKEN": "t", name: "4"})
    assert not caplog.records
