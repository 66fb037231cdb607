"""What stands for the values of Azure: by what they are, and by the property that they are the value of."""

import re
from typing import Any

import pytest

from integration.recording.azure.scrubber import AzureScrubber
from integration.recording.pseudonyms import Pseudonyms
from tests.recording.leaks import WORD

GUID = r"00000000-0000-4000-8000-[0-9a-f]{12}"
SUBSCRIPTION = "/subscriptions/0b6e4c1a-6a0e-4b0f-8f43-1d2c3b4a5001"
VAULT = f"{SUBSCRIPTION}/resourceGroups/RG-Pay/providers/Microsoft.KeyVault/vaults/kv-pay"
READ = (
    "id", "name", "properties", "vaultUri", "sourceAddressPrefix", "sku", "told", "identity", "kind", "linuxFxVersion"
)  # fmt: skip


@pytest.fixture
def scrubber() -> AzureScrubber:
    return AzureScrubber(Pseudonyms(bytes(range(32))), properties=[name.lower() for name in READ])


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("id", VAULT, rf"/subscriptions/{GUID}/resourceGroups/{WORD}/providers/Microsoft\.KeyVault/vaults/{WORD}"),
        ("told", f"{VAULT}/keys/default", rf"/subscriptions/.*/vaults/{WORD}/keys/default"),
        ("name", "kv-pay/pay", f"{WORD}/{WORD}"),
        ("told", "kv-pay.vault.azure.net", rf"{WORD}\.example"),
        ("vaultUri", "https://kv-pay.vault.azure.net/keys/pay?sig=x", rf"https://{WORD}\.example/keys/{WORD}"),
        ("told", "20.1.2.3-20.1.2.9", r"198\.18\.\d+\.\d+-198\.18\.\d+\.\d+"),
        ("sourceAddressPrefix", "20.1.0.0/16", r"198\.18\.0\.0/16"),
        ("told", "owner@contoso.com", rf"{WORD}@{WORD}\.example"),
        ("linuxFxVersion", "DOCKER|pay.azurecr.io/team/web:1.0", rf"DOCKER\|{WORD}\.example/{WORD}/{WORD}:1\.0"),
        ("told", "pay.registry.contoso.com:5000/web@sha256:0f9c", rf"{WORD}\.example:5000/{WORD}@sha256:{WORD}"),
        ("kind", "runs pay.registry.contoso.com", f"{WORD} {WORD}"),
        ("told", '{"name": "pay"}', rf'\{{"name":"{WORD}"\}}'),
    ],
)
def test_what_is_the_tenants_own_is_replaced(name: str, value: str, expected: str, scrubber: AzureScrubber) -> None:
    scrubbed = scrubber.scrubbed({name: value})[name]
    assert re.fullmatch(expected, scrubbed), scrubbed


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sourceAddressPrefix", "Internet"),
        ("sourceAddressPrefix", "0.0.0.0/0"),
        ("sku", {"name": "Standard_LRS"}),
        ("kind", "StorageV2"),
        ("told", "Microsoft.Compute/virtualMachines/read"),
        ("told", "*/read"),
        ("told", "1024-65535"),
        ("name", "GatewaySubnet"),
        ("linuxFxVersion", "NODE|20-lts"),
    ],
)
def test_what_steps_decide_by_stays(name: str, value: Any, scrubber: AzureScrubber) -> None:
    assert scrubber.scrubbed({name: value}) == {name: value}


def test_a_name_is_the_same_wherever_it_stands_and_in_any_case(scrubber: AzureScrubber) -> None:
    told = scrubber.scrubbed({"id": VAULT.upper(), "name": "kv-pay", "told": [VAULT, "KV-Pay"]})
    assert {told["id"].rpartition("/")[2], told["name"], told["told"][1]} == {told["told"][0].rpartition("/")[2]}


def test_an_image_comes_from_the_registry_that_it_came_from(scrubber: AzureScrubber) -> None:
    host = scrubber.scrubbed({"told": "pay.azurecr.io"})["told"]
    for image in ("pay.azurecr.io/web", "PAY.azurecr.io/team/web:1", "COMPOSE|pay.azurecr.io/web:1"):
        assert f"{host}/" in scrubber.scrubbed({"told": image})["told"]


def test_what_no_step_reads_is_left_out_and_names_that_people_chose_are_replaced(scrubber: AzureScrubber) -> None:
    told = scrubber.scrubbed({"properties": {"told": 1, "unread": "x"}, "tags": {"cost centre": "Pay"}})
    assert told["properties"] == {"told": 1}
    assert re.fullmatch(rf"\{{'{WORD}': '{WORD}'\}}", str(told["tags"]))
    (name,) = scrubber.scrubbed({"told": {"chosen": 1}})["told"]
    assert re.fullmatch(WORD, name)


def test_an_error_keeps_its_codes_and_those_of_its_details(scrubber: AzureScrubber) -> None:
    details = [{"code": "ResponsePayloadTooLarge", "message": "Ada's are too large"}]
    told = scrubber.error({"error": {"code": "BadRequest", "message": "Ada", "details": details}})["error"]
    assert (told["code"], told["details"][0]["code"]) == ("BadRequest", "ResponsePayloadTooLarge")
    assert "Ada" not in str(told)
