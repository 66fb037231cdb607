"""The subcommands of ``integration``, one module each; they alone print and exit.

A command imports what it runs when it runs: help and completion import every one of these modules, which at their tops
import no more than click, and what checks and prints. Everything else stands in the functions.
"""
