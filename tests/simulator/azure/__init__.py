"""Azure Resource Manager with Azure Resource Graph over real HTTP: one tenant in memory, its limits and failures."""

from tests.simulator.azure.answer import Answer, Asked
from tests.simulator.azure.made_up import made_up_tenant
from tests.simulator.azure.manager import Fault
from tests.simulator.azure.quota import Quota
from tests.simulator.azure.server import AzureSimulator
from tests.simulator.azure.tenant import AzureTenant, Subscription

__all__ = ["Answer", "Asked", "AzureSimulator", "AzureTenant", "Fault", "Quota", "Subscription", "made_up_tenant"]
