"""Whose run it is: the name of the tenant, known to whatever works for it, for log records above all.

A host may read several tenants in one process, each with threads of its own. Python gives a new thread none of the
variables of the one that starts it, so that whoever starts one for a run hands them over.
"""

import contextvars
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
_tenant: ContextVar[str] = ContextVar("_tenant", default="")


@contextmanager
def working_for(tenant: str) -> Iterator[None]:
    """Have all that is done meanwhile, and by threads that it starts, know the tenant's name."""
    token = _tenant.set(tenant)
    try:
        yield
    finally:
        _tenant.reset(token)


def tenant_at_work() -> str:
    """Return the name of the tenant that the calling thread works for; empty where nobody has told."""
    return _tenant.get()


def carried(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function that another thread may call, and that knows what the calling thread knows now."""
    context = contextvars.copy_context()

    def call(*arguments: P.args, **named: P.kwargs) -> R:
        return context.run(function, *arguments, **named)

    return call
