"""``python -m integration`` is the command ``integration``."""

from integration.cli import main

main(prog_name="integration")
