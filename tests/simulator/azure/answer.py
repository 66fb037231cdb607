"""One request to Azure Resource Manager as the simulator sees it, its answer, and answers that are errors."""

from dataclasses import dataclass, field
from typing import Any

import orjson


@dataclass
class Asked:
    """One request and, once it is answered, the status.

    ``query`` is that of a query of Azure Resource Graph, whose body is in ``body``; ``token`` is the bearer token;
    ``at`` is in monotonic seconds.
    """

    method: str
    path: str
    options: dict[str, str]
    headers: dict[str, str]
    body: dict[str, Any]
    at: float
    status: int = 0

    @property
    def query(self) -> str:
        return str(self.body.get("query", ""))

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").partition(" ")[2]


@dataclass
class Answer:
    """A status with headers and a body; ``document`` is what the body is written from, unless ``raw`` is given."""

    status: int
    document: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None

    @property
    def body(self) -> bytes:
        return orjson.dumps(self.document) if self.raw is None else self.raw


class Refused(Exception):
    """An error that is answered."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def refusal(status: int, code: str, message: str, detail: str = "", headers: dict[str, str] | None = None) -> Refused:
    """An error in ARM's form; ``detail`` is the code of its only detail."""
    support = "timestamp = 2026-08-01T00:00:00.0000000Z, correlationId = 00000000-0000-4000-8000-0000000000c0."
    error: dict[str, Any] = {"code": code, "message": message}
    if detail:
        error["message"] = f"Please provide below info when asking for support: {support}"
        error["details"] = [{"code": detail, "message": message}]
    return Refused(Answer(status, {"error": error}, headers or {}))
