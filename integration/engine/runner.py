"""Running a plan: independent steps side by side, a verdict for each, one graph at the end."""

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import pluggy
import requests

from integration.config.settings import Config, from_event
from integration.disk.folder import locked, result_folder, write_json
from integration.engine.agreed import check_run
from integration.engine.attempt import Job
from integration.engine.cost import account, not_represented
from integration.engine.delivery import deliver
from integration.engine.observers import Observers
from integration.engine.schedule import Schedule
from integration.engine.verdicts import Verdicts, not_run, skipped
from integration.errors import IntegrationError, Interrupted, OutputError
from integration.mirror.mirror import Mirror
from integration.sdk.changes import What
from integration.sdk.plan import Plan
from integration.sdk.plugins import declared_steps, load, plan
from integration.sdk.progress import Counter
from integration.sdk.report import Report
from integration.sdk.schema import load_schemas
from integration.sdk.sink import Sink
from integration.sdk.stopping import STOPPED, Asks, Stopping
from integration.sinks import make_sinks
from integration.sources.opening import open_sources
from integration.sources.reader import Reader
from integration.sources.source import Review
from integration.store.history import last_change
from integration.store.losses import note_losses, withhold
from integration.store.store import Store
from integration.tapes.tapes import Live, Tape
from integration.text.discretion import logger
from integration.text.phrases import some

_log = logger("integration")


def handle(
    event: object,
    *,
    out: Path | str = ".integration",
    tape: Tape | None = None,
    manager: pluggy.PluginManager | None = None,
    stop: Asks | None = None,
) -> Report:
    """Run the integration for one instance: what a host calls when it is triggered.

    Args:
        event: ``{"instance": {"id": …, "name": …, "config": {"clientId": …, "clientSecret": …, "directoryId": …}}}``.
        out: folder for ``graph.db`` and ``summary.json``.
        tape: where answers come from; live Graph where ``None``.
        manager: from ``load``; a fresh one where ``None``.
        stop: as for ``run``.

    Raises:
        ConfigurationError: names all that the event lacks or has wrong, without values.
        IntegrationError: as ``load``, ``plan`` and ``run`` raise.
    """
    config = from_event(event, offline=isinstance(tape, Tape) and tape.offline)
    manager = load() if manager is None else manager
    return run(manager, plan(manager, only=config.only, skip=config.skip), config, out=out, tape=tape, stop=stop)


def run(
    manager: pluggy.PluginManager,
    plan: Plan,
    config: Config,
    *,
    out: Path | str = ".integration",
    tape: Tape | None = None,
    stop: Asks | None = None,
) -> Report:
    """Run a plan and return its report; a type that fails is in the report, not an exception.

    Args:
        manager: from ``load``.
        plan: from ``plan``.
        config: settings.
        out: folder for ``graph.db`` and ``summary.json``; made where it is missing.
        tape: where answers come from; live Graph where ``None``.
        stop: ends the run within two seconds when it is set, whatever it waits for; a ``threading.Event``, say. Once
            the graph is there, the run has its true result, and only destinations are left out.

    Raises:
        ConfigurationError: what is handed over cannot be used, or does not belong together; a destination is not known.
        CredentialsError: Microsoft refused the sign-in or the token.
        Interrupted: ``stop`` was set, or the process was interrupted; the next run in this folder goes on from there.
        FatalError: the run could not go on; ``summary.json`` says how far it came, ``graph.db`` is as it was.
    """
    check_run(manager, plan, config, out=out, tape=tape, stop=stop)
    stopping = Stopping(stop)
    folder = result_folder(Path(out))
    with stopping:
        sinks: list[Sink] = []
        with suppress(Interrupted):
            if config.to:
                sinks = stopping.without_waiting(lambda: make_sinks(manager, config.to, config.instance_id, stopping))
        with locked(folder):
            return _Run(manager, plan, config, folder, tape or Live(), stopping).execute(sinks)


