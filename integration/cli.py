"""The program ``integration``; each of its subcommands is a module of ``integration.commands``."""

from integration.commands.group import main

__all__ = ["main"]
