"""How much of everything a made-up tenant has."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Sizes:
    """Numbers of objects and of assignments, grants and policies."""

    service_principals: int
    applications: int
    devices: int
    administrative_units: int
    app_role_assignments: int
    grants: int
    federated_credentials: int
    role_assignments: int
    eligibilities: int
    assignable_groups: int
    conditional_access_policies: int
    named_locations: int

    @classmethod
    def of(cls, users: int, **given: int) -> "Sizes":
        """What a tenant of so many users has, but for what is given. Raises TypeError for a name that is none."""
        usual = {
            "service_principals": users * 3 // 20,
            "applications": users // 20,
            "devices": users * 3 // 5,
            "administrative_units": users // 1000,
            "app_role_assignments": users,
            "grants": users // 5,
            "federated_credentials": users // 100,
            "role_assignments": users // 100,
            "eligibilities": users // 100,
            "assignable_groups": users // 500,
            "conditional_access_policies": 30,
            "named_locations": 20,
        }
        return cls(**{name: max(1, number) for name, number in usual.items()} | given)


NAMES = tuple(each.name for each in fields(Sizes))
