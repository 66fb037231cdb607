"""What is set for SQL servers and for managed instances in the same words."""

from typing import Any

from integration import Entity
from steps.azure._children import mail_addresses, setting
from steps.azure._resource import filled_in, object_at, properties_of


def alert_policy(row: Any) -> Entity:
    """Return the entity of a policy that says whether Microsoft Defender watches, and who is told."""
    told = properties_of(row)
    addresses = mail_addresses(told, "emailAddresses")
    return setting(row, disabledAlerts=filled_in(told, "disabledAlerts"), emailAddresses=addresses)


def vulnerability_assessment(row: Any) -> Entity:
    """Return the entity of a setting that says whether databases are looked through for weaknesses, and who is told."""
    scans = object_at(properties_of(row), "recurringScans")
    return setting(row, emails=mail_addresses(scans, "emails"))
