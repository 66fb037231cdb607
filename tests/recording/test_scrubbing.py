"""What stands for a tenant's values: by what they are, and by the property that they are the value of."""

import re
from datetime import datetime
from typing import Any

import pytest

from integration.recording.azure.scrubber import AzureScrubber
from integration.recording.literals import literals_of
from integration.recording.msgraph.scrubber import GraphScrubber
from integration.recording.pseudonyms import Pseudonyms
from integration.recording.scrub import REMOVED, Scrubber
from integration.sdk.plugins import declared_steps, load
from integration.sources.msgraph.answers import Answer
from tests.recording.leaks import DOMAIN, WORD

SALT = bytes(range(32))
GUID = r"00000000-0000-4000-8000-[0-9a-f]{12}"
PART = r"\d+"


@pytest.fixture
def scrubber() -> Scrubber:
    return GraphScrubber(Pseudonyms(SALT))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("displayName", "Ada Example", f"(?i:{WORD} {WORD})"),
        ("displayName", "例 花子", "[A-Za-záéíóú]+ [A-Za-záéíóú]+"),
        ("givenName", "Ada", f"(?i:{WORD})"),
        ("jobTitle", "Chief of everything, for ever", f"(?i:{WORD} {WORD})"),
        ("id", "0b6e4c1a-6a0e-4b0f-8f43-1d2c3b4a5001", GUID),
        ("id", "AAMkAGVmMDEzMTM4", "id-[0-9a-f]{16}"),
        ("id", "contoso.sharepoint.com,0b6e4c1a-6a0e-4b0f-8f43-1d2c3b4a5001", "id-[0-9a-f]{16}"),
        ("id", "contoso.com", DOMAIN),
        ("employeeId", "E-0001", "id-[0-9a-f]{16}"),
        ("mail", "ada@contoso.com", f"{WORD}@{DOMAIN}"),
        ("userPrincipalName", "ada_fabrikam.com#EXT#@contoso.onmicrosoft.com",
         rf"{WORD}_{WORD}\.example#EXT#@{WORD}\.onmicrosoft\.com"),
        ("proxyAddresses", "SMTP:ada@contoso.com", f"SMTP:{WORD}@{DOMAIN}"),
        ("proxyAddresses", "X500:/o=Contoso/cn=ada", f"(?i:{WORD})"),
        ("mobilePhone", "+44 7700 900000", r"\+999 \d{9}"),
        ("businessPhones", "extension 12", r"\+999 \d{9}"),
        ("note", "(425) 555-0100", r"\+999 \d{9}"),
        ("onPremisesDomainName", "corp.contoso.com", DOMAIN),
        ("onPremisesNetBiosName", "CORP", f"(?i:{WORD})"),
        ("onPremisesSecurityIdentifier", "S-1-5-21-1111111111-2222222222-3333333333-1001",
         rf"S-1-5-21-9999-{PART}-{PART}-{PART}"),
        ("securityIdentifier", "S-1-12-1-1563074320-1241189495-2431435441-16904400",
         rf"S-1-12-1-9999-{PART}-{PART}-{PART}"),
        ("onPremisesDistinguishedName", "CN=ada,OU=Staff,DC=corp,DC=contoso,DC=com", f"(?i:{WORD})"),
        ("onPremisesImmutableId", "aW1tdXRhYmxl==", "id-[0-9a-f]{16}"),
        ("webUrl", "https://contoso.sharepoint.com/sites/secret", rf"https://{WORD}\.example/id-[0-9a-f]{{16}}"),
        ("ipAddress", "203.0.113.7", r"198\.18\.\d+\.\d+"),
        ("ipAddress", "2001:4860::8888", r"2001:db8:[0-9a-f:]+"),
        ("createdDateTime", "2024-05-01T12:30:00.1234567Z", r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.1234567Z"),
        ("birthday", "1980-02-29", r"19\d\d-\d\d-\d\d"),
        ("secretText", "p@ss", re.escape(REMOVED)),
        ("description", "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.e30.c2ln", re.escape(REMOVED)),
        ("note", "-----BEGIN PRIVATE KEY-----", re.escape(REMOVED)),
        ("members@odata.etag", 'W/"JzEtVXNlcic"', "id-[0-9a-f]{16}"),
    ],
)  # fmt: skip
def test_what_is_the_tenants_own_is_replaced(name: str, value: str, expected: str, scrubber: Scrubber) -> None:
    scrubbed = scrubber.scrubbed({name: [value]})[name][0]
    assert re.fullmatch(expected, scrubbed), scrubbed
    assert scrubbed != value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("accountEnabled", True),
        ("mail", None),
        ("jobTitle", ""),
        ("jobTitle", "  "),
        ("businessPhones", []),
        ("used", 18432),
        ("userType", "Guest"),
        ("groupTypes", ["Unified", "DynamicMembership"]),
        ("visibility", "HiddenMembership"),
        ("usageLocation", "GB"),
        ("operatingSystemVersion", "10.0.19045.3803"),
        ("@odata.type", "#microsoft.graph.user"),
        ("@odata.count", 3),
        ("lifetime", "P1DT2H"),
        ("lastPasswordChangeDateTime", "0001-01-01T00:00:00Z"),
        ("expirationDateTime", "9999-12-31T23:59:59Z"),
        ("appId", "00000003-0000-0000-c000-000000000000"),
        ("onPremisesSecurityIdentifier", "S-1-5-32-544"),
    ],
)
def test_what_steps_decide_by_stays(name: str, value: Any, scrubber: Scrubber) -> None:
    assert scrubber.scrubbed({name: value}) == {name: value}


