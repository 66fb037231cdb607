"""Whatever JupiterOne answers: what a retry mends changes nothing, and the rest is one clear error."""

import gzip
import json
import time
from collections.abc import Iterator
from email.utils import formatdate

import orjson
import pytest

from integration import OutputError, Report
from integration.http.patience import Patience
from integration.sinks.jupiterone import sink as jupiterone
from tests.jupiterone import Account, Fault, JupiterOne
from tests.jupiterone.account import KINDS
from tests.jupiterone.runs import INSTANCE, graph, held, push, read
from tests.simulator import Simulator, synthetic_tenant

EVERYWHERE = ("jobs", "entities", "relationships", "events", "finalize", "job")

Run = tuple[str, Report]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The folder of a run, and its report."""
    out = str(tmp_path_factory.mktemp("out"))
    with Simulator(synthetic_tenant(users=200, groups=40, memberships=900, seed=5)) as simulator:
        return out, read(simulator, out=out, raw_data=True)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jupiterone, "BATCH_BYTES", 20_000)


def refused(done: Run, service: JupiterOne, options: str = "") -> str:
    """Return the message of a push that fails."""
    out, report = done
    with pytest.raises(OutputError) as caught:
        push(out, report, f"jupiterone:{service.url}{options}")
    assert service.account.key not in str(caught.value)
    return str(caught.value)


def pushed(done: Run, service: JupiterOne) -> None:
    """Push, and make sure that the account holds exactly the graph then."""
    out, report = done
    push(out, report, f"jupiterone:{service.url}")
    assert held(service.account) == graph(out)
    job = service.account.last.as_json()
    assert [job["numEntitiesUploaded"], job["numRelationshipsUploaded"]] == [len(graph(out)[kind]) for kind in KINDS]


@pytest.mark.parametrize("applied", [False, True], ids=["before it is applied", "after it is applied"])
@pytest.mark.parametrize("status", [0, 500, 502, 503, 429], ids=str)
def test_what_fails_for_the_moment_is_tried_again(status: int, applied: bool, done: Run, service: JupiterOne) -> None:
    service.faults = [Fault(each, status, times=2, after=int(each in KINDS), applied=applied) for each in EVERYWHERE]
    pushed(done, service)
    ids = [each.headers["JupiterOne-Correlation-Id"] for each in service.uploads]
    assert len(ids) - len(set(ids)) == 4
    assert len(service.uploads) > 10


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("after", ["1.4", "1", "date"])
def test_retry_after_holds_every_upload_back(after: str, status: int, done: Run, service: JupiterOne) -> None:
    headers = {"Retry-After": formatdate(time.time() + 3, usegmt=True) if after == "date" else after}
    service.faults = [Fault("entities", status, after=2, headers=headers)]
    pushed(done, service)
    (struck,) = [each for each in service.uploads if each.status == status]
    least = 1.0 if after == "date" else float(after) - 0.05
    under_way = struck.ended + least / 2  # on a busy machine, what was sent before the answer was read
    later = [each.started - struck.ended for each in service.uploads if each.started > under_way]
    assert least < min(later) < least + 3


def test_a_longer_wait_than_there_is_time_for_ends_at_once(done: Run, service: JupiterOne) -> None:
    service.faults = [Fault("entities", 429, headers={"Retry-After": "301"})]
    started = time.monotonic()
    assert "HTTP 429" in refused(done, service)
    assert time.monotonic() - started < 5
    assert service.account.last.status == "ABORTED"


def test_an_outage_ends_with_the_deadline(done: Run, service: JupiterOne, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jupiterone, "PATIENCE", Patience(deadline=0.5, attempts=1000))
    service.faults = [Fault("relationships", 503, times=10_000)]
    started = time.monotonic()
    assert "HTTP 503" in refused(done, service)
    assert time.monotonic() - started < 5


def test_a_job_that_has_ended_takes_no_more_and_is_not_asked_again(done: Run, service: JupiterOne) -> None:
    service.faults = [Fault("entities", 409, "JOB_NOT_AWAITING_UPLOADS", times=99)]
    assert "JOB_NOT_AWAITING_UPLOADS" in refused(done, service)
    ids = [each.headers["JupiterOne-Correlation-Id"] for each in service.uploads]
    assert len(ids) == len(set(ids))


def test_an_upload_that_waits_does_not_delay_the_end(done: Run, account: Account) -> None:
    faults = [Fault("entities", 429, headers={"Retry-After": "60"}), Fault("entities", 422, "BAD_ENTITY")]
    started = time.monotonic()
    with JupiterOne(account, faults=faults, latency=0.1) as service:
        assert "BAD_ENTITY" in refused(done, service)
    assert time.monotonic() - started < 30
    assert account.last.status == "ABORTED"


def test_an_abort_that_fails_does_not_hide_why(
    done: Run, service: JupiterOne, caplog: pytest.LogCaptureFixture
) -> None:
    service.faults = [
        Fault("entities", 422, "BAD_ENTITY", "the first reason"),
        Fault("abort", 500, "LATER", "the second", times=99),
    ]
    message = refused(done, service)
    assert "BAD_ENTITY, the first reason" in message
    assert "second" not in message
    assert "could not be aborted" in caplog.text


def test_the_reason_of_a_failure_stands_in_the_aborted_job(done: Run, service: JupiterOne) -> None:
    service.faults = [Fault("relationships", 422, "BAD_RELATIONSHIP", "no such end")]
    message = refused(done, service)
    assert service.account.last.reason == message
    assert held(service.account) == {"entities": {}, "relationships": {}}


@pytest.mark.parametrize("status", ["ERROR_BAD_DATA", "ABORTED", "UNKNOWN"])
def test_a_job_that_is_not_applied_is_an_error_that_says_so(status: str, done: Run, service: JupiterOne) -> None:
    service.account.fails_as = status
    message = refused(done, service)
    assert status in message
    assert service.account.last.id in message
    assert service.asked("abort") == []
    pushed(done, service)


def test_a_job_that_never_ends_is_given_up(done: Run, service: JupiterOne, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jupiterone, "FINISH_WITHIN", 0.0)
    assert "after 0 s; JupiterOne may yet apply it" in refused(done, service)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_deleted_where_something_else_answers_an_upload(kind: str, done: Run, service: JupiterOne) -> None:
    pushed(done, service)
    before = held(service.account)
    service.faults = [Fault(kind, 200, times=99)]
    assert "the answer names no job" in refused(done, service)
    assert (service.account.last.status, held(service.account)) == ("ABORTED", before)


def test_a_batch_that_was_lost_is_noticed_before_anything_is_deleted(
    done: Run, service: JupiterOne, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jupiterone, "COUNTED_WITHIN", 0.0)
    pushed(done, service)
    before = held(service.account)
    service.account.loses = 1
    assert "were uploaded, but JupiterOne's job" in refused(done, service)
    assert (service.account.last.status, held(service.account)) == ("ABORTED", before)


def test_events_that_fail_harm_nothing(done: Run, service: JupiterOne, caplog: pytest.LogCaptureFixture) -> None:
    service.faults = [Fault("events", 400, "NO_EVENTS", times=99)]
    pushed(done, service)
    assert "does not show its events" in caplog.text


@pytest.mark.parametrize(("status", "code"), [(413, "ANY"), (400, "RequestEntityTooLargeException")])
def test_a_batch_that_is_too_large_is_split_and_loses_nothing(
    status: int, code: str, done: Run, service: JupiterOne
) -> None:
    service.faults = [Fault(kind, status, code, times=3) for kind in KINDS]
    pushed(done, service)
    ids = [each.headers["JupiterOne-Correlation-Id"] for each in service.uploads]
    assert len(ids) == len(set(ids))


def test_batches_are_split_until_the_service_takes_them(
    done: Run, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jupiterone, "BATCH_BYTES", 5_000_000)
    with JupiterOne(account, limit=20_000) as service:
        pushed(done, service)


def test_only_an_object_that_is_too_large_by_itself_loses_its_raw_data(
    done: Run, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    out, report = done
    whole = graph(out)
    limit = sorted(len(orjson.dumps({"entities": [each]})) for each in whole["entities"].values())[-4]
    with JupiterOne(account, limit=limit) as service:
        push(out, report, f"jupiterone:{service.url}")
    there = held(account)
    assert there["relationships"] == whole["relationships"]
    shrunk = {key for key, each in there["entities"].items() if each != whole["entities"][key]}
    assert 0 < len(shrunk) <= 3
    for key in shrunk:
        assert there["entities"][key] == {name: v for name, v in whole["entities"][key].items() if name != "_rawData"}
        assert key in caplog.text
    assert account.last.events[-1]["name"] == "warn_ingestion_limit_encountered"


def test_an_object_that_is_too_large_without_its_raw_data_fails_by_name(done: Run, account: Account) -> None:
    with JupiterOne(account, limit=300) as service:
        message = refused(done, service)
    assert "alone is larger than JupiterOne takes" in message
    assert any(key in message for key in graph(done[0])["entities"])
    assert account.last.status == "ABORTED"


@pytest.mark.parametrize(("status", "advice"), [(401, "check JUPITERONE_ACCOUNT"), (403, "what the API key may do")])
def test_a_refusal_says_what_to_do_and_not_the_key(status: int, advice: str, done: Run, service: JupiterOne) -> None:
    service.faults = [Fault("jobs", status, message=f"the key {service.account.key} is wrong")]
    message = refused(done, service)
    assert advice in message
    assert "the key *** is wrong" in message


def test_a_wrong_key_is_known_before_anything_is_read(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPITERONE_API_KEY", "another-key")
    with (
        Simulator(synthetic_tenant(users=3, groups=1, memberships=1)) as simulator,
        JupiterOne(account) as service,
        pytest.raises(OutputError, match="HTTP 401"),
    ):
        read(simulator, f"jupiterone:{service.url}")
    assert simulator.requests == []


def test_a_service_that_is_not_there_is_known_before_anything_is_read(account: Account) -> None:
    with JupiterOne(account) as service:
        pass
    with (
        Simulator(synthetic_tenant(users=3, groups=1, memberships=1)) as simulator,
        pytest.raises(OutputError, match="the connection failed"),
    ):
        read(simulator, f"jupiterone:{service.url}")
    assert simulator.requests == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int, done: Run, service: JupiterOne) -> None:
    with JupiterOne(Account()) as elsewhere:
        location = {"Location": f"{elsewhere.url}/persister/synchronization/jobs"}
        service.faults = [Fault(each, status, headers=location, times=99) for each in ("jobs", "job")]
        assert "not followed" in refused(done, service)
        assert elsewhere.exchanges == []


def test_what_is_no_synchronization_api_is_told_as_such(done: Run, service: JupiterOne) -> None:
    service.faults = [Fault("jobs", 200)]
    assert "is this JupiterOne's API?" in refused(done, service)


def test_a_stopped_run_aborts_its_job(done: Run, service: JupiterOne, monkeypatch: pytest.MonkeyPatch) -> None:
    out, report = done

    def interrupted(*_: object) -> Iterator[bytes]:
        for number in range(3):
            yield b'{"_key":"person-%d","_type":"azure_user","_class":["User"]}' % number
        raise KeyboardInterrupt

    monkeypatch.setattr(jupiterone, "BATCH_BYTES", 10)
    monkeypatch.setattr("integration.store.store.Store.records", interrupted)
    with pytest.raises(KeyboardInterrupt):
        push(out, report, f"jupiterone:{service.url}")
    assert (service.account.last.status, service.account.last.reason) == ("ABORTED", "KeyboardInterrupt")


def test_bodies_are_as_the_service_documents_them(done: Run, service: JupiterOne) -> None:
    pushed(done, service)
    for each in service.uploads:
        assert each.headers["Content-Encoding"] == "gzip"
        assert each.headers["Content-Type"] == "application/json"
        assert each.headers["JupiterOne-Account"] == service.account.id
    job = service.account.last
    for body in job.seen.values():
        document = json.loads(gzip.decompress(body))
        assert list(document) in (["entities"], ["relationships"])
        assert len(gzip.decompress(body)) <= 20_000
    assert job.instance == INSTANCE


def test_uploads_are_at_most_thirty_at_once(done: Run, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jupiterone, "BATCH_BYTES", 3_000)
    with JupiterOne(account, latency=0.02) as service:
        pushed(done, service)
    assert len(service.uploads) > 150
    assert 20 <= service.peak <= 30


def test_bytes_on_the_wire_are_those_of_the_packed_graph(
    done: Run, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jupiterone, "BATCH_BYTES", 100_000)
    with JupiterOne(account) as service:
        pushed(done, service)
    whole = graph(done[0])
    packed = gzip.compress(json.dumps(whole, separators=(",", ":"), ensure_ascii=False).encode())
    assert len(service.uploads) > 5
    assert sum(each.bytes for each in service.uploads) <= 1.15 * len(packed)  # each upload is packed by itself
