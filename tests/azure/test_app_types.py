"""Apps and containers, as awkward as tenants have them."""

import pytest

from integration.values import arm_key
from tests.azure.one_group import azure, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, part

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

SECRET = "planted-value-of-a-variable"
GROUP = "Microsoft.ContainerInstance/containerGroups"


@pytest.mark.parametrize(
    ("kind", "type"),
    [
        ("functionapp,linux", "azure_function_app"),
        ("FunctionApp", "azure_function_app"),
        ("app,linux,container", "azure_web_app"),
        ("", "azure_web_app"),
    ],
)
def test_the_kind_of_an_app_tells_whether_it_is_of_functions(place: Place, azure: Azure, kind: str, type: str) -> None:
    place.put("Microsoft.Web/sites", "app", {}, kind=kind)
    report = azure.run("azure_web_app", "azure_function_app")
    assert verdicts(report) == {"complete"}
    assert {name: report.of(name).count for name in ("azure_web_app", "azure_function_app")} == {
        "azure_web_app": int(type == "azure_web_app"),
        "azure_function_app": int(type == "azure_function_app"),
    }


def test_a_container_names_its_variables_and_not_their_values(place: Place, azure: Azure) -> None:
    variables = [{"name": "PASSWORD", "value": SECRET}, {"name": "TOKEN", "secureValue": None}]
    probe = {"exec": {"command": ["check", SECRET]}}
    secrets = {"environmentVariables": variables, "command": ["run", SECRET], "livenessProbe": probe}
    share = {"shareName": "s", "storageAccountName": "a", "storageAccountKey": SECRET}
    volumes = [{"name": "Files", "azureFile": share}, {"name": "keys", "secret": {"key": SECRET}}]
    container = part("/containers/one", {**secrets, "volumeMounts": [{"name": "files"}, {"name": "files"}]})
    group = place.put(GROUP, "Group", {"containers": [container], "volumes": volumes}).lower()
    report = azure.run("azure.container_group")
    assert verdicts(report) == {"complete"}
    assert entities("azure_container")["one"]["environmentVariableNames"] == ["PASSWORD", "TOKEN"]
    assert {name: found.get("kind") for name, found in entities("azure_container_volume").items()} == {
        "Files": "azureFile",
        "keys": "secret",
    }
    assert (f"{group}/containers/one", f"{group}/volumes/files") in edges()
    told = [entities(type) for type in ("azure_container_group", "azure_container", "azure_container_volume")]
    assert SECRET not in str(told)


def test_a_task_of_a_registry_names_repositories_and_nothing_that_opens_them(place: Place, azure: Azure) -> None:
    access = {"sourceControlAuthProperties": {"token": SECRET, "refreshToken": SECRET}}
    addresses = [
        f"https://build:{SECRET}@git.example/shop/web.git?key={SECRET}",
        "https://git.example/shop/web.git",
        None,
    ]
    repositories = [{"sourceRepository": {"repositoryUrl": each, **access}} for each in addresses]
    task = {
        "status": "Disabled",
        "step": {"type": "EncodedTask", "contextAccessToken": SECRET, "encodedTaskContent": SECRET,
                 "contextPath": f"https://{SECRET}@git.example/", "values": [{"name": "KEY", "value": SECRET}]},
        "credentials": {"customRegistries": {"other.example": {"password": {"value": SECRET}}}},
        "trigger": {"sourceTriggers": [*repositories, {}], "timerTriggers": None},
    }  # fmt: skip
    identity = place.of("Microsoft.ManagedIdentity/userAssignedIdentities", "builder")
    place.put("Microsoft.ManagedIdentity/userAssignedIdentities", "builder", {})
    registry = place.put("Microsoft.ContainerRegistry/registries", "crweb", {})
    held = {"type": "UserAssigned", "userAssignedIdentities": {identity.upper(): {}}}
    built = place.put("Microsoft.ContainerRegistry/registries/tasks", "crweb/build", task, identity=held)
    types = "azure_container_registry_has_task", "azure_resource_uses_user_assigned_identity"
    assert verdicts(azure.run(*types), types) == {"complete"}
    found = entities("azure_container_registry_task")["build"]
    assert (found["active"], found["stepType"], len(found["sourceRepositoryUrls"])) == (False, "EncodedTask", 2)
    assert "https://git.example/shop/web.git" in found["sourceRepositoryUrls"]
    assert SECRET not in str(found)
    assert edges() == {(arm_key(registry), arm_key(built)), (arm_key(built), arm_key(identity))}