def test_an_enumeration_is_known_by_its_property_and_its_form(scrubber: Scrubber) -> None:
    for name, value in (("department", "Guest"), ("userType", "ada@contoso.com"), ("type", "Ada's own")):
        assert scrubber.scrubbed({name: value})[name] != value


def test_what_the_code_of_a_step_names_stays() -> None:
    literals = literals_of(declared_steps(load()))
    assert {"Unified", "DynamicMembership", "Microsoft"} <= literals
    assert GraphScrubber(Pseudonyms(SALT), literals).scrubbed({"vendor": "Microsoft"}) == {"vendor": "Microsoft"}


@pytest.mark.parametrize("word", ["unified", "DYNAMICMEMBERSHIP", "alltrusted"])
def test_a_word_of_the_code_stays_in_any_case_since_steps_decide_by_it_in_any(word: str) -> None:
    literals = ["Unified", "DynamicMembership", "AllTrusted"]
    azure = AzureScrubber(Pseudonyms(SALT), literals, properties=["vendor", "owner"])
    for scrubber in (GraphScrubber(Pseudonyms(SALT), literals), azure):
        made = scrubber.scrubbed({"vendor": word, "owner": f"{word}s"})
        assert (made["vendor"], made["owner"] == f"{word}s") == (word, False)


def test_values_of_a_property_that_is_named_plain_stay() -> None:
    scrubbed = GraphScrubber(Pseudonyms(SALT), plain=["department"]).scrubbed(
        {"department": "Finance", "city": "Finance"}
    )
    assert scrubbed["department"] == "Finance" != scrubbed["city"]


def test_a_directory_role_of_microsofts_keeps_its_name(scrubber: Scrubber) -> None:
    role = {"displayName": "Global Administrator", "isBuiltIn": True}
    assert scrubber.scrubbed({"value": [role]}) == {"value": [role]}
    own = scrubber.scrubbed({**role, "isBuiltIn": False})
    assert own["displayName"] != role["displayName"]


def test_keys_of_credentials_go(scrubber: Scrubber) -> None:
    credentials = {
        "keyCredentials": [{"key": "MIIC", "type": "AsymmetricX509Cert"}],
        "deviceKeys": [{"keyMaterial": "AQ"}],
    }
    scrubbed = scrubber.scrubbed(credentials)
    assert scrubbed["keyCredentials"] == [{"key": REMOVED, "type": "AsymmetricX509Cert"}]
    assert scrubbed["deviceKeys"] == [{"keyMaterial": REMOVED}]


def test_the_id_of_an_application_in_the_name_of_an_extension_is_replaced(scrubber: Scrubber) -> None:
    (name,) = scrubber.scrubbed({"extension_0f0e0d0c1b2a43948a5b6c7d8e9f0a01_badge": 1})
    assert re.fullmatch(r"extension_0000000000004000800[0-9a-f]{13}_badge", name)


