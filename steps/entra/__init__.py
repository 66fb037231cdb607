"""Microsoft Entra: who and what is there, and what it belongs to."""
