"""What may keep a run from succeeding, looked at one by one; nothing here prints, and nothing shows a secret."""

import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pluggy
from filelock import FileLock, Timeout
from packaging.requirements import Requirement

from integration.config.settings import Config
from integration.config.variables import known_names, strangers, variables_set
from integration.doctor.finding import Finding, ok, problem, warning
from integration.doctor.network import examine_network
from integration.errors import ConfigurationError, IntegrationError
from integration.sdk.plan import Plan
from integration.sdk.plugins import plan
from integration.text.nearest import nearest

PACKAGE = "integration-microsoft-entra"
_NEEDED = 100_000_000
_COMFORTABLE = 1_000_000_000
"""Bytes. A made-up tenant of 10,000 users and 40,000 memberships takes 43 MB, and 64 MB while it is read."""


def examine_machine(out: Path) -> Iterator[Finding]:
    """Look at the versions of what is installed, and at the disk.

    Args:
        out: folder of the graph; it need not be there, and is not made.
    """
    yield _versions()
    yield _disk(out)


def examine_settings(
    sources: Mapping[str, str], config: Config | ConfigurationError, environment: Mapping[str, str]
) -> Finding:
    """Say which settings are there and where from, or what is wrong with them; no values.

    Args:
        sources: from ``sources_of``, or what an event holds.
        config: the settings, or why there are none.
        environment: variables, those of a file ``.env`` included.
    """
    found = ", ".join(f"{name} from {source}" for name, source in sources.items()) or "none are set"
    unknown = ", ".join(f"{name}{nearest(name, known_names())}" for name in strangers(environment))
    without_effect = [f"these variables are not known, and have no effect: {unknown}"] if unknown else []
    if isinstance(config, ConfigurationError):
        return problem("settings", found, "\n".join([*config.faults, *without_effect]))
    return warning("settings", found, *without_effect) if unknown else ok("settings", found)


def sources_of(environment: Mapping[str, str], file: Mapping[str, str], flags: Mapping[str, object]) -> dict[str, str]:
    """Return where each setting that is set comes from: a flag, a variable, or a variable in ``.env``.

    Args:
        environment: the process's variables.
        file: those of the file ``.env``.
        flags: those that were typed, by their names in an event.
    """
    found = {}
    for setting, variable in variables_set({**file, **environment}).items():
        found[setting] = variable if variable in environment else f"{variable} in .env"
    return {**found, **dict.fromkeys(flags, "a flag")}


def examine_types(manager: pluggy.PluginManager | IntegrationError, config: Config) -> tuple[Finding, Plan | None]:
    """Say whether the chosen types can be ordered, and return their plan.

    Args:
        manager: from ``load``, or why there is none.
        config: settings.
    """
    if isinstance(manager, IntegrationError):
        return _unusable(manager), None
    try:
        chosen = plan(manager, only=config.only, skip=config.skip)
    except IntegrationError as error:
        return _unusable(error), None
    left_out = f"; {len(chosen.skipped)} are left out, or off by default" if chosen.skipped else ""
    return ok("types", f"{len(chosen.steps):,} types to collect{left_out}"), chosen


def examine(
    out: Path,
    sources: Mapping[str, str],
    config: Config | ConfigurationError,
    manager: pluggy.PluginManager | IntegrationError,
    environment: Mapping[str, str],
) -> Iterator[Finding]:
    """Look at everything that a run needs, the machine first, and yield each finding when it is there.

    Args:
        out: folder of the graph.
        sources: where each setting comes from.
        config: the settings, or why there are none.
        manager: from ``load``, or why there is none.
        environment: variables, those of a file ``.env`` included.
    """
    yield from examine_machine(out)
    yield examine_settings(sources, config, environment)
    if isinstance(config, ConfigurationError):
        if isinstance(manager, IntegrationError):
            yield _unusable(manager)
        yield warning("network", "not looked at", "correct the settings first, and ask again")
        return
    found, chosen = examine_types(manager, config)
    yield found
    yield from examine_network(config, chosen)


def _unusable(error: IntegrationError) -> Finding:
    return problem("types", str(error), "mend or uninstall the package, or correct --only and --skip")


def _versions() -> Finding:
    python = ".".join(map(str, sys.version_info[:3]))
    shown = f"{PACKAGE} {version(PACKAGE)}, Python {python}, SQLite {sqlite3.sqlite_version}"
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            database.execute("SELECT value FROM json_each('[1]')").fetchone()
        except sqlite3.OperationalError:
            return problem(
                "versions", f"{shown}: without json_each", "use a Python whose SQLite has its JSON functions"
            )
    unfit = sorted(_unfit())
    if unfit:
        return problem(
            "versions", f"{shown}: {'; '.join(unfit)}", f"install {PACKAGE} anew with pip, which brings them"
        )
    return ok("versions", f"{shown}, and every dependency as asked")


def _unfit() -> Iterator[str]:
    """Yield each dependency that is missing or of another version than this package asks for; not those of extras."""
    for line in requires(PACKAGE) or ():
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            there = version(requirement.name)
        except PackageNotFoundError:
            yield f"{requirement.name} is missing"
        else:
            if not requirement.specifier.contains(there, prereleases=True):
                yield f"{requirement.name} is {there}, not {requirement.specifier}"


def _disk(out: Path) -> Finding:
    """Judge the folder of the graph: whether it can be written, whether a run has it, how much room there is."""
    folder = next(place for place in (out.absolute(), *out.absolute().parents) if place.exists())
    try:
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
            taken = sum(file.stat().st_size for file in out.glob("*.db*"))
    except OSError as error:
        return problem("disk", f"{folder}: cannot be written: {error.strerror}", "choose another folder with --out")
    needed = max(_NEEDED, taken)
    shown = f"{out}: {_megabytes(free)} free, {_megabytes(taken)} taken, {_megabytes(needed)} needed"
    if free < needed:
        return problem("disk", shown, "make room, or choose another folder with --out")
    if _held(out / ".lock"):
        return warning("disk", f"{shown}; another run is using the folder", "wait for it, or choose another folder")
    if free < max(_COMFORTABLE, 2 * taken):
        return warning("disk", shown, "make room: a large tenant takes more")
    return ok("disk", shown)


def _held(lock: Path) -> bool:
    if not lock.exists():
        return False
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB"
