"""What Graph refused, and which permissions would mend it."""

from collections.abc import Collection, Sequence

from integration.errors import Forbidden, IntegrationError, NotLicensed


def in_doubt(permissions: Sequence[str], granted: Collection[str]) -> Sequence[str]:
    """Return those of a step's permissions that the token is not known to have; all of them where it has them all."""
    return [name for name in permissions if name not in granted] or permissions


def refusal(error: IntegrationError, permissions: Sequence[str]) -> str:
    """Return an error as a reason; ``permissions`` are those that the step declares for what was refused."""
    names = wanted([error], permissions)
    if names:
        return f"needs the permission {', '.join(names)}: {error}"
    return str(error)


def wanted(errors: Sequence[IntegrationError], permissions: Sequence[str]) -> tuple[str, ...]:
    """Return the permissions for want of which something is missing.

    Args:
        errors: what was refused.
        permissions: those that the step declares for what was refused; any of them may be the one.
    """
    found: list[str] = []
    for error in errors:
        if isinstance(error, Forbidden) and error.permission:
            found.append(error.permission)
        elif is_for_want_of_permissions(error):
            found.extend(permissions)
    return tuple(dict.fromkeys(found))


def is_for_want_of_permissions(error: IntegrationError) -> bool:
    """Tell whether another permission would help; a licence is something else."""
    return isinstance(error, Forbidden) and not isinstance(error, NotLicensed)
