"""Records the cassettes of the example package, from a declared tenant: ``python -m tests.record_example``."""

import sys
from pathlib import Path

from integration import Step, load
from integration.config.settings import Config
from integration.recording.recorder import Recording, record
from integration.sdk.plugins import steps_in
from integration.testing import GraphServer
from integration.text.secret import Secret
from tests.record_demo import SALT
from tests.support import ROOT

PACKAGE = ROOT / "examples" / "acme-devices"


def steps() -> list[Step]:
    """Return the package's steps; it need not be installed."""
    if str(PACKAGE) not in sys.path:
        sys.path.append(str(PACKAGE))
    return list(steps_in("acme_devices"))


def declare(graph: GraphServer) -> None:
    """Give a tenant three users, and devices of every kind, some of which somebody owns."""
    graph.page_size = 3
    names = ("Ada Example", "Zoë Beispiel", "Иво Пример")
    for number, name in enumerate(names, 1):
        user = {"id": _guid(1, number), "displayName": name, "userPrincipalName": f"user{number}@contoso.example"}
        graph.add("/users", {**user, "accountEnabled": number != 2, "userType": "Member"})
    for number, (system, version, trust) in enumerate(
        [
            ("Windows", "10.0.22631.3155", "AzureAd"),
            ("Windows", "10.0.19045.3803", "ServerAd"),
            ("iOS", "17.3", "Workplace"),
            ("Linux", None, None),
        ],
        1,
    ):
        device = {
            "id": _guid(2, number),
            "deviceId": _guid(3, number),
            "displayName": None if system == "Linux" else f"LAPTOP-{number:04}",
            "deviceCategory": "Kiosk" if number == 2 else None,
            "manufacturer": None if number == 4 else "Contoso",
            "model": None if number == 4 else f"Model {number}",
            "operatingSystem": system,
            "operatingSystemVersion": version,
            "trustType": trust,
            "accountEnabled": number != 3,
            "isCompliant": None if number > 2 else number == 1,
            "approximateLastSignInDateTime": None if number == 4 else f"2026-01-0{number}T08:30:00Z",
        }
        graph.add("/devices", device)
        graph.relate("/devices", _guid(2, number), "registeredOwners")
    graph.relate("/devices", _guid(2, 1), "registeredOwners", _guid(1, 1), _guid(1, 2))
    robot = {"id": _guid(4, 1), "@odata.type": "#microsoft.graph.servicePrincipal"}
    graph.relate("/devices", _guid(2, 2), "registeredOwners", _guid(1, 3), robot)


def record_example(to: Path) -> Recording:
    """Record the package's types."""
    with GraphServer() as graph:
        declare(graph)
        config = Config(graph_url=graph.url, access_token=Secret(graph.token))
        package = steps()
        return record(load(*package), [step.name for step in package], config, to=to, salt=SALT)


def _guid(kind: int, number: int) -> str:
    return f"5d2a9f10-0c77-4a0b-b1c2-{kind:04}{number:08}"


if __name__ == "__main__":
    for type, result in record_example(PACKAGE / "tests" / "cassettes").results.items():
        print(f"{type}: {result.verdict}, {result.count} records")
