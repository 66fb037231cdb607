"""The name of the plugin system's project, and the markers of its hooks: ``hookimpl`` for plugins."""

import pluggy

PROJECT = "integration"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
