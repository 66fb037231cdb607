"""Which tenant a log record is about, and which errors are behind a reason, is told to programs."""

import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import integration
from integration import CredentialsError, handle, load
from integration.text.discretion import logger
from integration.text.secret import Secret
from integration.text.whose import carried, tenant_at_work, working_for
from tests.http.sign_in import application, serving_over_tls
from tests.little_tenant import LittleTenant, serving


def test_a_thread_knows_the_tenant_of_the_one_that_started_it() -> None:
    found: list[str] = []
    with working_for("contoso"):
        work = carried(lambda: found.append(tenant_at_work()))
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()
        assert pool.submit(tenant_at_work).result() == ""
    assert found == ["contoso", "contoso"]


def test_each_record_of_a_run_names_its_tenant(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "integration")
    caplog.set_level(logging.DEBUG, "urllib3")
    with serving(LittleTenant()) as tenant:
        event = {"instance": {"config": {"accessToken": "token", "graphUrl": tenant.url}}}
        with working_for("contoso"):
            handle(event, out=tmp_path)
    assert {record.name.partition(".")[0] for record in caplog.records} >= {"urllib3"}
    assert {getattr(record, "tenant", "") for record in caplog.records} == {"contoso"}


def test_a_record_names_nobody_where_nobody_was_named(caplog: pytest.LogCaptureFixture) -> None:
    logger("integration").warning("nothing in particular")
    assert not hasattr(caplog.records[0], "tenant")


def test_the_summary_names_the_errors_behind_a_reason(tmp_path: Path) -> None:
    with serving(LittleTenant()) as tenant:
        tenant.always("/users", 403, {"error": {"code": "Authorization_RequestDenied"}})
        event = {"instance": {"config": {"accessToken": "token", "graphUrl": tenant.url}}}
        report = handle(event, out=tmp_path, manager=load())
    summary = json.loads((tmp_path / "summary.json").read_text())
    told = {each["id"]: each.get("errors") for each in summary["integrationStepResults"]}
    assert report.of("azure_user").verdict == "failed"
    assert told["azure_user"] == ["Forbidden"]
    assert told["azure_account"] is None


@pytest.mark.parametrize("discovery", [None, (400, b'{"error": "invalid_tenant", "error_codes": [90002]}')])
def test_a_refused_sign_in_has_the_numbers_of_its_errors(
    discovery: tuple[int, bytes] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    with serving_over_tls(tmp_path / "ca.pem") as service:
        service.status, service.discovery = 401, discovery
        service.raw = lambda _: b'{"error": "invalid_client", "error_codes": [7000222]}'
        with pytest.raises(CredentialsError) as caught:
            application(service, client_secret=Secret("not-the-secret")).token()
    assert caught.value.codes == ((90002,) if discovery else (7000222,))


def test_the_package_knows_its_version() -> None:
    assert integration.__version__.count(".") == 2
