"""Microsoft Defender for Identity: the sensors that watch the on-premises directory, and where something is amiss."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps._forms import texts_in
from steps._words import says

SENSOR, ISSUE = "azure_defender_identity_sensor", "azure_defender_identity_health_issue"
_SENSORS_READ, _HEALTH_READ = ["SecurityIdentitiesSensors.Read.All"], ["SecurityIdentitiesHealth.Read.All"]
_PLANS = ["ATA"]
"""The service plan of Defender for Identity (Product names and service plan identifiers for licensing)."""
_SEVERITIES = {"high": ("high", 8), "medium": ("medium", 5), "low": ("low", 3)}
_UNKNOWN = ("unknown", 0)


@entity_step("HostAgent", permissions=_SENSORS_READ, licences=_PLANS, per_row=True)
def azure_defender_identity_sensor(ctx: Context) -> Iterator[Entity]:
    """A sensor on a domain controller or a server of the identity system, and how it is."""
    for row in _sensors(ctx):
        name = row.get("displayName") or row["id"]
        domain = row.get("domainName")
        yield Entity(
            row["id"],
            row,
            name=name,
            displayName=f"{name}.{domain}" if domain else name,
            function=["endpoint-protection"],
            lastSeenOn=None,
        )


@entity_step("Finding", permissions=_HEALTH_READ, licences=_PLANS, per_row=True)
def azure_defender_identity_health_issue(ctx: Context) -> Iterator[Entity]:
    """What is amiss with the sensors of Defender for Identity, or with what they need of the directory."""
    for row in _issues(ctx):
        name = row["displayName"] or row["id"]
        severity, number = next((told for word, told in _SEVERITIES.items() if says(row["severity"], word)), _UNKNOWN)
        yield Entity(
            row["id"],
            row,
            name=name,
            displayName=name,
            category="identity-protection",
            severity=severity,
            numericSeverity=number,
            open=says(row["status"], "open"),
        )


@relationship_step(SENSOR, "HAS", ISSUE, permissions=_HEALTH_READ, licences=_PLANS)
def azure_defender_identity_sensor_has_health_issue(ctx: Context) -> Iterator[Relationship]:
    """Something is amiss with a sensor: an issue names it as the DNS does."""
    sensors = {name: sensor.key for sensor in ctx.entities(SENSOR) for name in _names(sensor.properties)}
    for row in _issues(ctx):
        named = {sensors.get(name.lower(), f"{SENSOR}:{name.lower()}") for name in texts_in(row, "sensorDNSNames")}
        for sensor in sorted(named):
            yield Relationship(sensor, row["id"])


def _names(sensor: Any) -> set[str]:
    """Return how the DNS may name what a sensor is on, in small letters."""
    told = (sensor["name"], sensor["displayName"], *(sensor.get("dnsNames") or ()))
    return {str(name).lower() for name in told}


def _sensors(ctx: Context) -> Iterator[Any]:
    """Yield the sensors, whole: their list takes no ``$select`` (List sensors)."""
    return ctx.graph.list("/security/identities/sensors", select=None, top=None)


def _issues(ctx: Context) -> Iterator[Any]:
    """Yield the issues, those too that are closed."""
    also = ["displayName", "severity", "status"]
    return ctx.graph.list("/security/identities/healthIssues", schema=ISSUE, also=also, top=None)
