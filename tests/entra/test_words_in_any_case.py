"""Words of Graph's, such as Guest or Dynamic, mean the same in whatever case it writes them."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from integration import Replay, load
from integration.ask.questions import load_questions
from integration.ask.then import open_graph
from integration.sdk.plugins import declared_steps
from integration.testing import run_steps
from tests.support import ROOT

pytestmark = pytest.mark.every_area

MANAGER = load()
TYPES = [step.name for step in declared_steps(MANAGER) if step.module.startswith("entra.")]
CASSETTES = sorted((ROOT / "tests" / "cassettes" / "entra").glob("*.yaml"))
QUESTIONS = [each for each in load_questions(MANAGER).values() if each.source.parent.name == "entra"]
WORDS = (
    "accessId|assignmentType|attestationEnforcement|authenticationType|consentType|deviceOwnership|error"
    "|excludeLocations|excludeUsers|externalUserState|groupTypes|includeApplications|includeLocations|includeUsers"
    "|memberType|membershipType|operator|principalType|resourceProvisioningOptions|riskLevel|riskState"
    "|servicePrincipalType|sharingCapability|sharingDomainRestrictionMode|state|trustType|type|usage|userType|visibility"
)
"""Properties by the words of which a step or a question decides something."""
_SAID = re.compile(rf'"(?:{WORDS})": ("[^"]*"|\[[^\]{{]*\])')
_WORD = re.compile(r'(?<=")[A-Za-z0-9]+(?="(?!:))')


def found(folder: str, case: Callable[[str], str]) -> dict[str, str]:
    """Read the demo with its words in a case: keys, and in lower case records and the answers to questions."""
    Path(folder).mkdir()
    for path in CASSETTES:
        text = path.read_text(encoding="utf-8")
        written = _SAID.sub(lambda said: _WORD.sub(lambda word: case(word[0]), said[0]), text)
        Path(folder, path.name).write_text(written, encoding="utf-8")
    tape = Replay(*(Path(folder, path.name) for path in CASSETTES))
    ran = run_steps(*TYPES, source=tape, manager=MANAGER, out=Path(folder))
    made = {type: json.dumps(ran.records[type]).lower() for type in TYPES}
    made |= {f"keys of {type}": json.dumps(sorted(str(each["_key"]) for each in ran.records[type])) for type in TYPES}
    with open_graph(Path(folder, "graph.db")) as inquiry:
        for question in QUESTIONS:
            if all(parameter.number for parameter in question.parameters):
                answer = inquiry.ask(question, ["90" for _ in question.parameters])
                made[question.name] = json.dumps(sorted(json.dumps(row).lower() for row in answer.rows))
    return made


@pytest.mark.parametrize("case", [str.lower, str.upper])
def test_a_word_decides_the_same_in_any_case(case: Callable[[str], str]) -> None:
    as_recorded, changed = found("as-recorded", str), found("changed", case)
    assert [name for name in as_recorded if changed[name] != as_recorded[name]] == []
