"""``integration new`` begins a type from what Graph says of its objects."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from integration import load
from integration.commands.group import main
from integration.scaffold.catalogue import known_paths, type_at
from integration.testing import GraphServer, run_steps
from tests.support import ROOT


@pytest.fixture
def project() -> Path:
    for name in ("steps", "schemas"):
        Path(name).mkdir()
    return Path.cwd()


def new(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["new", *arguments])


@pytest.mark.parametrize(
    ("path", "name", "permission"),
    [
        ("/devices", "device", "Device.Read.All"),
        ("/servicePrincipals", "servicePrincipal", "Application.Read.All"),
        ("/identity/conditionalAccess/policies", "conditionalAccessPolicy", "Policy.Read.All"),
        ("/identity/conditionalAccess/namedLocations", "namedLocation", "Policy.Read.All"),
        ("/directory/administrativeUnits", "administrativeUnit", "AdministrativeUnit.Read.All"),
        ("/contacts", "orgContact", "OrgContact.Read.All"),
        ("/groups/", "group", "GroupMember.Read.All"),
        ("/rolemanagement/directory/roleAssignments", "unifiedRoleAssignment", "RoleManagement.Read.Directory"),
        ("/identityGovernance/accessReviews/definitions", "accessReviewScheduleDefinition", "AccessReview.Read.All"),
    ],
)
def test_the_objects_of_a_path_are_known(path: str, name: str, permission: str) -> None:
    found = type_at(path)
    assert (found.name, found.permission) == (name, permission)
    assert found.properties["id"] == "String"


@pytest.mark.usefixtures("project")
def test_module_and_schema_are_written_and_what_is_left_is_said() -> None:
    done = new("azure_device", "--path", "/devices", "--area", "entra")
    assert done.exit_code == 0, done.output
    assert "integration record azure_device" in done.output
    assert "alternativeSecurityIds" in done.output
    assert "JupiterOne asks a Device for category, make, model, serial, deviceId, lastSeenOn: " in done.output
    module = Path("steps/entra/device.py").read_text()
    assert '@entity_step("Device", permissions=["Device.Read.All"], per_row=True)\ndef azure_device(' in module
    schema = json.loads(Path("schemas/entra/azure_device.json").read_text())
    assert schema["properties"]["registrationOn"] == {
        "type": "integer",
        "x-from": "registrationDateTime",
        "x-unit": "epoch milliseconds",
        "description": "Registration: when that was.",
    }
    assert schema["properties"]["physicalIds"]["x-from"] == "physicalIds[]"


@pytest.mark.usefixtures("project")
def test_a_type_of_an_area_that_has_a_made_up_tenant_is_recorded_from_that() -> None:
    Path("tests").mkdir()
    Path("tests/record_demo.py").touch()
    assert "python -m tests.record_demo" in new("azure_device", "--path", "/devices", "--area", "entra").output
    assert "integration record azure_contact" in new("azure_contact", "--path", "/contacts").output


@pytest.mark.usefixtures("project")
def test_one_object_is_got_and_a_collection_listed_as_microsoft_writes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = {"acme_rule": "/policies/authorizationPolicy", "acme_person": "/Users"}
    for type, path in paths.items():
        assert new(type, "--path", path).exit_code == 0
    rule, person = (Path(f"steps/{type}.py").read_text() for type in paths)
    assert 'policy = ctx.graph.get("/policies/authorizationPolicy", also=["displayName"])\n    yield Entity(' in rule
    assert "per_row" not in rule
    assert 'in ctx.graph.list("/users", also=["displayName"]):\n        yield Entity(' in person
    monkeypatch.syspath_prepend("steps")
    with GraphServer() as graph:
        graph.put("/policies/authorizationPolicy", {"id": "authorization", "displayName": "Who may what"})
        graph.add("/users", {"id": "user-1", "displayName": "Ada"})
        manager = load(*(getattr(importlib.import_module(type), type) for type in paths))
        ran = run_steps(*paths, source=graph, out=Path("out"), manager=manager)
    assert {type: ran.records[type][0]["name"] for type in paths} == {"acme_rule": "Who may what", "acme_person": "Ada"}


@pytest.mark.usefixtures("project")
def test_nothing_that_may_be_a_secret_is_taken() -> None:
    assert new("azure_application", "--path", "/applications").exit_code == 0
    schema = Path("schemas/azure_application.json").read_text()
    assert "Credentials" not in schema
    assert "secret" not in schema.lower()


@pytest.mark.usefixtures("project")
def test_what_is_there_is_not_overwritten() -> None:
    assert new("azure_device", "--path", "/devices").exit_code == 0
    Path("steps/azure_device.py").write_text("# mine\n")
    done = new("azure_device", "--path", "/devices")
    assert (done.exit_code, Path("steps/azure_device.py").read_text()) == (2, "# mine\n")
    assert "is there already" in done.output
    elsewhere = new("azure_device", "--path", "/devices", "--area", "entra")
    assert "schemas/azure_device.json is there already: choose another name" in elsewhere.output
    assert not Path("steps/entra").exists()


@pytest.mark.usefixtures("project")
def test_what_is_not_known_may_be_written_by_hand() -> None:
    near, other = new("acme_user", "--path", "/userz").output, new("acme_post", "--path", "/engage/communities").output
    assert "is known for its objects (did you mean /users?); integration new --paths lists what is known; where" in near
    assert "is known for its objects; integration new --paths lists what is known; where the path is right, wr" in other
    for path in ("/places", "/identity/customAuthenticationExtensions"):
        assert "did you mean" not in new("acme_place", "--path", path).output
    by_its_end = new("acme_role", "--path", "/roleManagement/roleAssigments").output
    assert "(did you mean /roleManagement/directory/roleAssignments?)" in by_its_end


@pytest.mark.usefixtures("project")
def test_a_module_that_is_begun_needs_no_mending_of_its_form() -> None:
    for number, path in enumerate(known_paths()):
        assert new(f"acme_kind{number}", "--path", path).exit_code == 0
    for tool in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *tool, "--config", str(ROOT / "pyproject.toml"), "steps"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("path", "steps"), [("/devices", 6), ("/groups", 5), ("/directory/customSecurityAttributeDefinitions", 4)]
)
@pytest.mark.usefixtures("project")
def test_what_is_left_is_counted_without_a_gap_and_says_how_the_type_is_tested(path: str, steps: int) -> None:
    lines = new("acme_thing", "--path", path).output.splitlines()
    numbers = [int(line.split(".")[0]) for line in lines if line.startswith("  ")]
    assert numbers == list(range(1, steps + 1))
    assert 'check_step("acme_thing") of integration.testing' in lines[-1]
    contract = Path("tests/testing/test_contract.py")
    contract.parent.mkdir(parents=True)
    contract.touch()
    here = new("acme_other", "--path", path).output
    assert 'make test ARGS="tests/testing/test_contract.py -k acme_other"' in here
    assert "make docs" in here


def test_the_paths_that_are_known_are_listed_with_their_permission() -> None:
    done = new("--paths")
    lines = done.output.splitlines()
    assert done.exit_code == 0
    assert "/identity/conditionalAccess/namedLocations: Policy.Read.All" in lines
    assert lines == sorted(lines)
    for line in lines:
        path, _, permission = line.partition(": ")
        found = type_at(path)
        assert (found.permission, found.properties["id"]) == (permission, "String")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["azure_device", "--path", "/devicse"], "no type of Microsoft Graph v1.0 is known"),
        (["azure_map", "--path", "Microsoft.Maps/accounts"], "a type of Azure's resources, not a collection of Graph"),
        (["Device", "--path", "/devices"], "write it as vendor_resource"),
        (["azure_device"], "--path"),
        (["azure_device", "--path", "/users/{id}/devices"], "write a step with ctx.graph.related by hand"),
        (["azure_device", "--path", "/users/ada/ownedDevices"], "write a step with ctx.graph.related by hand"),
        *(
            (["azure_device", "--path", path], "a path has names alone")
            for path in (
                "/beta/users",
                "/v1.0/users",
                "https://graph.microsoft.com/v1.0/users",
                "/users?$top=1",
                "/users/$count",
                "/users/delta()",
                "/applications(appId='a')",
                "/users\n/x",
                '/users/"x',
            )
        ),
        (["azure_identity", "--path", "/identity"], "no type of Microsoft Graph v1.0 is known"),
        (["azure_teamwork", "--path", "/teamwork"], "no type of Microsoft Graph v1.0 is known"),
        (["azure_device", "--path", "/devices", "--class", 'x"; y'], "is not a JupiterOne class"),
        (["azure_device", "--path", "/devices", "--class", "device"], "is not a JupiterOne class"),
        (["azure_device", "--path", "/devices", "--area", "../../out"], "is not the name of an area"),
        (["azure_device", "--path", "/devices", "--area", "/out"], "is not the name of an area"),
        (["azure_device", "--path", "/devices", "--area", "my area"], "is not the name of an area"),
    ],
)
@pytest.mark.usefixtures("project")
def test_what_cannot_be_begun_is_said_in_one_sentence(arguments: list[str], said: str) -> None:
    done = new(*arguments)
    assert done.exit_code == 2
    assert said in done.output
    assert not [*Path("steps").iterdir(), *Path("schemas").iterdir()]


@pytest.mark.parametrize("path", ["devices", "/devices/", "devices/"])
@pytest.mark.usefixtures("project")
def test_the_step_asks_for_the_path_as_graph_has_it(path: str) -> None:
    assert new("azure_device", "--path", path).exit_code == 0
    assert 'ctx.graph.list("/devices"' in Path("steps/azure_device.py").read_text()


@pytest.mark.usefixtures("project")
def test_where_one_file_cannot_be_written_there_is_none_of_the_two() -> None:
    Path("schemas/azure_device.json").symlink_to("nowhere/schema.json")
    done = new("azure_device", "--path", "/devices")
    assert done.exit_code == 3
    assert "schemas/azure_device.json" in done.output
    assert not list(Path("steps").iterdir())


def test_it_wants_a_project() -> None:
    done = new("azure_device", "--path", "/devices")
    assert done.exit_code == 2
    assert "steps is no folder" in done.output
