"""Whether what a host hands to a run can be used, and belongs together."""

import pluggy

from integration.config.handed import FOLDER, check_handed
from integration.config.settings import Config
from integration.errors import ConfigurationError
from integration.sdk import plugins
from integration.sdk.plan import Plan
from integration.sdk.stopping import Asks
from integration.tapes.tapes import Tape

_PLAN, _CONFIG = (Plan, "give what plan returned"), (Config, "give settings, or call handle with an event")
_TAPE, _STOP = (Tape | None, "give Live() or a Replay"), (Asks | None, "give a threading.Event")


def check_run(
    manager: pluggy.PluginManager, plan: Plan, config: Config, *, out: object, tape: object, stop: object
) -> None:
    """Refuse what ``run`` cannot use, before anything is done.

    Raises:
        ConfigurationError: names all arguments of another type, or the first type about which they do not agree.
        PlanError: the settings choose types that there are not.
    """
    check_handed("run", out=(out, *FOLDER), plan=(plan, *_PLAN), config=(config, *_CONFIG))
    check_handed("run", tape=(tape, *_TAPE), stop=(stop, *_STOP))
    _check_agreed(manager, plan, config)


def _check_agreed(manager: pluggy.PluginManager, plan: Plan, config: Config) -> None:
    """Refuse a plan that another manager made, or that reads what the settings leave out.

    A plan may read less than the settings say: a host may have more to leave out.
    """
    held = {step.name for step in plugins.declared_steps(manager)}
    if strange := [step.name for step in plan.steps if step.name not in held]:
        raise ConfigurationError(
            [f"run: plan has {strange[0]}, which manager does not hold, or blocks: make a plan of this manager"]
        )
    if not (config.only or config.skip):
        return
    wanted = {step.name for step in plugins.plan(manager, only=config.only, skip=config.skip).steps}
    if beyond := [step.name for step in plan.steps if step.name not in wanted]:
        raise ConfigurationError(
            [
                f"run: plan has {beyond[0]}, which config leaves out: "
                "make it by plan(manager, only=config.only, skip=config.skip)"
            ]
        )
