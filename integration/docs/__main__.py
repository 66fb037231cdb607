"""``python -m integration.docs``: write the pages that are made from declarations, or check all pages."""

import sys
from pathlib import Path

import click

from integration.docs.check import faults
from integration.docs.pages import generated_pages, stale
from integration.sdk.plugins import load


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where a page is stale or wrong.")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), default="docs", show_default=True,
              help="Where the pages are, inside the project whose types they describe.")  # fmt: skip
def main(check: bool, folder: Path) -> None:
    """Write the pages that are made from the declarations of this project."""
    made = generated_pages(load(), folder.resolve().parent)
    outdated = stale(folder, made)
    if check:
        wrong = [f"{name}: stale: run make docs" for name in outdated] + list(faults(folder))
        click.echo("".join(f"{folder / each}\n" for each in wrong), nl=False, err=True)
        sys.exit(1 if wrong else 0)
    folder.mkdir(parents=True, exist_ok=True)
    for name in outdated:
        (folder / name).write_text(made[name], encoding="utf-8")
        click.echo(f"{folder / name} written")


main()
