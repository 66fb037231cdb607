"""Which pages there are, and whether those on disk are current."""

from collections.abc import Mapping
from pathlib import Path

import pluggy

from integration.docs.commands_page import commands_page
from integration.docs.errors_page import errors_page
from integration.docs.hooks_page import hooks_page
from integration.docs.reference_page import reference_page
from integration.docs.settings_page import settings_page
from integration.docs.types_page import types_pages
from integration.sdk.plugins import declared_steps


def generated_pages(manager: pluggy.PluginManager, project: Path) -> Mapping[str, str]:
    """Return the text of each page that is made from declarations, by its file's name.

    Args:
        manager: from ``load``.
        project: folder of the project whose types are described; those of other packages are left out.
    """
    steps = [step for step in declared_steps(manager) if step.source.resolve().is_relative_to(project)]
    return {
        **types_pages(manager, steps),
        "hooks.md": hooks_page(),
        "settings.md": settings_page(),
        "exit-codes.md": errors_page(),
        "commands.md": commands_page(),
        "reference.md": reference_page(),
    }


def stale(folder: Path, made: Mapping[str, str]) -> list[str]:
    """Return the names of the pages that are not, or not as they are made now, in a folder."""
    return [name for name, text in made.items() if not _is(folder / name, text)]


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text
