"""What a JupiterOne account holds, and the jobs that bring it up to date; it outlives the servers that serve it."""

import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["entities", "relationships"]

KINDS: tuple[Kind, ...] = ("entities", "relationships")
_DONE = ("Uploaded", "Created", "Updated", "Deleted")
_STAGES = ["AWAITING_UPLOADS", "FINALIZE_PENDING", "FINALIZING_ENTITIES", "FINALIZING_RELATIONSHIPS", "FINISHED"]
_SYSTEM = {"_key", "_type", "_class", "_fromEntityKey", "_toEntityKey", "_mapping", "_rawData"}


@dataclass
class Job:
    """A synchronization job."""

    source: str
    instance: str
    mode: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "AWAITING_UPLOADS"
    started: int = field(default_factory=lambda: round(time.time() * 1000))
    uploads: dict[Kind, list[Json]] = field(default_factory=lambda: {"entities": [], "relationships": []})
    counts: Counter[str] = field(default_factory=Counter)
    seen: dict[str, bytes] = field(default_factory=dict)
    """Correlation ids, and the bodies that came with them."""
    partial: set[str] = field(default_factory=set)
    events: list[Json] = field(default_factory=list)
    reason: str = ""

    def as_json(self) -> Json:
        """Return the job as the API describes it."""
        counts = [f"num{kind.capitalize()}{done}" for kind in KINDS for done in _DONE]
        return {
            "id": self.id,
            "source": self.source,
            "integrationInstanceId": self.instance,
            "integrationJobId": self.id,
            "status": self.status,
            "startTimestamp": self.started,
            **{name: self.counts[name] for name in counts},
        }


class Account:
    """A JupiterOne account.

    ``fails_as`` is the status that the next job ends with when it is finalized, such as UNKNOWN; of so many batches to
    come as ``loses`` says nothing is left but the answer.
    """

    def __init__(self, id: str = "contoso-account", key: str = "k3y-which-nobody-may-see") -> None:
        self.id, self.key = id, key
        self.jobs: dict[str, Job] = {}
        self.fails_as = ""
        self.loses = 0
        self._held: dict[tuple[str, Kind], dict[str, Json]] = {}

    def held(self, kind: Kind, instance: str) -> dict[str, Json]:
        """What an instance holds now, by key."""
        return self._held.setdefault((instance, kind), {})

    def types(self, instance: str) -> Counter[str]:
        """How many objects of each type an instance holds."""
        return Counter(each["_type"] for kind in KINDS for each in self.held(kind, instance).values())

    @property
    def last(self) -> Job:
        """The job that was started last."""
        return list(self.jobs.values())[-1]

    def upload(self, job: Job, kind: Kind, objects: list[Json], correlation: str, body: bytes) -> None:
        """Take a batch, once for each correlation id."""
        if self.loses:
            self.loses -= 1
        elif correlation not in job.seen:
            job.seen[correlation] = body
            job.uploads[kind] += objects
            job.counts[f"num{kind.capitalize()}Uploaded"] += len(objects)

    def advance(self, job: Job) -> None:
        """Do the next stage of a finalization."""
        if job.status not in _STAGES[1:-1]:
            return
        if job.status == "FINALIZE_PENDING" and (failed := self.fails_as or _fault(job)):
            job.status, self.fails_as = failed, ""
            return
        kind = {"FINALIZING_ENTITIES": KINDS[0], "FINALIZING_RELATIONSHIPS": KINDS[1]}.get(job.status)
        if kind:
            self._apply(job, kind)
        job.status = _STAGES[_STAGES.index(job.status) + 1]

    def _apply(self, job: Job, kind: Kind) -> None:
        held, name = self.held(kind, job.instance), f"num{kind.capitalize()}"
        for each in job.uploads[kind]:
            before = held.get(each["_key"])
            now = {**(before or {}), **each} if job.mode == "PATCH" else each
            held[each["_key"]] = {key: value for key, value in now.items() if value is not None}
            job.counts[f"{name}Created"] += before is None
            job.counts[f"{name}Updated"] += before not in (None, held[each["_key"]])
        if job.mode == "DIFF":
            uploaded = {each["_key"] for each in job.uploads[kind]}
            gone = [key for key, each in held.items() if key not in uploaded and each["_type"] not in job.partial]
            for key in gone:
                del held[key]
            job.counts[f"{name}Deleted"] += len(gone)


def _fault(job: Job) -> str:
    """Return the status of a job whose uploads cannot be applied."""
    for kind in KINDS:
        keys = Counter(each.get("_key") for each in job.uploads[kind])
        if keys and max(keys.values()) > 1:
            return "ERROR_BAD_DATA"
        if not all(_is_sound(kind, each) for each in job.uploads[kind]):
            return "ERROR_BAD_DATA"
    return ""


def _is_sound(kind: Kind, each: Json) -> bool:
    ends = {"_mapping"} if _is_mapped(each) else {"_fromEntityKey", "_toEntityKey"}
    needed = {"_key", "_type", "_class"} | (ends if kind == "relationships" else set())
    own = {name: value for name, value in each.items() if name not in _SYSTEM}
    lists = [value for value in own.values() if isinstance(value, list)]
    return (
        needed <= each.keys()
        and not any(name.startswith("_") or isinstance(value, dict) for name, value in own.items())
        and not any(isinstance(item, list | dict) for value in lists for item in value)
        and not (lists and kind == "relationships")
    )


def _is_mapped(each: Json) -> bool:
    """Tell whether a relationship leads to what JupiterOne finds, or makes, by itself."""
    mapping = each.get("_mapping") or {}
    filters = [name for names in mapping.get("targetFilterKeys", ()) for name in names]
    return (
        mapping.get("relationshipDirection") in ("FORWARD", "REVERSE")
        and bool(mapping.get("sourceEntityKey"))
        and bool(filters)
        and all(name in mapping["targetEntity"] for name in filters)
    )
