"""Which tenant is begun next, and whom it is of no use to ask."""

from collections.abc import Sequence
from typing import Any

import pytest

from integration.fleet.agenda import Agenda
from integration.fleet.board import sentences_of, sign_ins_of, told_of
from integration.fleet.outcomes import TenantOutcome
from integration.fleet.summary import exit_code, ordered, types_of, updated
from integration.fleet.tenants import Tenant


def tenants(*names: str, client: str = "app") -> list[Tenant]:
    return [Tenant(name, {"instance": {"config": {"clientId": client}}}) for name in names]


def begun(agenda: Agenda) -> list[str]:
    """Begin all that may be begun now."""
    found = []
    while tenant := agenda.next():
        found.append(tenant.name)
    return found


def outcome(name: str, word: str = "ok", codes: Sequence[int] = ()) -> TenantOutcome:
    return TenantOutcome(tenant=name, word=word, codes=codes, reason="so")


def names(count: int) -> list[str]:
    return [f"t{number:02}" for number in range(count)]


def test_a_credential_is_tried_in_few_tenants_until_it_was_good() -> None:
    agenda = Agenda(tenants(*names(20)))
    assert begun(agenda) == names(20)[:5]
    agenda.signed_in("t03")
    assert len(begun(agenda)) == 15


def test_a_credential_that_is_refused_five_times_in_a_row_is_not_used_any_more() -> None:
    agenda = Agenda([*tenants(*names(20)), *tenants("other", client="another")])
    for name in begun(agenda)[:5]:
        assert agenda.ended(outcome(name, "denied", [7000222]))
    refused = list(agenda.not_asked())
    assert [each.tenant for each in refused] == names(20)[5:]
    assert {each.word for each in refused} == {"denied"}
    assert refused[0].reason == "not asked: its credential was refused in 5 tenants in a row: so"
    assert agenda.ended(outcome("other"))
    assert agenda.is_done()


def test_a_tenant_that_did_not_consent_says_nothing_of_the_credential() -> None:
    agenda, asked = Agenda(tenants(*names(20))), 0
    while not agenda.is_done():
        for name in begun(agenda):
            asked += agenda.ended(outcome(name, "denied", [65001])) is not None
        assert list(agenda.not_asked()) == []
    assert asked == 20


@pytest.mark.parametrize("word", ["throttled", "unreachable"])
def test_what_may_be_over_later_is_tried_once_more_at_the_end(word: str) -> None:
    agenda = Agenda(tenants("a", "b"))
    assert begun(agenda) == ["a", "b"]
    assert agenda.ended(outcome("a", word)) is None
    assert agenda.ended(outcome("b"))
    assert begun(agenda) == ["a"]
    assert agenda.ended(outcome("a", word))
    assert agenda.is_done()


def test_where_nothing_answers_one_tenant_a_minute_tries() -> None:
    now = [0.0]
    agenda = Agenda(tenants(*names(40)), clock=lambda: now[0])
    begun(agenda)
    agenda.signed_in("t00")
    at_work = [*agenda._at_work, *begun(agenda)]
    for name in at_work[:10]:
        agenda.ended(outcome(name, "unreachable"))
    assert begun(agenda) == []
    for name in at_work[10:]:
        agenda.ended(outcome(name, "unreachable"))
    assert begun(agenda) == []
    now[0] += 61
    (probe,) = begun(agenda)
    agenda.ended(outcome(probe, "unreachable"))
    assert begun(agenda) == []
    now[0] += 61
    (probe,) = begun(agenda)
    agenda.ended(outcome(probe))
    assert len(begun(agenda)) == 38


def test_after_a_quarter_of_an_hour_of_silence_the_run_ends() -> None:
    now = [0.0]
    agenda = Agenda(tenants(*names(12)), clock=lambda: now[0])
    for _ in range(2):
        for name in begun(agenda):
            agenda.ended(outcome(name, "unreachable"))
    assert not agenda.is_silent_for_good()
    now[0] += 901
    assert agenda.is_silent_for_good()


def test_a_tenant_over_which_workers_died_is_read_once_more_alone_and_last() -> None:
    agenda = Agenda(tenants("a", "b", "c"))
    assert begun(agenda) == ["a", "b", "c"]
    assert agenda.lost(outcome("a", "lost")) is None
    agenda.ended(outcome("b"))
    assert begun(agenda) == []
    agenda.ended(outcome("c"))
    assert begun(agenda) == ["a"]
    assert agenda.lost(outcome("a", "lost"))
    assert agenda.is_done()


def test_never_read_tenants_come_first_then_the_longest_then_the_oldest() -> None:
    known = {
        "short": {"lastSuccess": 5, "lastSeconds": 1.0},
        "long": {"lastSuccess": 5, "lastSeconds": 9.0},
        "old": {"lastSuccess": 2, "lastSeconds": 1.0},
        "never": {"word": "denied"},
    }
    found = ordered(tenants("short", "old", "long", "new", "never"), {"tenants": known})
    assert [tenant.name for tenant in found] == ["new", "never", "long", "old", "short"]