def test_the_description_of_an_answer_names_no_object(scrubber: Scrubber) -> None:
    context = "https://gateway.contoso.com/v1.0/$metadata#users('ada%40contoso.com')/memberOf(id)"
    scrubbed = scrubber.scrubbed({"@odata.context": context})["@odata.context"]
    assert re.fullmatch(r"https://graph\.microsoft\.com/v1\.0/\$metadata#users\('[^']+'\)/memberOf\(id\)", scrubbed)
    assert "ada%40" not in scrubbed
    hosted = {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#sites/contoso.sharepoint.com,1/lists"}
    assert "contoso" not in scrubber.scrubbed(hosted)["@odata.context"]


def test_an_error_keeps_its_codes_alone(scrubber: Scrubber) -> None:
    inner = {"code": "inner", "request-id": "0b6e4c1a-6a0e-4b0f-8f43-1d2c3b4a5001", "date": "2026-01-01T00:00:00"}
    body = {"error": {"code": "NotFound", "message": "Ada Example is not there", "innerError": inner}}
    assert scrubber.error(body) == {"error": {"code": "NotFound", "message": REMOVED, "innerError": {"code": "inner"}}}


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("$top is not supported for Ada Example.", "top"),
        ("Request not applicable to target tenant contoso.com.", "not applicable to target tenant"),
        ("Resource not found for the segment 'ada'.", "Resource not found for the segment"),
        ("The page token of Ada Example has expired.", "page token"),
        ("The tenant needs an AAD Premium 2 license, Ada.", "tenant needs an AAD Premium"),
    ],
)
def test_an_error_keeps_the_words_that_decide_what_it_means(scrubber: Scrubber, message: str, kept: str) -> None:
    error = {"code": "BadRequest", "message": message}
    found = scrubber.error({"error": error})
    assert found == {"error": {"code": "BadRequest", "message": kept}}
    told, scrubbed = (Answer("/x", 400, {}, {"error": each}).error() for each in (error, found["error"]))
    assert told
    assert scrubbed
    assert (type(told), told.too_much) == (type(scrubbed), scrubbed.too_much)


def test_the_same_mail_address_in_capitals_is_the_same(scrubber: Scrubber) -> None:
    lower, upper = scrubber.scrubbed(["ada@contoso.com", "ADA@CONTOSO.COM"])
    assert lower == upper


def test_a_local_part_is_the_nickname_that_it_is_made_of(scrubber: Scrubber) -> None:
    scrubbed = scrubber.scrubbed({"mailNickname": "ada.example", "mail": "ada.example@contoso.com"})
    assert scrubbed["mail"].partition("@")[0] == scrubbed["mailNickname"]


def test_identifiers_of_one_domain_stay_such(scrubber: Scrubber) -> None:
    one, two, other = scrubber.scrubbed(["S-1-5-21-1-2-3-1001", "S-1-5-21-1-2-3-1002", "S-1-5-21-1-2-4-1001"])
    assert one.rpartition("-")[0] == two.rpartition("-")[0] != other.rpartition("-")[0]
    assert len({one, two, other}) == 3


def test_an_attribute_set_is_led_to_by_its_name_wherever_that_stands(scrubber: Scrubber) -> None:
    id = scrubber.scrubbed("Engineering", "id")
    assert re.fullmatch("id-[0-9a-f]{16}", id)
    assert scrubber.scrubbed("Engineering", "attributeSet") == id
    assert scrubber.scrubbed("/attributeSets/Engineering", "directoryScopeId") == f"/attributeSets/{id}"


def test_times_keep_their_order_and_distance(scrubber: Scrubber) -> None:
    values = ["2024-05-01T12:30:00Z", "2024-05-01T12:30:10Z", "2025-01-01T23:59:59Z"]
    before, after = ([datetime.fromisoformat(each) for each in times] for times in (values, scrubber.scrubbed(values)))
    spans = {old - new for old, new in zip(before, after, strict=True)}
    assert len(spans) == 1
    assert spans.pop().days >= 30


def test_a_request_for_a_pseudonym_asks_for_what_it_stands_for(scrubber: Scrubber) -> None:
    real = {"id": "0B6E4C1A-6a0e-4b0f-8f43-1d2c3b4a5001", "other": {"id": "a/b=="}, "mail": "ada.example@contoso.com"}
    made = scrubber.scrubbed(real)
    url = f"/users/{made['id']}/x/{made['other']['id']}?$filter=mail eq '{made['mail']}'"
    expected = f"/users/{real['id']}/x/a%2Fb%3D%3D?$filter=mail eq 'ada.example@contoso.com'"
    assert scrubber.pseudonyms.real(url) == expected


def test_pseudonyms_of_many_values_differ() -> None:
    pseudonyms = Pseudonyms(SALT)
    values = [f"value{number}" for number in range(2000)]
    for make in (pseudonyms.text, pseudonyms.identifier, pseudonyms.domain, pseudonyms.phone):
        assert len({make(value) for value in values}) >= 1999
