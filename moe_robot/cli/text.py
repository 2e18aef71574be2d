"""Text between a person's terminal and the robot: bytes that are no text and control characters do not get through."""

from __future__ import annotations

import io
import sys
import unicodedata

REPLACEMENT = "\ufffd"


def clean(text: str) -> str:
    """The text without control characters and without the halves of characters that undecodable bytes become."""
    return "".join(_clean_char(char) for char in text)


def _clean_char(char: str) -> str:
    if char in "\n\t":
        return char
    return {"Cc": " ", "Cs": REPLACEMENT}.get(unicodedata.category(char), char)


def forgive_encodings() -> None:
    """Bytes that are not UTF-8 on the way in, letters that the terminal lacks on the way out: "?", no error."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
