"""What is asked about many tenants in one PostgreSQL, against an independent computation and with what may go wrong."""

import json
import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from integration import DeclarationError, Step, hookimpl, load
from integration.ask.questions import load_fleet_questions
from integration.cli import main
from integration.fleet.inquiry import open_database
from integration.sdk.plugins import declared_steps
from integration.store.store import Store
from tests.sinks.postgresql import collect, push, query
from tests.support import Row, write

STEPS = {step.name: step for step in declared_steps(load())}
QUESTIONS = load_fleet_questions(load())
TYPES = (
    "azure_account", "azure_user", "azure_domain", "azure_ad_role_definition", "azure_service_principal",
    "azure_app_role_assignment", "azure_advisor_recommendation", "azure_defender_alert",
    "azure_user_has_ad_role_definition",
)  # fmt: skip
Found = Mapping[str, list[dict[str, Any]]]


def tenant(rng: random.Random, number: int) -> dict[str, list[dict[str, Any]]]:
    """Return what one of some random tenants holds; ``_key`` is a record's key, ``_ends`` those of a relationship."""
    users = [
        {"_key": f"user-{number}-{each}", "displayName": f"User {each}", "userType": "Member",
         "active": rng.random() < 0.6, "userPrincipalName": f"Person_{each}@t{number}.example"}
        for each in range(rng.randint(1, 6))
    ]  # fmt: skip
    guests = [
        {"_key": f"guest-{number}-{each}", "displayName": f"Guest {each}", "userType": rng.choice(["Guest", "guest"]),
         "active": True, "userPrincipalName":
             f"person_{rng.randint(0, 7)}_T{rng.randint(0, 5)}.example#EXT#@t{number}.onmicrosoft.example"}
        for each in range(rng.randint(0, 6))
    ]  # fmt: skip
    roles = [{"_key": f"role-{number}-{each}", "displayName": f"Role {each}"} for each in range(2)]
    held = {(rng.choice([*users, *guests])["_key"], rng.choice(roles)["_key"]) for _ in range(5)}
    applications = [
        {"_key": f"sp-{number}-{each}", "id": f"sp-{each}", "displayName": f"App {each}", "appId": f"app-{each}",
         "servicePrincipalType": rng.choice(["Application", "Application", "ManagedIdentity"]),
         "isFirstParty": rng.choice([True, False, None])}
        for each in rng.sample(range(8), rng.randint(0, 6))
    ]  # fmt: skip
    assigned = [
        {"_key": f"assignment-{number}-{each}", "principalId": f"sp-{rng.randint(0, 7)}"}
        for each in range(rng.randint(0, 6))
    ]
    advice = [
        {"_key": f"advice-{number}-{each}", "displayName": f"Advice {rng.randint(0, 3)}", "severity": "High",
         "open": rng.choice([True, False, None])}
        for each in range(rng.randint(0, 4))
    ]  # fmt: skip
    return {
        "azure_account": [{"_key": f"account-{number}", "displayName": f"Tenant {number}"}],
        "azure_user": [*users, *guests],
        "azure_domain": [
            {"_key": f"domain-{number}", "domainName": f"t{number}.example", "isVerified": rng.random() < 0.9},
            {"_key": f"unproved-{number}", "domainName": f"t{number + 1}.example", "isVerified": False},
        ],
        "azure_ad_role_definition": roles,
        "azure_user_has_ad_role_definition": [{"_ends": ends} for ends in sorted(held)],
        "azure_service_principal": applications,
        "azure_app_role_assignment": assigned,
        "azure_advisor_recommendation": advice,
        "azure_defender_alert": [{"_key": f"alert-{number}", "displayName": "Alert", "severity": "Low"}],
    }


def rows(records: list[dict[str, Any]]) -> list[Row]:
    def told(record: dict[str, Any]) -> str:
        return json.dumps({name: value for name, value in record.items() if name[0] != "_" and value is not None})

    return [(*each["_ends"], None) if "_ends" in each else (each["_key"], told(each)) for each in records]


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def pushed(url: str, tenants: Sequence[Found], incomplete: Mapping[int, tuple[str, ...]] | None = None) -> None:
    for number, found in enumerate(tenants):
        with closing(Store(Path(f"graph-{number}.db"))) as store:
            of_steps: dict[Step, list[Row]] = {STEPS[type]: rows(found[type]) for type in TYPES}
            collect(store, of_steps, tenant=f"t{number}.example")
            lost = [STEPS[type] for type in (incomplete or {}).get(number, ())]
            push(url, store, list(of_steps), lost)


