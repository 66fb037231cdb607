"""The types of Microsoft Entra, each with what is awkward about it."""
