"""``integration fleet`` itself."""

from integration.commands.group import main


@main.group()
def fleet() -> None:
    """Read many tenants, side by side.

    \b
    A file names them, and where their secrets are:
      [defaults]
      clientId = "00000000-0000-0000-0000-000000000000"
      clientSecret = { env = "FLEET_SECRET" }
      to = ["files:export/{tenant}"]
      [[tenant]]
      name = "contoso"
      directoryId = "contoso.example"
    """
