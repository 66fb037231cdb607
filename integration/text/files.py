"""Text files of settings, in the encodings that editors and shells write them in.

Source: Unicode, byte order marks; PowerShell, about_Character_Encoding.
"""

import codecs
from errno import EFBIG
from pathlib import Path

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks, longer ones before those that they begin with."""


_LARGEST = 64_000_000
"""Bytes of the largest file of settings: a list of a hundred thousand tenants has half of them."""


class NotText(ValueError):
    """Why a file has no text, and what to do: a sentence about it that follows its name, without its content."""


def decoded(data: bytes) -> str:
    """Return text that is UTF-8, or whose byte order mark says what it is.

    Raises:
        NotText: it is neither.
    """
    mark, encoding = next((each for each in _MARKS if data.startswith(each[0])), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        where = f"byte 0x{data[len(mark) + error.start]:02X} in line {_line(data[: error.start], encoding)}"
        raise NotText(f"is not {encoding.upper()} ({where}): save it as UTF-8") from None
    if "\0" in text:
        raise NotText("holds NUL characters, as UTF-16 without a byte order mark does: save it as UTF-8")
    return text


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        NotText: it cannot be read, has no end, or is neither UTF-8 nor has it a byte order mark.
    """
    try:
        data = read_bytes(path)
    except OSError as error:
        raise NotText(f"cannot be read: {error.strerror}") from None
    return decoded(data)


def read_bytes(path: Path) -> bytes:
    """Return the content of a file, which may be a device that has no end.

    Raises:
        OSError: it cannot be read, or is larger than any file of settings.
    """
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise OSError(EFBIG, f"it has more than {_LARGEST // 1_000_000} MB", str(path))
    return data


def _line(before: bytes, encoding: str) -> int:
    return before.decode(encoding, errors="replace").count("\n") + 1
