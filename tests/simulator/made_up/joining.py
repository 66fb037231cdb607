"""Made-up lifecycle workflows, enrollment of devices, security attributes, and sensors of Defender for Identity."""

import random

from tests.simulator.areas.defender import ISSUES, SENSORS, issue, sensor
from tests.simulator.areas.intune import assignment
from tests.simulator.areas.joining import DEFINITIONS, ENROLLMENT, SETS, WORKFLOW, attribute, enrollment, workflow
from tests.simulator.made_up.sizes import Sizes
from tests.simulator.made_up.values import listed
from tests.simulator.properties import GROUP, USER
from tests.simulator.tenant import Tenant

_FEW = 5
_CATEGORIES, _SEVERITIES, _STATES = ("joiner", "mover", "leaver"), ("low", "medium", "high"), ("open", "closed")


def fill(tenant: Tenant, sizes: Sizes, rng: random.Random) -> None:
    """Add a few of each."""
    people, groups, put = listed(tenant, USER), listed(tenant, GROUP), tenant.contents.put
    for number in range(1, _FEW + 1):
        put(WORKFLOW, workflow(number, rng.choice(_CATEGORIES), rng.choice([*people, None])))
        targets = [assignment("group", rng.choice(groups))]
        put(ENROLLMENT, enrollment(number, "deviceEnrollmentLimit", limit=number, assignments=targets))
        put(SETS, {"id": f"Set{number}", "description": None, "maxAttributesPerSet": number})
        values = {f"Value{each}": rng.random() < 0.5 for each in range(number)}
        put(DEFINITIONS, attribute(f"Set{number}", f"Attribute{number}", values))
        put(SENSORS, sensor(number, f"DC{number}"))
        names = [f"DC{rng.randint(1, _FEW)}.corp.contoso.example"]
        put(ISSUES, issue(number, *names, severity=rng.choice(_SEVERITIES), status=rng.choice(_STATES)))
