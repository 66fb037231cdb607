"""What a token's permissions let a plan read: pure functions."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from integration import Context, Entity, Step, load
from integration.cli import main
from integration.sdk.plan import order
from integration.sources.msgraph.claims import application_of, roles_of, tenant_of
from integration.sources.msgraph.permissions import consent_link, covers, review, smallest
from integration.testing import run_steps
from integration.text.secret import Secret
from tests.simulator import Simulator, demo_tenant
from tests.simulator.licences import license_tenant

DIRECTORY = (
    "AdministrativeUnit.Read.All", "Application.Read.All", "Device.Read.All", "Domain.Read.All", "Group.Read.All",
    "GroupMember.Read.All", "GroupSettings.Read.All", "LicenseAssignment.Read.All", "OrgContact.Read.All",
    "Organization.Read.All", "RoleManagement.Read.Directory", "User.Read.All",
)  # fmt: skip
APART = (
    "AccessReview.Read.All", "AuditLog.Read.All", "EntitlementManagement.Read.All", "IdentityRiskyUser.Read.All",
    "Member.Read.Hidden", "Policy.Read.All", "RoleAssignmentSchedule.Read.Directory",
    "RoleEligibilitySchedule.Read.Directory", "RoleManagementPolicy.Read.Directory",
)  # fmt: skip


def token(claims: object) -> Secret:
    """A signed token with these claims; the signature is not looked at."""
    middle = urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return Secret(f"e30.{middle}.signature")


@pytest.mark.parametrize("permission", DIRECTORY)
def test_reading_the_directory_covers(permission: str) -> None:
    assert covers({"Directory.Read.All"}, permission)
    assert covers({"Directory.ReadWrite.All"}, permission)
    assert not covers({permission}, "Directory.Read.All")


@pytest.mark.parametrize("permission", APART)
def test_reading_the_directory_does_not_cover(permission: str) -> None:
    assert not covers({"Directory.Read.All", "Directory.ReadWrite.All"}, permission)
    assert covers({"Directory.Read.All", permission}, permission)


@pytest.mark.parametrize(
    ("granted", "wanted"),
    [
        ("User.ReadWrite.All", "User.Read.All"),
        ("User.ReadWrite.All", "User.ReadBasic.All"),
        ("Group.Read.All", "GroupMember.Read.All"),
        ("Group.ReadWrite.All", "GroupMember.Read.All"),
        ("GroupMember.ReadWrite.All", "GroupMember.Read.All"),
        ("GroupMember.Read.All", "GroupMember.ReadBasic.All"),
        ("RoleManagement.ReadWrite.Directory", "RoleManagement.Read.Directory"),
        ("RoleManagement.Read.Directory", "RoleEligibilitySchedule.Read.Directory"),
        ("RoleManagement.Read.Directory", "RoleManagementPolicy.Read.Directory"),
        ("RoleManagement.Read.All", "RoleManagement.Read.Directory"),
        ("RoleManagement.Read.All", "RoleManagementPolicy.Read.Directory"),
        ("Group.Read.All", "GroupSettings.Read.All"),
        ("Organization.Read.All", "LicenseAssignment.Read.All"),
        ("EntitlementManagement.ReadWrite.All", "EntitlementManagement.Read.All"),
    ],
)
def test_a_broader_permission_covers_a_narrower_one_and_not_the_reverse(granted: str, wanted: str) -> None:
    assert covers({granted}, wanted)
    assert not covers({wanted}, granted)


def test_the_least_to_grant_covers_all_that_is_wanted() -> None:
    """What Directory.Read.All contains is narrower than what RoleManagement.Read.Directory does when it is granted."""
    wanted = [
        "Directory.Read.All",
        "RoleManagement.Read.Directory",
        "RoleAssignmentSchedule.Read.Directory",
        "User.Read.All",
    ]
    assert smallest(wanted) == ("Directory.Read.All", "RoleManagement.Read.Directory")
    assert smallest(wanted[:2]) == ("Directory.Read.All",)
    assert smallest([]) == ()


def test_what_only_sounds_broader_covers_nothing() -> None:
    assert not covers({"Policy.ReadWrite.ConditionalAccess", "GroupMember.Read.All"}, "Policy.Read.All")
    assert not covers({"GroupMember.Read.All", "User.Read.All"}, "Group.Read.All")
    assert not covers(set(), "User.Read.All")


def test_claims_are_read_from_a_token_of_the_simulator() -> None:
    roles = ("User.Read.All", "GroupMember.Read.All")
    with Simulator(demo_tenant(), roles=roles) as simulator:
        issued = Secret(simulator.signin.issue())
    assert roles_of(issued) == frozenset(roles)
    assert tenant_of(issued) == simulator.signin.tenant_id
    assert application_of(issued) == simulator.signin.client_id


@pytest.mark.parametrize(
    ("claims", "roles"),
    [
        ({"roles": ["User.Read.All"]}, {"User.Read.All"}),
        ({"tid": "t"}, set()),
        ({"roles": []}, set()),
        ({"roles": ["User.Read.All", 7, None]}, {"User.Read.All"}),
        ({"roles": "User.Read.All"}, None),
        ({"roles": None}, None),
        ({"scp": "User.Read.All"}, None),
        ({"scp": "User.Read", "roles": ["User.Read.All"]}, None),
        ({}, None),
        ([], None),
        ("text", None),
    ],
)
def test_only_an_applications_token_tells_its_roles(claims: object, roles: set[str] | None) -> None:
    assert roles_of(token(claims)) == roles


@pytest.mark.parametrize(
    "text", ["", "opaque", "a.b", "a.b.c", "a.e30.c.d.e", "..", "a.é.c", "a." + "W1tb" * 5000 + ".c"]
)
def test_an_opaque_token_tells_nothing(text: str) -> None:
    assert (roles_of(Secret(text)), tenant_of(Secret(text)), application_of(Secret(text))) == (None, None, None)


@given(st.text() | st.lists(st.text(), min_size=3, max_size=3).map(".".join))
def test_no_token_is_too_odd(text: str) -> None:
    assert roles_of(Secret(text)) is None or text.count(".") == 2


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["roles", "scp", "tid", "appid", "azp"]), inner)
        ),
    )
)
def test_no_claims_are_too_odd(claims: object) -> None:
    found = roles_of(token(claims))
    assert found is None or all(isinstance(role, str) for role in found)
    assert tenant_of(token(claims)) is None or isinstance(claims, dict)
    assert application_of(token(claims)) is None or isinstance(claims, dict)


def test_who_signed_in_is_read_from_either_form_of_the_claim() -> None:
    assert application_of(token({"appid": "a"})) == application_of(token({"azp": "a"})) == "a"
    assert (tenant_of(token({"tid": 7})), application_of(token({"appid": ""}))) == (None, None)


def step(name: str, needs: Iterable[str] = (), permissions: Iterable[str] = (), optional: Iterable[str] = ()) -> Step:
    def records(ctx: Context) -> Iterator[Entity]:
        """Nothing."""
        yield from ()

    return Step(
        name=name, class_name="Thing", run=records,
        needs=tuple(needs), permissions=tuple(permissions), optional=tuple(optional),
    )  # fmt: skip


PLAN = order([
    step("thing_a", permissions=["User.Read.All"], optional=["AuditLog.Read.All"]),
    step("thing_b", permissions=["Group.Read.All"]),
    step("thing_c", needs=["thing_a", "thing_b"], permissions=["GroupMember.Read.All"], optional=["Policy.Read.All"]),
    step("thing_d", needs=["thing_c"]),
    step("thing_e"),
])  # fmt: skip


def test_nothing_is_missing_where_all_is_granted() -> None:
    found = review(PLAN, ["Directory.Read.All", "AuditLog.Read.All", "Policy.Read.All"])
    assert (found.missing, found.to_grant, found.to_enrich) == ((), (), ())
    assert (dict(found.falls_away), dict(found.fewer_properties)) == ({}, {})
    assert found.granted == tuple(sorted(found.granted))
    by = {demand.permission: demand.granted_by for demand in found.demands}
    assert by == {
        "AuditLog.Read.All": "AuditLog.Read.All", "Group.Read.All": "Directory.Read.All",
        "GroupMember.Read.All": "Directory.Read.All", "Policy.Read.All": "Policy.Read.All",
        "User.Read.All": "Directory.Read.All",
    }  # fmt: skip


def test_a_missing_permission_takes_its_types_and_theirs() -> None:
    found = review(PLAN, ["User.Read.All"])
    assert found.missing == ("Group.Read.All", "GroupMember.Read.All")
    assert dict(found.falls_away) == {
        "thing_b": "lacks the permission Group.Read.All",
        "thing_c": "lacks the permission GroupMember.Read.All; needs thing_b, which falls away",
        "thing_d": "needs thing_c, which falls away",
    }
    assert dict(found.fewer_properties) == {"thing_a": ("AuditLog.Read.All",)}


def test_the_smallest_set_to_grant_leaves_out_what_another_contains() -> None:
    found = review(PLAN, ["User.Read.All"])
    assert found.to_grant == ("Group.Read.All",)
    assert found.to_enrich == ("AuditLog.Read.All", "Policy.Read.All")
    after = review(PLAN, ["User.Read.All", *found.to_grant])
    assert (after.missing, dict(after.falls_away)) == ((), {})
    assert not dict(review(PLAN, ["User.Read.All", *found.to_grant, *found.to_enrich]).fewer_properties)


def test_without_any_permission_what_needs_none_is_left() -> None:
    found = review(PLAN, [])
    assert set(found.falls_away) == {"thing_a", "thing_b", "thing_c", "thing_d"}
    assert dict(found.fewer_properties) == {}


def test_a_review_is_json() -> None:
    found: dict[str, Any] = json.loads(json.dumps(review(PLAN, ["User.Read.All"]).as_json()))
    assert found["granted"] == ["User.Read.All"]
    assert found["toGrant"] == ["Group.Read.All"]
    assert found["fewerProperties"] == {"thing_a": ["AuditLog.Read.All"]}


def test_the_consent_link_holds_what_is_given_escaped() -> None:
    link = consent_link("https://login.microsoftonline.us/", "contoso.example", "a&b")
    assert link == "https://login.microsoftonline.us/contoso.example/adminconsent?client_id=a%26b"


@pytest.mark.every_area
def test_what_the_token_has_is_not_to_be_granted() -> None:
    with Simulator(demo_tenant(), roles=("Directory.Read.All",)) as simulator:
        source = SimpleNamespace(url=simulator.url, token=simulator.signin.issue())
        ran = run_steps("azure_external_tenant", source=source, manager=load())
    found = ran.report.of("azure_external_tenant")
    assert (found.verdict, found.to_grant) == ("partial", ("Policy.Read.All",))
    assert "needs the permission Policy.Read.All: " in found.reason


@pytest.mark.every_area
def test_what_the_tenant_has_no_licence_for_is_not_worth_a_grant() -> None:
    tenant = demo_tenant()
    license_tenant(tenant, ())
    with Simulator(tenant, roles=("Directory.Read.All",)) as simulator:
        source = SimpleNamespace(url=simulator.url, token=simulator.signin.issue())
        types = ("azure_user_has_registration_details", "azure_device_registration_policy")
        ran = run_steps(*types, source=source, manager=load())
        environment = {"INTEGRATION_ACCESS_TOKEN": source.token}
        only = [word for type in types for word in ("--only", type)]
        checked = CliRunner().invoke(main, ["check", *only, "--graph-url", source.url], env=environment)
    assert ran.report.of("azure_user_registration_details").reason == "not licensed: the tenant has no AAD_PREMIUM"
    wanted = {name for result in ran.report.results for name in result.to_grant}
    assert wanted == {"Policy.Read.All", "Policy.Read.DeviceConfiguration"}
    assert "permissions to grant: Policy.Read.DeviceConfiguration\n" in checked.output
