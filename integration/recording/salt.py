"""The salt of a project's pseudonyms: 32 random bytes beside the project, never in it.

It is no secret of the tenant, but with it guesses at what a pseudonym stands for can be tested. So it is made at random
for each project, readable by its owner alone, and git ignores it; who shares a project's recordings shares it by hand.
Without the file pseudonyms are other ones, and all cassettes of a project have to be recorded again to agree.
"""

import os
import secrets
from pathlib import Path

from integration.errors import CassetteError

NAME = ".cassette-salt"
_BYTES = 32


def project_of(folder: Path) -> Path:
    """Return the project that a folder belongs to: where ``pyproject.toml`` or ``.git`` is, else the current folder."""
    above = [folder.resolve(), *folder.resolve().parents]
    return next(
        (each for each in above if any((each / name).exists() for name in ("pyproject.toml", ".git"))), Path.cwd()
    )


def salt_of(project: Path) -> bytes:
    """Return the salt of a project, made where it is missing and listed in the project's ``.gitignore``.

    Raises:
        CassetteError: it cannot be read or made, or is not a salt.
    """
    path = project / NAME
    try:
        _ignore(project / ".gitignore")
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(_BYTES) + "\n")
        salt = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise CassetteError(f"{path}: not usable as the salt of pseudonyms: {error}; restore or remove it") from None
    if len(salt) != _BYTES:
        raise CassetteError(
            f"{path}: not a salt of {_BYTES} bytes: restore it, or remove it and record all types again"
        )
    return salt


def _ignore(path: Path) -> None:
    """Have git ignore the salt, and the tools that make archives of what git does not ignore."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    if not {NAME, f"/{NAME}"}.intersection(lines):
        path.write_text("\n".join([*lines, f"/{NAME}", ""]), encoding="utf-8")
