"""Running a plan: independent steps side by side, a verdict for each, one graph at the end."""

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing
from pathlib import Path

import pluggy
import requests

from integration.config import Config, from_event
from integration.errors import IntegrationError, Interrupted, OutputError
from integration.judge import Judge
from integration.mirror import Mirror
from integration.msgraph.auth import ClientSecret, GivenToken, NoToken, Tokens
from integration.msgraph.client import Client
from integration.output import locked, usable_folder, write_json
from integration.plan import Plan
from integration.plugins import load, plan
from integration.reader import Reader
from integration.report import Report, StepResult
from integration.sinks import Sink, make_sinks
from integration.step import Step
from integration.store import Store
from integration.tapes import Live, Tape

_SIDE_BY_SIDE = 8
_DID = {"failed": "failed", "skipped": "was skipped"}


def handle(
    event: object,
    *,
    out: Path | str = ".integration",
    tape: Tape | None = None,
    manager: pluggy.PluginManager | None = None,
) -> Report:
    """Run the integration for one instance: what a host calls when it is triggered.

    Args:
        event: ``{"instance": {"id": …, "name": …, "config": {"clientId": …, "clientSecret": …, "directoryId": …}}}``.
        out: folder for ``graph.db`` and ``summary.json``.
        tape: where answers come from; live Graph where ``None``.
        manager: from ``load``; a fresh one where ``None``.

    Raises:
        ConfigurationError: names all that the event lacks or has wrong, without values.
        IntegrationError: as ``load``, ``plan`` and ``run`` raise.
    """
    config = from_event(event, offline=tape is not None and tape.offline)
    manager = manager or load()
    return run(manager, plan(manager, only=config.only, skip=config.skip), config, out=out, tape=tape)


def run(
    manager: pluggy.PluginManager,
    plan: Plan,
    config: Config,
    *,
    out: Path | str = ".integration",
    tape: Tape | None = None,
) -> Report:
    """Run a plan and return its report; a type that fails is in the report, not an exception.

    Args:
        manager: from ``load``.
        plan: from ``plan``.
        config: settings.
        out: folder for ``graph.db`` and ``summary.json``; made where it is missing.
        tape: where answers come from; live Graph where ``None``.

    Raises:
        ConfigurationError: a destination is not known.
        CredentialsError: Microsoft refused the sign-in or the token.
        FatalError: the run could not go on; ``summary.json`` says how far it came, ``graph.db`` is as it was.
    """
    folder = usable_folder(Path(out))
    sinks = make_sinks(manager, config.to)
    with locked(folder):
        return _Run(manager, plan, config, folder, tape or Live()).execute(sinks)


class _Run:
    def __init__(self, manager: pluggy.PluginManager, plan: Plan, config: Config, folder: Path, tape: Tape) -> None:
        self._manager, self._plan, self._config, self._folder, self._tape = manager, plan, config, folder, tape
        self._results = {name: _skipped(name, reason) for name, reason in plan.skipped.items()}
        self._started = time.time()

    def execute(self, sinks: list[Sink]) -> Report:
        """Read the tenant, publish its graph, and bring the destinations up to date."""
        report = None
        try:
            with ExitStack() as stack:
                store = stack.enter_context(closing(Store(self._folder / "graph.db")))
                mirror = stack.enter_context(closing(_new_mirror(self._folder / "mirror.db")))
                client = self._client(stack)
                store.begin(self._config.tenant)
                self._execute_steps(client, store, Reader(client, mirror, self._tape.threads))
                report = self._report()
                store.judge((r.type, r.verdict, r.reason, r.count, r.seconds) for r in report.results)
                store.commit()
                report = self._report(failed_sinks=self._write(sinks, store, report))
            return report
        except IntegrationError as error:
            report = self._report(error=str(error))
            raise
        finally:
            if report is not None:
                write_json(self._folder / "summary.json", report.summary())
                self._manager.hook.integration_run_finished(report=report)

    def _client(self, stack: ExitStack) -> Client:
        """Sign in, so that a refusal is known before anything is read."""
        stack.callback(self._tape.close)
        session = stack.enter_context(requests.Session())
        adapter = self._tape.adapter()
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        tokens = _tokens(self._config, self._tape)
        tokens.token()
        return Client(self._config.graph_url, tokens, session)

    def _execute_steps(self, client: Client, store: Store, reader: Reader) -> None:
        waiting = list(self._plan.steps)
        running: set[Future[StepResult]] = set()
        threads = _SIDE_BY_SIDE if self._tape.threads > 1 else 1
        with ThreadPoolExecutor(threads, thread_name_prefix="step") as executor:
            try:
                while waiting or running:
                    for step in [step for step in waiting if all(need in self._results for need in step.needs)]:
                        waiting.remove(step)
                        blocked = self._blocked(step)
                        if blocked:
                            self._results[step.name] = blocked
                        else:
                            running.add(executor.submit(self._execute, step, store, reader))
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        result = future.result()
                        self._results[result.type] = result
            except KeyboardInterrupt:
                client.stop()
                raise Interrupted("stopped; what was complete before is still in the graph") from None
            except BaseException:
                client.stop()
                raise

    def _blocked(self, step: Step) -> StepResult | None:
        """Return the verdict on a step that cannot run, because one that it needs did not."""
        lost = [self._results[need] for need in step.needs if self._results[need].verdict in ("failed", "skipped")]
        if not lost:
            return None
        reason = "; ".join(f"needs {result.type}, which {_DID[result.verdict]}: {result.reason}" for result in lost)
        return _skipped(step, reason, any(result.verdict == "failed" or result.because_of_failure for result in lost))

    def _execute(self, step: Step, store: Store, reader: Reader) -> StepResult:
        self._manager.hook.integration_step_started(step=step)
        result = Judge(step, self._results, self._config).judge(store, reader)
        self._manager.hook.integration_step_finished(result=result)
        return result

    def _write(self, sinks: list[Sink], store: Store, report: Report) -> dict[str, str]:
        failed = {}
        for sink in sinks:
            try:
                sink.write(store, self._plan.steps, report)
            except OutputError as error:
                failed[sink.url] = str(error)
        return failed

    def _report(self, *, error: str = "", failed_sinks: dict[str, str] | None = None) -> Report:
        ended = {step.name: _skipped(step, "the run ended before") for step in self._plan.steps}
        results = {**ended, **self._results}
        return Report(
            results=tuple(results[name] for name in [*ended, *self._plan.skipped]),
            not_chosen=self._plan.not_chosen,
            error=error,
            failed_sinks=failed_sinks or {},
            started_on=round(self._started * 1000),
            seconds=time.time() - self._started,
        )


def _skipped(step: Step | str, reason: str, because_of_failure: bool = False) -> StepResult:
    if isinstance(step, str):
        return StepResult(type=step, verdict="skipped", reason=reason)
    return StepResult(
        type=step.name,
        verdict="skipped",
        reason=reason,
        description=step.description,
        needs=step.needs,
        because_of_failure=because_of_failure,
    )


def _tokens(config: Config, tape: Tape) -> Tokens:
    if tape.offline:
        return NoToken()
    if config.access_token:
        return GivenToken(config.access_token)
    return ClientSecret(config.authority, config.directory_id, config.client_id, config.client_secret, config.graph_url)


def _new_mirror(path: Path) -> Mirror:
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
    return Mirror(path)
