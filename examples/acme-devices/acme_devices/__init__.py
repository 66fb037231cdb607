"""Devices of a Microsoft Entra tenant, and who owns them."""
