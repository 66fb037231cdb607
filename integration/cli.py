"""The program ``integration``: its subcommands add themselves to it when they are imported."""

from integration.commands import check, diff, doctor, plan, push, query, record, run
from integration.commands.group import main

__all__ = ["check", "diff", "doctor", "main", "plan", "push", "query", "record", "run"]