def test_a_tenant_that_took_long_is_heavy_from_then_on() -> None:
    known = {"long": {"lastSuccess": 5, "lastSeconds": 301.0}, "short": {"lastSuccess": 5, "lastSeconds": 1.0}}
    found = ordered(tenants("short", "long"), {"tenants": known})
    assert [(tenant.name, tenant.heavy) for tenant in found] == [("long", True), ("short", False)]


def test_a_failure_does_not_forget_the_last_success() -> None:
    first = updated({}, [TenantOutcome(tenant="a", word="ok", seconds=3.0, ended_on=7)], "r1")
    second = updated(first, [TenantOutcome(tenant="a", word="gone", reason="no such tenant", ended_on=9)], "r2")
    assert (second["tenants"]["a"]["word"], second["tenants"]["a"]["endedOn"]) == ("gone", 9)
    assert not [name for name in second["tenants"]["a"] if "_" in name]
    assert (second["tenants"]["a"]["lastSuccess"], second["tenants"]["a"]["lastSeconds"]) == (7, 3.0)
    assert told_of("a", second["tenants"]["a"]) == "a: gone, no such tenant, last read 1970-01-01 00:00 UTC"
    assert told_of("a", first["tenants"]["a"]) == "a: ok, 3.0 s"


def test_what_many_tenants_share_is_told_once() -> None:
    expired = "AADSTS7000222: the client secret of {} has expired (trace 0000-{})"
    outcomes = [
        *(
            TenantOutcome(tenant=f"t-{n:02}", word="denied", codes=(7000222,), reason=expired.format(f"t-{n:02}", n))
            for n in range(30)
        ),
        TenantOutcome(tenant="e", word="denied", codes=(7000222,), reason=expired.format("e", 7)),
        TenantOutcome(tenant="other", word="denied", codes=(7000215,), reason=expired.format("other", 1)),
        *(
            TenantOutcome(tenant=f"p-{letter}", word="failed", reason=f"reason {letter}")
            for letter in "abcdefghijklmnopqr"
        ),
        TenantOutcome(tenant="fine", word="ok"),
    ]
    found = list(sentences_of(updated({}, outcomes, "r1"), frozenset(each.tenant for each in outcomes)))
    denied = [text for text in found if ": denied" in text]
    assert denied == [
        "e and 30 more tenants: denied, AADSTS7000222: the client secret of e has expired (trace 0000-7)",
        "other: denied, AADSTS7000222: the client secret of other has expired (trace 0000-1)",
    ]
    assert [text for text in found if ": failed" in text][-2:] == [
        "p-o: failed, reason o",
        "and 3 more tenants: failed",
    ]
    assert found[-1] == "51 tenants: 18 failed, 32 denied, 1 ok."


def test_of_many_tenants_that_can_be_signed_in_to_those_that_cannot_are_told() -> None:
    fine = (TenantOutcome(tenant=f"t{number}", word="ok") for number in range(1_000))
    refused = TenantOutcome(tenant="late", word="denied", reason="expired")
    found = {each.tenant: each.as_json() for each in (*fine, refused)}
    assert [*sign_ins_of(found)] == ["late: denied, expired", "1,001 tenants: 1 denied, 1,000 ok."]


def test_what_many_tenants_share_tells_since_when_they_may_not_have_been_read() -> None:
    names = [f"t{number}" for number in range(5)]
    fine = [TenantOutcome(tenant=name, word="ok", ended_on=at) for at, name in enumerate(names, 1)]
    refused = [TenantOutcome(tenant=name, word="denied", reason="expired", ended_on=86_400_000) for name in names]
    told = updated(updated({}, fine, "r1"), refused, "r2")
    lines = [*sentences_of(told, frozenset(names))]
    assert lines[0] == "t0 and 4 more tenants: denied, expired, last read 1970-01-01 00:00 UTC or later"
    never = updated(updated({}, fine[1:], "r1"), refused, "r2")
    assert next(sentences_of(never, frozenset(names))) == "t0 and 4 more tenants: denied, expired"


def test_the_matrix_tells_in_how_many_tenants_a_type_has_which_verdict() -> None:
    found = types_of(
        {"a": {"types": {"failed": ["crew"], "complete": 4}}, "b": {"types": {"partial": ["crew", "ship"]}}}
    )
    assert found == {"crew": {"failed": 1, "partial": 1}, "ship": {"partial": 1}}


@pytest.mark.parametrize(
    ("words", "options", "code"),
    [
        ("ok ok busy", {}, 0),
        ("ok partial", {}, 0),
        ("ok partial", {"fail_on_partial": True}, 1),
        ("ok gone", {}, 1),
        ("ok ok ok gone", {"max_failed": 25.0}, 0),
        ("ok ok gone", {"max_failed": 25.0}, 1),
        ("denied denied", {}, 2),
        ("ok left", {}, 3),
        ("stopped", {}, 1),
        ("ok stopped", {"stopped": True}, 3),
    ],
)
def test_the_exit_code_says_how_it_went(words: str, options: dict[str, Any], code: int) -> None:
    found = [outcome(f"t{number}", word) for number, word in enumerate(words.split())]
    assert exit_code(found, **options) == code
