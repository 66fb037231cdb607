"""How the tenant is synchronized with the on-premises directory."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step


@entity_step("Configuration", permissions=["OnPremDirectorySynchronization.Read.All"], per_row=True, on_demand=True)
def azure_directory_synchronization(ctx: Context) -> Iterator[Entity]:
    """What is synchronized with the on-premises directory, and how; Graph may tell it to a signed-in user alone."""
    for settings in ctx.graph.list("/directory/onPremisesSynchronization", top=None):
        name = "Directory synchronization"
        yield Entity(f"azure_directory_synchronization:{settings['id']}", settings, name=name, displayName=name)
