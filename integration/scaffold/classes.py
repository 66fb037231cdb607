"""Which JupiterOne class objects of Graph most likely are: a proposal, which an author may change."""

_CLASSES = {
    "administrativeUnits": "Group",
    "applications": "Application",
    "appRoleAssignments": "AccessRole",
    "authenticationMethodsPolicy": "AccessPolicy",
    "devices": "Device",
    "managedDevices": "Device",
    "detectedApps": "Application",
    "directoryRoles": "AccessRole",
    "domains": "Domain",
    "groups": "UserGroup",
    "namedLocations": "Network",
    "policies": "AccessPolicy",
    "roleAssignments": "AccessPolicy",
    "roleDefinitions": "AccessRole",
    "servicePrincipals": "Service",
    "subscribedSkus": "License",
    "users": "User",
}


def class_of(path: str) -> str:
    """Return the class for the objects of a collection; ``Record`` where nothing else is likely."""
    return _CLASSES.get(path.rstrip("/").rpartition("/")[2], "Record")
