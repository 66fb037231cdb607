"""``python -m integration`` is the command ``integration``."""

from integration_command import main

main()
