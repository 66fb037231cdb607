"""Settings of a run: from an event, or from the environment, a ``.env`` file and flags."""

from integration.config.settings import Config, from_environment, from_event

__all__ = ["Config", "from_environment", "from_event"]