def asked(url: str, name: str) -> list[dict[str, Any]]:
    with open_database(url) as inquiry:
        answer = inquiry.select(QUESTIONS[name].sql)
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def home(tenants: Sequence[Found], here: int, user: Mapping[str, Any]) -> tuple[int, str] | None:
    """Return the tenant that a guest of another one comes from, and its address there, as one finds them by hand."""
    name = user["userPrincipalName"].lower()
    if user["userType"].lower() != "guest" or "#ext#" not in name:
        return None
    local, _, domain = name.partition("#ext#")[0].rpartition("_")
    for number, found in enumerate(tenants):
        if number != here and any(
            each["isVerified"] and each["domainName"] == domain for each in found["azure_domain"]
        ):
            return number, f"{local}@{domain}"
    return None


@pytest.fixture(scope="module", params=range(4))
def tenants(request: pytest.FixtureRequest) -> list[Found]:
    rng = random.Random(request.param)
    return [tenant(rng, number) for number in range(5)]


@pytest.fixture
def url(postgresql_url: str, tenants: list[Found]) -> str:
    pushed(postgresql_url, tenants)
    return postgresql_url


def test_what_is_asked_about_many_tenants_is_as_computed_by_hand(url: str, tenants: list[Found]) -> None:
    guests, roles = [], []
    for here, found in enumerate(tenants):
        names = {role["_key"]: role["displayName"] for role in found["azure_ad_role_definition"]}
        for user in found["azure_user"]:
            if (origin := home(tenants, here, user)) is None:
                continue
            there, address = origin
            accounts = [each for each in tenants[there]["azure_user"] if each["userPrincipalName"].lower() == address]
            active = accounts[0]["active"] if accounts else None
            guests.append((user["_key"], f"Tenant {here}", f"Tenant {there}", active))
            held = [each["_ends"] for each in found["azure_user_has_ad_role_definition"]]
            roles += [(user["_key"], names[role], f"Tenant {there}") for key, role in held if key == user["_key"]]
    told = asked(url, "guests-from-other-tenants")
    assert sorted(guests) == sorted((r["key"], r["tenant"], r["homeTenant"], r["homeAccountActive"]) for r in told)
    told = asked(url, "roles-of-guests-from-other-tenants")
    assert sorted(roles) == sorted((r["key"], r["role"], r["homeTenant"]) for r in told)

    where: defaultdict[str, set[int]] = defaultdict(set)
    allowed: defaultdict[str, int] = defaultdict(int)
    for here, found in enumerate(tenants):
        for each in found["azure_service_principal"]:
            if each["servicePrincipalType"] == "Application" and not each["isFirstParty"]:
                where[each["appId"]].add(here)
                grants = [grant for grant in found["azure_app_role_assignment"] if grant["principalId"] == each["id"]]
                allowed[each["appId"]] += len(grants)
    shared = [(app, len(there), allowed[app]) for app, there in where.items() if len(there) > 1]
    told = asked(url, "applications-in-many-tenants")
    assert sorted(shared) == sorted((r["appId"], r["tenants"], r["applicationPermissions"]) for r in told)

    seen: defaultdict[str, list[int]] = defaultdict(list)
    for here, found in enumerate(tenants):
        for each in (*found["azure_advisor_recommendation"], *found["azure_defender_alert"]):
            if each.get("open") is not False:
                seen[each["displayName"]].append(here)
    everywhere = [(name, len({*there}), len(there)) for name, there in seen.items() if len({*there}) > 1]
    told = asked(url, "findings-in-many-tenants")
    assert sorted(everywhere) == sorted((r["finding"], r["tenants"], r["findings"]) for r in told)


