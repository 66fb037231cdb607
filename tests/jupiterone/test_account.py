"""The JupiterOne of the tests keeps the rules of the real one, so that a sink that breaks them fails."""

import gzip
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.jupiterone import JupiterOne

JOBS = "/persister/synchronization/jobs"
INSTANCE = {"source": "integration-external", "integrationInstanceId": "instance"}
USER = {"_key": "user-0001", "_type": "azure_user", "_class": ["User"], "displayName": "Ada"}
GROUP = {"_key": "group-0001", "_type": "azure_user_group", "_class": ["UserGroup"], "displayName": "All"}
MEMBER = {
    "_key": "group-0001|has|user-0001", "_type": "azure_user_group_has_user", "_class": "HAS",
    "_fromEntityKey": "group-0001", "_toEntityKey": "user-0001", "displayName": "HAS",
}  # fmt: skip


@pytest.fixture
def service() -> Iterator[JupiterOne]:
    with JupiterOne(limit=2000) as service:
        yield service


def ask(
    service: JupiterOne, method: str, path: str, body: Any = None, *, key: str = "", **headers: str
) -> tuple[int, Any]:
    account = service.account
    sign_in = {"JupiterOne-Account": account.id, "Authorization": f"Bearer {key or account.key}"}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = requests.request(
        method, f"{service.url}{path}", headers={**sign_in, **headers}, data=data, timeout=120, allow_redirects=False
    )
    return answer.status_code, answer.json()


def start(service: JupiterOne, **fields: str) -> str:
    status, answer = ask(service, "POST", JOBS, {**INSTANCE, **fields})
    assert (status, answer["job"]["status"]) == (200, "AWAITING_UPLOADS")
    return str(answer["job"]["id"])


def upload(
    service: JupiterOne, job: str, *objects: Any, kind: str = "entities", correlation: str = ""
) -> tuple[int, str]:
    headers = {"JupiterOne-Correlation-Id": correlation or str(uuid.uuid4()), "Content-Encoding": "gzip"}
    body = gzip.compress(json.dumps({kind: objects}).encode(), mtime=0)  # the same objects are the same bytes
    status, answer = ask(service, "POST", f"{JOBS}/{job}/{kind}", body, **headers)
    return status, answer.get("error", {}).get("code", "")


def finish(service: JupiterOne, job: str, *partial: str) -> dict[str, Any]:
    status, answer = ask(service, "POST", f"{JOBS}/{job}/finalize", {"partialDatasets": {"types": partial}})
    assert (status, answer["job"]["status"]) == (200, "FINALIZE_PENDING")
    seen = ["FINALIZE_PENDING"]
    while seen[-1] not in ("FINISHED", "ERROR_BAD_DATA"):
        answer = ask(service, "GET", f"{JOBS}/{job}")[1]
        seen.append(answer["job"]["status"])
    assert seen in (
        ["FINALIZE_PENDING", "FINALIZING_ENTITIES", "FINALIZING_RELATIONSHIPS", "FINISHED"],
        ["FINALIZE_PENDING", "ERROR_BAD_DATA"],
    )
    return dict(answer["job"])


def test_a_job_is_applied_after_it_is_finalized(service: JupiterOne) -> None:
    job = start(service)
    assert upload(service, job, MEMBER, kind="relationships") == (200, "")
    assert upload(service, job, USER, GROUP) == (200, "")
    assert service.account.held("entities", "instance") == {}
    ended = finish(service, job)
    assert [ended[f"numEntities{done}"] for done in ("Uploaded", "Created", "Updated", "Deleted")] == [2, 2, 0, 0]
    assert ended["startTimestamp"] > 1_600_000_000_000
    assert service.account.held("relationships", "instance") == {MEMBER["_key"]: MEMBER}


def test_diff_deletes_in_its_scope_what_is_not_of_a_partial_type(service: JupiterOne) -> None:
    job = start(service)
    upload(service, job, USER, GROUP)
    finish(service, job)
    other = start(service, integrationInstanceId="another")
    upload(service, other, USER)
    finish(service, other)
    ended = finish(service, start(service), "azure_user")
    assert (ended["numEntitiesDeleted"], list(service.account.held("entities", "instance"))) == (1, ["user-0001"])
    assert list(service.account.held("entities", "another")) == ["user-0001"]


def test_patch_adds_changes_and_never_deletes(service: JupiterOne) -> None:
    job = start(service)
    upload(service, job, {**USER, "title": "Dr"}, GROUP)
    finish(service, job)
    patch = start(service, syncMode="PATCH")
    assert upload(service, patch, MEMBER, kind="relationships")[0] == 400
    upload(service, patch, {**USER, "displayName": None, "size": 1})
    ended = finish(service, patch)
    assert (ended["numEntitiesUpdated"], ended["numEntitiesDeleted"]) == (1, 0)
    now = {name: value for name, value in USER.items() if name != "displayName"}
    assert service.account.held("entities", "instance") == {"user-0001": {**now, "title": "Dr", "size": 1},
                                                            "group-0001": GROUP}  # fmt: skip


def test_an_upload_is_counted_once_for_each_correlation_id(service: JupiterOne) -> None:
    job = start(service)
    assert upload(service, job, USER, correlation="one") == upload(service, job, USER, correlation="one") == (200, "")
    assert upload(service, job, GROUP, correlation="one")[0] == 400
    assert finish(service, job)["numEntitiesUploaded"] == 1


@pytest.mark.parametrize(
    "objects",
    [
        [USER, USER],
        [{name: value for name, value in USER.items() if name != "_type"}],
        [{**USER, "manager": {"id": "user-0002"}}],
        [{**USER, "_own": 1}],
    ],
    ids=["a key twice", "no type", "nested", "an underscore"],
)
def test_bad_data_is_told_when_the_job_is_finalized(objects: list[Any], service: JupiterOne) -> None:
    job = start(service)
    for each in objects:
        assert upload(service, job, each) == (200, "")
    assert finish(service, job)["status"] == "ERROR_BAD_DATA"
    assert service.account.held("entities", "instance") == {}


def test_what_is_not_allowed_is_refused(service: JupiterOne) -> None:
    job = start(service)
    assert ask(service, "GET", f"{JOBS}/{job}", key="wrong")[0] == 401
    assert ask(service, "GET", f"{JOBS}/unknown")[0] == 404
    assert ask(service, "POST", f"{JOBS}/{job}/users", {})[0] == 404
    assert ask(service, "GET", "/persister/jobs")[0] == 404
    assert ask(service, "POST", JOBS, {"source": "integration-external"})[0] == 400
    assert upload(service, job) == (400, "ENTITY_IS_NOT_ARRAY")
    assert upload(service, job, {**USER, "summary": "x" * 2000}) == (413, "RequestEntityTooLargeException")
    assert ask(service, "POST", f"{JOBS}/{job}/abort", {"reason": "enough"})[1]["job"]["status"] == "ABORTED"
    assert upload(service, job, USER) == (400, "JOB_NOT_AWAITING_UPLOADS")
    assert ask(service, "POST", f"{JOBS}/{job}/finalize", {"partialDatasets": {"types": []}})[0] == 400
