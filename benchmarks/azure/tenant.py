"""A tenant of any size that has something of everything: the demo's resources again and again, in other groups."""

import random
import re
from typing import Any
from uuid import UUID

import orjson

from tests.simulator.azure.demo import azure_demo_tenant
from tests.simulator.azure.tenant import AzureTenant, Row, Subscription, row_of

_GROUP = re.compile(r"(?i)(/subscriptions/)[0-9a-f-]{36}(/resourcegroups/)([\w-]+)")
_BYTES = 2_000
"""Size of a row in answers that were recorded."""
_ASSIGNMENT = "microsoft.authorization/roleassignments"
_PEOPLE = 2_000


def large_tenant(resources: int, subscriptions: int, assignments: int, seed: int = 1) -> AzureTenant:
    """Return a tenant of about so many resources, and exactly so many subscriptions and further role assignments."""
    rng = random.Random(seed)
    tenant = azure_demo_tenant()
    names = [str(UUID(int=rng.getrandbits(128), version=4)) for _ in range(subscriptions - len(tenant.subscriptions))]
    for name in names:
        tenant.add_subscription(Subscription(name, f"Subscription {name[:8]}", "mg-platform", tenant_id=tenant.id))
    tables = ("resources", "resourcecontainers")
    demo = {table: [row for row in tenant.tables[table].values() if row["resourceGroup"]] for table in tables}
    for row in demo["resources"]:
        _fill(row)
    text = orjson.dumps(demo).decode()
    for number in range(max(0, resources // len(demo["resources"]) - 1)):
        own = text.replace("198.18.", f"{10 + number // 250}.{number % 250}.").replace(
            "2001:db8:1:", f"fd00:{number:x}:1:"
        )
        again = orjson.loads(_GROUP.sub(rf"\g<1>{names[number % len(names)]}\g<2>\g<3>-{number}", own))
        for table in tables:
            for row in again[table]:
                tenant.add(_placed(row, number), table)
    _assign(tenant, assignments, rng)
    return tenant


def _fill(row: Row) -> None:
    """Give a row the size of a real one, by properties that nobody takes."""
    properties: dict[str, Any] = row["properties"] or {}
    more: list[dict[str, Any]] = []
    row["properties"] = {**properties, "further": more}
    while len(orjson.dumps(row)) < _BYTES:
        name = f"setting{len(more)}"
        more.append({"id": f"{row['id']}/settings/{name}", "name": name, "isDefault": True})


def _placed(row: Row, number: int) -> Row:
    """Return a row whose columns say where its id is."""
    group = f"{row['resourceGroup']}-{number}"
    name = f"{row['name']}-{number}" if row["type"].endswith("/resourcegroups") else row["name"]
    return row | {"subscriptionId": row["id"].split("/")[2], "resourceGroup": group, "name": name}


def _assign(tenant: AzureTenant, assignments: int, rng: random.Random) -> None:
    """Let people have roles in groups and in resources."""
    people = [str(UUID(int=rng.getrandbits(128), version=4)) for _ in range(_PEOPLE)]
    table = tenant.tables["authorizationresources"]
    roles = [row["id"] for row in table.values() if row["type"] == "microsoft.authorization/roledefinitions"]
    scopes = [row["id"] for table in ("resources", "resourcecontainers") for row in tenant.tables[table].values()]
    for _ in range(assignments):
        scope = rng.choice(scopes)
        id = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{UUID(int=rng.getrandbits(128), version=4)}"
        given = {"roleDefinitionId": rng.choice(roles), "principalId": rng.choice(people), "principalType": "User"}
        properties = {**given, "scope": scope, "createdOn": "2024-05-01T12:30:00Z"}
        tenant.add(row_of(id, _ASSIGNMENT, tenantId=tenant.id, properties=properties), "authorizationresources")
