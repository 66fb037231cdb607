"""The contract knows misspelt names and says the true reason alone; cassettes are for people to read."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from integration import DeclarationError, Step, load
from integration.sdk.plugins import declared_steps
from integration.sdk.vocabulary import misspelt_names, unknown_names
from integration.tapes.cassette import Interaction, RecordedAnswer, key_of, read, write
from integration.testing import check_step
from tests.record_example import PACKAGE, steps
from tests.support import ROOT, entity, relationship

URL = "https://graph.microsoft.com/v1.0/users?$select=id"
NAMES = [
    "wíhénéwex péfúgécex", "Zoë", "日本語", "עברית", "Ω", "😀", "a\u2028b", "\u202egnp.exe", "\x85", "\ufeff", "\x00",
    "line\nbreak", "tab\t", 'quote"', "back\\slash", "nbsp\xa0", "soft\xadhyphen", "\x7f",
]  # fmt: skip


def told(step: Step) -> list[str]:
    return list(unknown_names(step))


@pytest.mark.every_type
@pytest.mark.every_area
def test_the_names_of_what_is_here_are_known() -> None:
    found = {step.name: told(step) for step in [*declared_steps(load()), *steps()]}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("Devices.Read.All", "Device.Read.All"),
        ("user.read.all", "User.Read.All"),
        ("User.ReadAll", "User.Read.All"),
        ("GroupMembers.Read.All", "GroupMember.Read.All"),
        ("User.Read.All ", "User.Read.All"),
        ("Users.Read", "User.Read.All"),
        ("AuditLogs.Read.All", "AuditLog.Read.All"),
        ("Device.Raed.All", "Device.Read.All"),
    ],
)
@pytest.mark.parametrize("where", ["permissions", "optional"])
def test_a_permission_that_graph_has_not_is_told_with_the_nearest(name: str, nearest: str, where: str) -> None:
    badge = entity("contoso_badge")
    step = replace(badge, permissions=(name,)) if where == "permissions" else replace(badge, optional=(name,))
    (fault,) = told(step)
    assert fault.startswith(
        f"{name}: no application permission of Microsoft Graph has this name: did you mean {nearest}?"
    )
    assert list(unknown_names(step, also=[name])) == []


def test_a_permission_about_something_that_graph_has_not_may_be_of_another_service() -> None:
    assert told(replace(entity("contoso_badge"), permissions=("Badge.Read.All", "Device.Read.All"))) == []
    assert told(replace(entity("contoso_badge"), permissions=("User.Fly.All",))) != []


@pytest.mark.parametrize(
    "name", ["Microsoft.Kusto/clusters/raed", "Kusto/clusters/read", "Microsoft.Kusto/read", "a/b"]
)
def test_what_is_no_action_of_azure_is_told(name: str) -> None:
    step = replace(entity("contoso_cluster"), permissions=("Microsoft.Kusto/clusters/read", name))
    expected = f"{name} is no action of Azure: write one such as Microsoft.Compute/virtualMachines/read"
    assert list(misspelt_names(step)) == [expected]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Microsoft.Comptue/virtualMachines/read", "is of no provider of Azure: write Microsoft.Compute/virtualMach"),
        ("Micorsoft.Compute/virtualMachines/read", "is of no provider of Azure: write Microsoft.Compute/virtualMach"),
        ("microsoft.keyvalut/vaults/keys/read", "is of no provider of Azure: write Microsoft.KeyVault/vaults/keys/r"),
        ("Microsoft.Compute/virtualMachine/read", "is of another type than microsoft.compute/virtualmachines, of whi"),
    ],
)
def test_an_action_of_a_misspelt_provider_or_type_is_told_with_the_nearest(name: str, told: str) -> None:
    step = replace(entity("contoso_vm"), permissions=(name,), resources=("microsoft.compute/virtualmachines",))
    (fault,) = misspelt_names(step)
    assert fault.startswith(f"{name} {told}")


@pytest.mark.parametrize(
    "name",
    [
        "microsoft.compute/virtualMachines/read",
        "Microsoft.Compute/virtualMachineTaps/read",
        "Microsoft.Compute/virtualMachineScaleSets/read",
        "Microsoft.ContosoVaults/vaults/read",
        "Microsoft.ComputeFleet/fleets/read",
        "Contoso.Badges/doors/read",
        "*/read",
    ],
)
def test_a_provider_that_is_not_listed_is_taken(name: str) -> None:
    step = replace(entity("contoso_vm"), permissions=(name,), resources=("microsoft.compute/virtualmachines",))
    assert list(misspelt_names(step)) == []


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("AAD_PREMIUM_P1", "AAD_PREMIUM_P2 or AAD_PREMIUM"),
        ("AADPREMIUM", "AAD_PREMIUM"),
        ("aad_premium_p2", "AAD_PREMIUM_P2 or AAD_PREMIUM"),
        ("Entra_Identity_Govemance", "Entra_Identity_Governance"),
    ],
)
def test_a_misspelt_service_plan_is_told_with_the_nearest(name: str, right: str) -> None:
    (fault,) = misspelt_names(replace(entity("contoso_badge"), licences=(name,)))
    assert fault == f"{name} is no service plan of Microsoft: write {right}"


@pytest.mark.parametrize("name", ["AAD_PREMIUM", "AAD_PREMIUM_GOV", "ADALLOM_S_STANDALONE_DOD", "CONTOSO_BADGES"])
def test_a_service_plan_that_is_not_listed_is_taken(name: str) -> None:
    assert list(misspelt_names(replace(entity("contoso_badge"), licences=(name,)))) == []


def test_a_class_that_jupiterone_has_not_is_told_with_the_nearest() -> None:
    assert (
        "Devcie: no entity class of JupiterOne has this name: did you mean Device?"
        in told(entity("contoso_badge", class_name="Devcie"))[0]
    )
    assert "HAZ: no relationship class" in told(relationship("a", "HAZ", "b", name="a_haz_b"))[0]
    (fault,) = told(relationship("a", "APPLIES", "b", name="a_applies_b"))
    assert "did you mean" not in fault
    assert "; there are ALLOWS, APPROVED, ASSIGNED, " in fault
    assert "did you mean" not in told(entity("contoso_badge", class_name="Qqqqqq"))[0]


def test_the_contract_of_a_package_has_it_too() -> None:
    device = steps()[0]
    check_step(device, PACKAGE / "tests" / "cassettes")
    with pytest.raises(DeclarationError, match=r"write Device\.Read\.All"):
        check_step(replace(device, permissions=("Devices.Read.All",)), PACKAGE / "tests" / "cassettes")
    new = replace(device, class_name="Gizmo")
    with pytest.raises(AssertionError, match="no entity class of JupiterOne has this name"):
        check_step(new, PACKAGE / "tests" / "cassettes")
    check_step(new, PACKAGE / "tests" / "cassettes", also=["Gizmo"])


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [('"displayName": "', '"displayName": 5, "x": "', "records rejected"), ('"id": "', '"ids": "', "its verdict is")],
)
def test_what_follows_from_an_earlier_reason_is_not_listed(old: str, new: str, reason: str) -> None:
    text = (ROOT / "tests" / "cassettes" / "entra" / "user.yaml").read_text(encoding="utf-8")
    Path("azure_user.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(AssertionError) as caught:
        check_step("azure_user", Path())
    assert reason in str(caught.value)
    assert "in no record" not in str(caught.value)


def test_a_cassette_shows_letters_and_plays_back_what_was_recorded() -> None:
    body = json.dumps({"value": [{"id": str(number), "displayName": name} for number, name in enumerate(NAMES)]})
    path = Path("new/azure_user.yaml")
    answer = RecordedAnswer(200, "OK", {"content-type": "application/json"}, body.encode())
    write(path, [Interaction("GET", URL, {}, None, answer)])
    (played,) = read(path)[key_of("GET", URL, None)]
    assert json.loads(played.body) == json.loads(answer.body)
    text = path.read_bytes().decode()
    assert '"displayName": "wíhénéwex péfúgécex"\n' in text
    assert all(name in text for name in ("Zoë", "日本語", "עברית", "😀"))
    assert not {letter for letter in text if not letter.isprintable()} - {"\n"}
