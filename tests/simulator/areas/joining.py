"""Who joins, with which devices, and how they are marked: lifecycle workflows, enrollment, security attributes.

How to add to the demo is told in this package's docstring.
"""

from typing import Any

from tests.simulator.areas.intune import MANAGE, assignment
from tests.simulator.demo_ids import group_id, user_id
from tests.simulator.licences import INTUNE, WORKFLOWS
from tests.simulator.properties import Json
from tests.simulator.shelves import Shelf
from tests.simulator.tenant import Tenant

WORKFLOW = "/identityGovernance/lifecycleWorkflows/workflows"
ENROLLMENT = f"{MANAGE}/deviceEnrollmentConfigurations"
SETS, DEFINITIONS = "/directory/attributeSets", "/directory/customSecurityAttributeDefinitions"
_ATTRIBUTES = ("CustomSecAttributeDefinition.Read.All",)
_QUERIED = frozenset({"$select", "$top", "$filter"})
SHELVES = (
    Shelf(
        WORKFLOW,
        ("LifecycleWorkflows-Workflow.ReadBasic.All", "LifecycleWorkflows.Read.All"),
        WORKFLOWS,
        options=frozenset({"$select", "$filter", "$orderby", "$search"}),
        navigations=("createdBy", "lastModifiedBy"),
    ),
    Shelf(
        ENROLLMENT,
        ("DeviceManagementServiceConfig.Read.All", "DeviceManagementConfiguration.Read.All"),
        INTUNE,
        navigations=("assignments",),
    ),
    Shelf(SETS, _ATTRIBUTES, options=frozenset({"$select", "$top", "$orderby"})),
    Shelf(DEFINITIONS, _ATTRIBUTES, options=_QUERIED, navigations=("allowedValues",)),
)
"""The endpoints of this area."""


def demo(tenant: Tenant) -> None:
    """Add this area's objects to the demo."""
    tenant.contents.put(WORKFLOW, workflow(1, "joiner", user_id(1)), workflow(2, "leaver", None, isEnabled=False))
    tenant.contents.put(ENROLLMENT, *_ENROLLMENT)
    tenant.contents.put(SETS, *_SETS)
    tenant.contents.put(DEFINITIONS, *_DEFINITIONS)


def workflow(number: int, category: str, author: str | None, **differing: Any) -> Json:
    """A lifecycle workflow, as a listing gives it."""
    leaves = category == "leaver"
    return {
        "id": f"3f100000-0000-4000-8000-{number:012}",
        "category": category,
        "createdBy": {"id": author, "displayName": "somebody"} if author else None,
        "createdDateTime": "2024-05-06T07:08:09Z",
        "description": None if leaves else "Prepares an account before the first day",
        "displayName": f"Everybody is a {category} once",
        "executionConditions": {
            "@odata.type": "#microsoft.graph.identityGovernance.triggerAndScopeBasedConditions",
            "scope": {"rule": "(department eq 'Finance')"},
            "trigger": {
                "offsetInDays": 1 if leaves else -7,
                "timeBasedAttribute": "employeeLeaveDateTime" if leaves else "employeeHireDate",
            },
        },
        "isEnabled": True,
        "isSchedulingEnabled": not leaves,
        "lastModifiedDateTime": "2025-06-07T08:09:10Z",
        "version": number,
        **differing,
    }


def enrollment(number: int, kind: str, **differing: Any) -> Json:
    """A configuration of enrollment, as a listing gives it."""
    return {
        "@odata.type": f"#microsoft.graph.{kind}Configuration",
        "id": f"e4011000-0000-4000-8000-{number:012}_{kind}",
        "createdDateTime": "2024-05-06T07:08:09Z",
        "description": None,
        "displayName": None,
        "lastModifiedDateTime": "2025-06-07T08:09:10Z",
        "priority": 0,
        "version": number,
        "assignments": [],
        **differing,
    }


def attribute(set: str, name: str, values: dict[str, bool], **differing: Any) -> Json:
    """A custom security attribute, as a listing gives it: of each allowed value, whether it is active."""
    return {
        "id": f"{set}_{name}",
        "attributeSet": set,
        "description": None,
        "isCollection": False,
        "isSearchable": True,
        "name": name,
        "status": "Available",
        "type": "String",
        "usePreDefinedValuesOnly": bool(values),
        "allowedValues": [{"id": value, "isActive": active} for value, active in values.items()],
        **differing,
    }


_OPEN: Json = {"platformBlocked": False, "personalDeviceEnrollmentBlocked": False, "osMinimumVersion": None}
_CLOSED: Json = {**_OPEN, "platformBlocked": True}
_WORK_ONLY: Json = {**_OPEN, "personalDeviceEnrollmentBlocked": True, "osMinimumVersion": "10.0.19045"}
_ENROLLMENT: list[Json] = [
    enrollment(1, "deviceEnrollmentLimit", displayName="All Users", description="Five each", limit=5),
    enrollment(
        2,
        "deviceEnrollmentPlatformRestrictions",
        displayName="Work devices alone",
        priority=1,
        androidRestriction=_CLOSED,
        iosRestriction=_OPEN,
        macOSRestriction=_OPEN,
        windowsMobileRestriction=_CLOSED,
        windowsRestriction=_WORK_ONLY,
        assignments=[assignment("group", group_id(1)), assignment("exclusionGroup", group_id(2))],
    ),
    enrollment(
        3,
        "deviceEnrollmentWindowsHelloForBusiness",
        pinExpirationInDays=41,
        pinMinimumLength=6,
        securityDeviceRequired=True,
        state="enabled",
        unlockWithBiometricsEnabled=True,
        assignments=[assignment("allLicensedUsers")],
    ),
]
_SETS: list[Json] = [
    {"id": "Engineering", "description": "What engineers work on", "maxAttributesPerSet": 25},
    {"id": "Operations", "description": None, "maxAttributesPerSet": None},
]
_DEFINITIONS = [
    attribute("Engineering", "Project", {"Baker": True, "Cascade": False, "Alpine": True}, description="Projects"),
    attribute("Engineering", "Level", {}, type="Integer", isCollection=True, status="Deprecated"),
]
