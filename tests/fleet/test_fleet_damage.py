"""What is known of a fleet's tenants may be damaged: that is said, and the next run can do without it."""

from pathlib import Path

import pytest

from integration.fleet.folders import FLEET
from integration.fleet.work import states_of


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b'{"tenants": []}', b'{"tenants": {"contoso": "ok"}}'])
@pytest.mark.parametrize("scheme", ["", "file://"], ids=["folder", "store"])
def test_damage_is_said_and_does_without(
    data: bytes, scheme: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / FLEET).write_bytes(data)
    states = states_of(f"{scheme}{folder}")
    assert states.told() == {}
    (warning,) = [record.getMessage() for record in caplog.records if FLEET in record.getMessage()]
    assert "is damaged" in warning
    whole = {"tenants": {"contoso": {"word": "ok"}}}
    states.tell(whole)
    assert states.told() == whole
