"""What it means for one step that the tenant is known to lack the licence for what the step reads."""

from integration.engine.attempt import Job
from integration.errors import GraphError, IntegrationError, NotLicensed

_REFUSED = frozenset({400, 403})
"""Statuses by which Graph refuses a tenant without licence, often in no more words than for want of a permission."""


class Licence:
    """The licence that a step declares.

    Args:
        job: the step, and what it is run with.
    """

    def __init__(self, job: Job) -> None:
        self._step, self._reader = job.step, job.reader

    def is_lacking(self) -> bool:
        """Tell whether the tenant is known to have none of the service plans of which the step needs one."""
        plans, sources = self._step.licences, self._reader.sources.values()
        return bool(plans) and any(each.unlicensed(plans, self._reader) for each in sources)

    def is_barring(self) -> bool:
        """Tell whether the tenant is not even asked, since nothing is there to be read without a licence."""
        return not self._step.outlasts_licence and self.is_lacking()

    def why(self, refused: IntegrationError) -> str:
        """Return the reason where the licence that the tenant lacks explains what was refused; empty where not.

        Where Graph does not say itself that it is for want of a licence, the reason has what it says.
        """
        if not isinstance(refused, GraphError) or refused.status not in _REFUSED or not self.is_lacking():
            return ""
        return self.lack() if isinstance(refused, NotLicensed) else self.lack(refused)

    def lack(self, answer: object = "") -> str:
        """Return the reason of a type that is not licensed; ``answer``: what Graph said, where that tells more."""
        reason = f"not licensed: the tenant has no {' or '.join(self._step.licences)}"
        return f"{reason}: {answer}" if answer else reason
