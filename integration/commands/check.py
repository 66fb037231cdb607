"""``integration check``."""

import json
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from integration.commands.group import (
    ONLY,
    SKIP,
    config_from,
    errors_as_messages,
    main,
    settings_options,
)
from integration.config import variables
from integration.terminal import logs
from integration.terminal.streams import emit, say

if TYPE_CHECKING:
    from integration.doctor.access import Access


_NOT_ASKED = "Whether Graph answers is not looked at: integration doctor does that"


@main.command()
@ONLY
@SKIP
@settings_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@errors_as_messages
def check(event: BinaryIO | None, log_format: str | None, log_level: str | None, as_json: bool, **flags: Any) -> int:
    """Sign in and say what can be read, which permissions are missing, and what of Azure is seen.

    The token's permissions and the tenant's licences are compared with what the chosen types need; no other data is
    read. Settings are those of integration run.
    Exits with 1 where a permission is missing without which a type falls away, or where Azure does not answer.
    """
    from integration.doctor.access import access_by_module, plans_of_tenant, worth_granting
    from integration.doctor.azure import examine_azure
    from integration.http.credentials import ManagedIdentity
    from integration.sdk.plugins import load, plan
    from integration.sources.msgraph.claims import roles_of
    from integration.sources.msgraph.permissions import review
    from integration.sources.signin import AZURE_ALONE, consent_page, is_for_azure_alone, tokens_for
    from integration.terminal.display import review_table

    environment = variables.environment()
    logs.set_up(log_format, log_level, environment)
    config = config_from(event, environment, flags, offline=False)
    chosen = plan(load(), only=config.only, skip=config.skip)
    compared = link = plans = None
    read: list[Access] = []
    to_grant: tuple[str, ...] = ()
    if not is_for_azure_alone(config):
        tokens = tokens_for(config)
        token = tokens.token()
        roles = roles_of(token)
        if roles is not None:
            compared = review(chosen, roles)
            plans = plans_of_tenant(config, tokens, roles, chosen)
            read = list(access_by_module(chosen, compared, plans))
            to_grant = worth_granting(chosen, compared, plans)
        lacking = compared and (to_grant or compared.to_enrich)
        link = consent_page(config, token) if lacking and not isinstance(tokens, ManagedIdentity) else None
    azure = list(examine_azure(config, chosen))
    if as_json:
        found = compared.as_json() | {"toGrant": list(to_grant), "licencesKnown": plans is not None} if compared else {}
        found |= {"modules": {each.module: each.as_json() for each in read}} if read else {}
        seen = {"azure": [finding.as_json() for finding in azure]} if azure else {}
        emit(json.dumps({"readable": compared is not None, **found, "adminConsent": link, **seen}, indent=2))
    elif compared:
        if plans is None:
            say(f"This is what the token says. {_NOT_ASKED}.\n")
        review_table(compared, read, to_grant, chosen, link)
    elif is_for_azure_alone(config):
        say(f"Permissions of Graph are not looked at: {AZURE_ALONE}.")
    else:
        say(f"The token's permissions cannot be read: it is opaque, or a user's. Only a run can tell. {_NOT_ASKED}.")
    for finding in () if as_json else azure:
        say(f"{finding.check}: {finding.found}" + (f": {finding.remedy}" if finding.remedy else ""))
    is_silent = any(finding.state == "problem" for finding in azure)
    return 1 if is_silent or (compared and compared.missing) else 0
