"""The Graph simulator as a process of its own."""

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from benchmarks.errors import BenchmarkError
from benchmarks.process import ROOT

_STOP_SECONDS = 10.0


@dataclass(frozen=True)
class Case:
    """A tenant and how Graph serves it.

    Attributes:
        users: how many.
        groups: how many.
        memberships: direct ones, of all kinds of members.
        latency: milliseconds before each answer.
        quota: S, M, L or resource units per 10 s; ``None`` is no limit.
        sizes: how much of everything else, by name; nothing but what groups need where empty.
    """

    users: int
    groups: int
    memberships: int
    latency: int
    quota: str | None = None
    sizes: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        size = f"{self.users:,} users, {self.groups:,} groups, {self.memberships:,} memberships"
        more = "".join(f", {number:,} {name.replace('-', ' ')}" for name, number in self.sizes)
        return f"{size}{more}, {self.latency} ms" + (f", quota {self.quota}" if self.quota else "")


class Simulator:
    """``python -m tests.simulator`` for one case; a context manager. It ends when this process does.

    Every method raises BenchmarkError where it does not answer, and so does entering where it does not start.

    Attributes:
        url: root of Graph, without version.
        token: the bearer token that it takes.
    """

    def __init__(self, case: Case) -> None:
        options: dict[str, object] = {
            "users": case.users, "groups": case.groups, "memberships": case.memberships, "latency": case.latency,
        }  # fmt: skip
        if case.quota:
            options["quota"] = case.quota
        self._command = [sys.executable, "-m", "tests.simulator", "--until-eof"]
        self._command += [f"--{name}={value}" for name, value in options.items()]
        self._has_areas = bool(case.sizes)
        self._command += [f"--size={name}={number}" for name, number in case.sizes]
        self.url = self.token = ""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            assert self._process.stdout is not None
            line = self._process.stdout.readline()
            if not line:
                raise BenchmarkError("the simulator did not start: see what it said above")
            ready = json.loads(line)
            self.url, self.token = ready["url"], ready["token"]
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def stats(self) -> dict[str, Any]:
        """Return what was asked since the last reset: requests by shape, resource_units, throttled, rude."""
        return self._ask("GET", "stats")

    def truth(self) -> dict[str, int]:
        """Return how many users, groups and memberships the tenant holds now."""
        return {name: each["count"] for name, each in self._ask("GET", "truth").items()}

    def contents(self) -> dict[str, int]:
        """Return how many objects each collection of Graph's has now, children of all parents together."""
        return self._ask("GET", "contents")

    def mutate(self, changes: int) -> None:
        """Make random changes to users, groups and memberships, and as many to everything else that there is."""
        self._ask("POST", f"mutate?n={changes}&seed=1&areas={changes if self._has_areas else 0}")

    def reset(self) -> None:
        """Forget what was asked, and fill the budget."""
        self._ask("POST", "reset")

    def _ask(self, method: str, what: str) -> dict[str, Any]:
        with closing(HTTPConnection(urlsplit(self.url).netloc)) as connection:
            try:
                connection.request(method, f"/_simulator/{what}")
                content: dict[str, Any] = json.load(connection.getresponse())
            except (OSError, HTTPException) as error:
                raise BenchmarkError(f"the simulator does not answer any more: {error}") from None
        return content

    def _stop(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise
        finally:
            self._process.stdout.close()