def test_the_command_answers_in_each_form_and_says_what_is_not_whole(postgresql_url: str) -> None:
    rng = random.Random(7)
    found = [tenant(rng, number) for number in range(3)]
    pushed(postgresql_url, found, {1: ("azure_defender_alert",), 2: ("azure_user",)})
    told = invoke("fleet", "query", "findings-in-many-tenants", "--from", postgresql_url, "--json")
    assert ("Alert", 3) in [(row["finding"], row["tenants"]) for row in json.loads(told.stdout)]
    assert "azure_defender_alert is failed in 1 tenant, such as Tenant 1" in told.stderr
    told = invoke("fleet", "query", "guests-from-other-tenants", "--from", postgresql_url, "--csv")
    assert told.stdout.startswith("guest,active,tenant,homeTenant,")
    assert "azure_user is failed in 1 tenant, such as Tenant 2" in told.stderr
    assert "azure_defender_alert" not in told.stderr
    sql = "SELECT _scope, name, 1.0 AS whole, 2.5 AS half, ARRAY[1] AS list FROM tenants ORDER BY name"
    told = invoke("fleet", "query", "--sql", sql, "--from", postgresql_url, "--json", "--limit", "1")
    assert [{**row, "_scope": ""} for row in json.loads(told.stdout)] == [
        {"_scope": "", "name": "Tenant 0", "whole": 1, "half": 2.5, "list": "[1]"}
    ]
    told = invoke("fleet", "query")
    assert {line.split()[0] for line in told.stdout.splitlines()[1:]} == QUESTIONS.keys()


def test_nothing_can_be_changed_by_a_question(postgresql_url: str) -> None:
    pushed(postgresql_url, [tenant(random.Random(1), 0)])
    for sql in (
        "DELETE FROM entities RETURNING _key",
        "SELECT 1; COMMIT; DELETE FROM integration.entities",
        "WITH gone AS (DELETE FROM entities RETURNING _key) SELECT * FROM gone",
        "COMMIT",
        "SELECT pg_advisory_lock(1) FROM nothing_of_the_kind",
        "SELECT 1/0",
    ):
        told = invoke("fleet", "query", "--sql", sql, "--from", postgresql_url)
        assert told.exit_code == 2
        assert "Traceback" not in told.stderr
    assert query(postgresql_url, "SELECT count(*) > 0 FROM integration.entities") == [(True,)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("guests-from-other-tenant", "--from", "{url}"), "did you mean guests-from-other-tenants"),
        (("guests-from-other-tenants",), "--from names the database"),
        (("guests-from-other-tenants", "--sql", "SELECT 1", "--from", "{url}"), "choose one of --sql and"),
        (("guests-from-other-tenants", "--from", "{url}"), "holds no graph of this version"),
        (("--sql", "SELECT 1", "--from", "postgresql://127.0.0.1:1/none"), "postgresql://127.0.0.1:1/none: "),
        (("--sql", "SELECT 1", "--from", "graph.db"), "is not a URL that libpq understands"),
    ],
)
def test_what_cannot_be_asked_is_told_in_a_sentence(postgresql_url: str, arguments: tuple[str, ...], said: str) -> None:
    told = invoke("fleet", "query", *(each.replace("{url}", postgresql_url) for each in arguments))
    assert (told.exit_code, told.stdout) == (2, "")
    assert said in told.stderr
    assert re.search(r"p@ss|p%40ss", told.stderr) is None


def test_a_type_that_no_tenant_has_is_told(postgresql_url: str) -> None:
    pushed(postgresql_url, [tenant(random.Random(1), 0)])
    told = invoke("fleet", "query", "--sql", "SELECT * FROM azure_device", "--from", postgresql_url)
    assert told.exit_code == 2
    assert "azure_device" in told.stderr
    assert "no graph that was pushed to this database has it" in told.stderr


def test_a_package_contributes_questions_about_many_tenants() -> None:
    write(Path(), {"mine.toml": '[mine]\ndescription = "Mine."\nsql = "SELECT 1"\n'})
    told = '[mine]\ndescription = "Mine."\nsql = "SELECT :x"\nparameters.x = { description = "what" }\n'
    write(Path(), {"told.toml": told})

    class Plugin:
        def __init__(self, name: str) -> None:
            self.name = name

        @hookimpl
        def integration_fleet_questions(self) -> list[Path]:
            return [Path(self.name)]

    assert load_fleet_questions(load(Plugin("mine.toml"))).keys() == {"mine", *QUESTIONS}
    with pytest.raises(DeclarationError, match=r"told.toml: mine: a question about many tenants is told nothing"):
        load_fleet_questions(load(Plugin("told.toml")))
