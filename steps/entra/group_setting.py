"""Settings of the directory, those of Microsoft 365 groups among them."""

import re
from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import guid_key
from steps._forms import required_text, values_in

BANNED = "BannedPasswordList"
"""The setting that holds words that no password may hold, separated by tabs; of each a mask comes."""
_CREATORS = "setting.GroupCreationAllowedGroupId"
"""Whose members create Microsoft 365 groups where others may not. Source: Microsoft, Group.Unified."""


@entity_step("Configuration", permissions=["GroupSettings.Read.All"], per_row=True)
def azure_group_setting(ctx: Context) -> Iterator[Entity]:
    """Settings of the directory that the tenant has set; without them Microsoft's defaults apply."""
    for row in ctx.graph.list("/groupSettings", also=["values"], top=None):
        name = row["displayName"] or row["id"]
        listed = [(required_text(value, "name"), value["value"]) for value in values_in(row, "values")]
        values = {setting: value for setting, value in listed if setting}
        banned = values.pop(BANNED, None)
        yield Entity(
            f"azure_group_setting:{row['id']}",
            row,
            displayName=name,
            name=name,
            bannedPasswordCount=None if banned is None else len(_words(banned)),
            **{f"setting.{setting}": _typed(value) for setting, value in values.items()},
        )


@relationship_step("azure_group_setting", "ALLOWS", "azure_user_group", per_row=True)
def azure_group_setting_allows_user_group(ctx: Context) -> Iterator[Relationship]:
    """The members of a group may create Microsoft 365 groups, also where nobody else may."""
    for setting in ctx.entities("azure_group_setting"):
        if group := setting.properties.get(_CREATORS):
            yield Relationship(setting.key, guid_key(group))


def _words(listed: str) -> list[str]:
    return [word for word in re.split(r"[\t\r\n]+", listed) if word]


def _typed(value: Any) -> Any:
    """Return the value of a setting, as a boolean where the text says one; ``None`` where it is empty."""
    return {"true": True, "false": False, "": None}.get(value.lower(), value) if isinstance(value, str) else value
