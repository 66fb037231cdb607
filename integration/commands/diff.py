"""``integration diff``."""

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from integration.commands.group import OUT, TypeName, errors_as_messages, main
from integration.delivery import existing
from integration.difference import counts, differences
from integration.display import changes_table
from integration.errors import ConfigurationError
from integration.plan import nearest
from integration.plugins import declared_steps, load
from integration.step import Step
from integration.store import Store
from integration.streams import is_exact, say
from integration.text import exact


@main.command()
@OUT
@click.option("--type", "types", type=TypeName(), multiple=True, metavar="TYPE", help="Only this type; repeatable.")
@click.option("--since", type=click.IntRange(0), metavar="N",
              help="Compare with revision N of the graph.  [default: the one before the last run]")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, one for each change.")
@errors_as_messages
def diff(out: Path, types: tuple[str, ...], since: int | None, as_json: bool) -> None:
    """Show what the last run changed: counts, then objects."""
    steps = declared_steps(load())
    chosen = _chosen(steps, types)
    classes = {step.name: step.class_name for step in steps}
    with closing(Store(existing(out))) as store:
        revision = max(0, store.revision - 1) if since is None else since
        if not store.remembers(revision):
            raise ConfigurationError([f"the graph does not remember revision {revision}; its last is {store.revision}"])
        if not as_json:
            changes_table({step.name: counts(store, step, revision) for step in chosen}, revision, store.revision)
        for step in chosen:
            for difference in differences(store, step, revision, classes):
                if as_json:
                    say(exact(difference.as_json(), ascii_only=not is_exact(sys.stdout)))
                else:
                    say(f"{step.name}: {difference.sentence()}")


def _chosen(steps: Sequence[Step], types: Sequence[str]) -> list[Step]:
    names = [step.name for step in steps]
    unknown = [f"no step declares the type {name}{nearest(name, names)}" for name in types if name not in names]
    if unknown:
        raise ConfigurationError(unknown)
    return [step for step in steps if not types or step.name in types]
