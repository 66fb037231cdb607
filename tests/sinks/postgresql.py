"""A PostgreSQL server for tests: Debian's, in a folder of its own, on a free port of 127.0.0.1."""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import psycopg
from psycopg.sql import SQL, Identifier

from integration import Report, Step
from integration.sdk.report import StepResult
from integration.sinks.postgresql.sink import PostgresqlSink
from integration.store.store import Store
from tests.support import Row, publish

USER, PASSWORD = "contoso", "p@ss/w?rd #1"
MISSING = "PostgreSQL is not installed: apt-get install -y postgresql"

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
}
_START_SECONDS = 30


def programs() -> Path | None:
    """Return the folder of the newest server that is installed, in Debian's place or on the path."""
    version = {path: int(path.parent.name) for path in Path("/usr/lib/postgresql").glob("[0-9]*/bin")}
    debian = sorted((path for path in version if (path / "initdb").exists()), key=version.__getitem__)
    found = shutil.which("initdb")
    return debian[-1] if debian else Path(found).resolve().parent if found else None


def held(url: str, scope: str, schema: str = "integration") -> list[dict[str, Any]]:
    """Return the whole objects that a database holds of one graph, as JSON says them, sorted by type and key."""
    with psycopg.connect(url) as connection:
        connection.execute(SQL("SET search_path TO {}").format(Identifier(schema)))
        rows = connection.execute(
            "SELECT to_jsonb(entities) FROM entities WHERE _scope = %(scope)s"
            " UNION ALL SELECT to_jsonb(relationships) FROM relationships WHERE _scope = %(scope)s",
            {"scope": scope},
        ).fetchall()
    found = [row | row.pop("properties") for (row,) in rows]
    assert all(record.pop("_scope") == scope for record in found)
    return sorted(found, key=_place)


def expected(store: Store, steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Return the same of the graph itself."""
    return sorted((json.loads(record) for step in steps for record in store.records(step)), key=_place)


def collect(
    store: Store,
    found: Mapping[Step, list[Row]],
    incomplete: Collection[Step] = (),
    tenant: str = "contoso.example",
) -> None:
    """Make a run that found these rows of these types."""
    store.begin(tenant)
    for step, rows in found.items():
        publish(store, step, rows, complete=step not in incomplete)
    store.commit()


def push(
    url: str, store: Store, steps: Sequence[Step], incomplete: Collection[Step] = (), *, compare_all: bool = False
) -> None:
    """Push the graph."""
    results = [
        StepResult(type=step.name, verdict="failed", reason="HTTP 403")
        if step in incomplete
        else StepResult(type=step.name, verdict="complete", count=1, seconds=0.1)
        for step in steps
    ]
    PostgresqlSink(url).write(store, steps, Report(results=results, compare_all=compare_all))


def query(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Run a statement, and return the rows that it returns."""
    with psycopg.connect(url) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def _place(record: dict[str, Any]) -> tuple[str, str]:
    return record["_type"], record["_key"]


def _ends_with_us() -> list[str]:
    """Return the start of a command that is killed when this process ends, however that ends; Linux can do that."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "QUIT"] if setpriv else []


class Server:
    """A server that runs from entering to leaving; its files go with it. The server refuses to run as root."""

    def __init__(self) -> None:
        folder = programs()
        assert folder, MISSING
        self._programs = folder
        self._account: dict[str, Any] = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            self._account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
        if self._account:
            os.chown(self._folder, self._account["user"], self._account["group"])
        password = self._folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        options = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", "--no-sync"]
        made = subprocess.run(
            [self._programs / "initdb", *options, "-U", USER, f"--pwfile={password}", "-D", self._data],
            cwd=self._folder, env={**os.environ}, capture_output=True, text=True, check=False, **self._account,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def start(self) -> None:
        """Start, and return when connections are taken."""
        settings = {**_SETTINGS, "port": self.port}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*_ends_with_us(), self._programs / "postgres", "-D", self._data, *options],
                cwd=self._folder, env={**os.environ}, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self._account,
            )  # fmt: skip
        ends = time.monotonic() + _START_SECONDS
        while not self._answers():
            said = (self._folder / "log").read_text()
            assert self._process.poll() is None, said
            assert time.monotonic() < ends, said
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def own_folder(self, name: str) -> Path:
        """Make a folder beside that of the data."""
        folder = self._folder / name
        folder.mkdir()
        return folder

    def give(self, folder: Path) -> None:
        """Make a folder the server's own, as it wants it of a tablespace."""
        if self._account:
            os.chown(folder, self._account["user"], self._account["group"])

    def stop(self) -> None:
        """Stop at once, as a power cut would: what was not committed is lost."""
        if self._process:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(timeout=_START_SECONDS)
            self._process = None

    def restart(self) -> None:
        """Stop and start."""
        self.stop()
        self.start()

    @contextmanager
    def database(self, options: str = "") -> Iterator[str]:
        """Make a database for a while, and yield its name."""
        self._made += 1
        name = f"contoso{self._made}"
        self._execute(f"CREATE DATABASE {name} {options}")
        yield name
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def url(self, database: str, *, user: str = USER, password: str | None = PASSWORD) -> str:
        """Return the URL of a database; without a password where that is ``None``."""
        secret = "" if password is None else f":{quote(password, safe='')}"
        return f"postgresql://{user}{secret}@127.0.0.1:{self.port}/{database}"
