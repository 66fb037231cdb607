"""The subcommands of ``integration``, one module each; they alone print and exit."""