class _Run:
    def __init__(
        self,
        manager: pluggy.PluginManager,
        plan: Plan,
        config: Config,
        folder: Path,
        tape: Tape,
        stopping: Stopping,
    ) -> None:
        self._plan, self._config, self._folder, self._tape, self._stopping = plan, config, folder, tape, stopping
        self._observers = Observers(manager)
        self._verdicts = Verdicts(not_run(plan, declared_steps(manager)), plan.types)
        self._reading: dict[str, Any] = {}
        self._withheld: Mapping[str, str] = {}
        self._changes: Mapping[str, Mapping[What, int]] = {}
        self._kept: list[str] = []
        self._first, self._changed_on = False, 0
        self._lacking, self._presumed, self._granted = dict[str, Sequence[str]](), set[str](), set[str]()
        self._tenant, self._started = config.tenant, time.time()

    def execute(self, sinks: list[Sink]) -> Report:
        """Read the tenant, publish its graph, and bring the destinations up to date."""
        try:
            self._stopping.check()
            report = self._finished(sinks)
        except IntegrationError as error:
            ended = Interrupted(STOPPED) if self._stopping.asked() else error
            self._end_early(ended)
            raise ended from None
        except KeyboardInterrupt:
            stopped = Interrupted(STOPPED)
            self._end_early(stopped)
            raise stopped from None
        self._end(report)
        return report

    def _finished(self, sinks: list[Sink]) -> Report:
        with ExitStack() as stack:
            store = stack.enter_context(closing(Store(self._folder / "graph.db")))
            reader = self._reader(stack)
            store.begin(self._tenant, self._plan.of_others)
            self._first, self._kept = store.revision == 1, store.types()
            try:
                with self._stopping.telling(store.stop), self._stopping.telling(reader.stop):
                    self._schedule(store, reader).run()
            finally:
                self._reading |= account(reader)
            self._stopping.check()
            self._reading["notRepresented"] = not_represented(reader, store)
            note_losses(store, self._config.mass_delete)
            self._withheld = withhold(store, allow=self._config.allow_mass_delete)
            self._changes = store.counts_of_changes()
            self._changed_on = last_change(store.revisions())
            report = self._report()
            store.keep_verdicts((r.type, r.verdict, r.reason, r.count, r.seconds) for r in report.results)
            store.commit()
            reader.mirror.finish()
            delivery = deliver(
                sinks,
                store,
                self._plan.steps,
                report,
                mass_delete=self._config.mass_delete,
                allow_mass_delete=self._config.allow_mass_delete,
                moved=store.moved(self._changes),
                stopping=self._stopping,
            )
            return delivery.told(self._report())

    def _end_early(self, error: IntegrationError) -> None:
        """Say in the summary how far the run came, unless the disk that ended it does not take that either."""
        try:
            self._end(self._report(error=str(error)))
        except OutputError as second:
            _log.warning("%s", second)

    def _end(self, report: Report) -> None:
        try:
            write_json(self._folder / "summary.json", report.summary())
        finally:
            self._observers.run_finished(report)

    def _reader(self, stack: ExitStack) -> Reader:
        """Sign in, so that a refusal is known before anything is read, and open the mirror."""
        stack.callback(self._tape.close)
        session = stack.enter_context(requests.Session())
        adapter = self._tape.adapter()
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        sources = open_sources(self._config, self._tape, session, self._stopping.without_waiting, self._observers.waits)
        self._tenant = " ".join(source.tenant for source in sources if source.tenant)
        for source in sources:
            self._heed(source.review(self._plan))
        path = self._folder / ("tape.db" if self._tape.one_by_one else "mirror.db")
        mirror = stack.enter_context(closing(Mirror(path)))
        opened = mirror.open(self._tenant, fresh=self._config.fresh or self._tape.one_by_one)
        self._reading["mirror"] = f"rebuilt: {mirror.rebuilt}" if mirror.rebuilt else opened
        if mirror.rebuilt:
            _log.warning("%s is begun anew, and everything is read: %s", path, mirror.rebuilt)
        counter, many = Counter(self._observers.pages_read), not self._tape.one_by_one
        reader = Reader(sources, mirror, side_by_side=many, opened=opened, counter=counter)
        stack.callback(reader.close)
        return reader

    def _heed(self, review: Review | None) -> None:
        """Say before the first read what the token's permissions do not allow."""
        if review:
            lacks = sorted({name for names in review.lacking.values() for name in names})
            count, types = len(review.falls_away), len(self._plan.steps)
            if lacks:
                _log.warning("%d of %d types fall away: the token lacks %s", count, types, some(lacks))
            elif count:
                _log.warning("%d of %d types may fall away: the token names no permission", count, types)
            self._lacking.update(review.lacking)
            self._presumed.update(review.presumed)
            self._granted.update(review.granted)

    def _schedule(self, store: Store, reader: Reader) -> Schedule:
        steps, one_by_one = self._plan.steps, self._tape.one_by_one
        described = zip(steps, load_schemas(steps), strict=True)
        common = (self._config, store, reader, self._verdicts, self._granted)
        jobs = [Job(step, of, *common, is_presumed=step.name in self._presumed) for step, of in described]
        return Schedule(jobs, self._lacking, self._verdicts, self._observers, self._stopping, one_by_one=one_by_one)

    def _report(self, *, error: str = "") -> Report:
        judged = self._verdicts.so_far()
        results = [judged.get(step.name) or skipped(step, "the run ended before") for step in self._plan.steps]
        results += [judged[name] for name in self._plan.skipped]
        return Report(
            results=tuple(results),
            not_chosen=tuple(sorted({*self._plan.not_chosen, *self._kept} - {result.type for result in results})),
            error=error,
            changes=self._changes,
            withheld=self._withheld,
            started_on=round(self._started * 1000),
            seconds=time.time() - self._started,
            reading=self._reading,
            first=self._first,
            changed_on=self._changed_on,
        )
