"""JupiterOne's synchronization API over real HTTP, with what an account holds."""

from tests.jupiterone.account import Account
from tests.jupiterone.faults import Fault
from tests.jupiterone.server import Exchange, JupiterOne

__all__ = ["Account", "Exchange", "Fault", "JupiterOne"]
