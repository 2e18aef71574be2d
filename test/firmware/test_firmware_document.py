"""docs/firmware.md against the code."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "firmware.md").read_text(encoding="utf-8")


def test_the_wiring_table_has_the_pins_of_the_code():
    pins = re.findall(r"#define (\w+) \w+\s*/\* ([AD]\d+)", (ROOT / "firmware/avr/pins.h").read_text(encoding="utf-8"))
    table = re.findall(r"^\| `(\w+)` \| ([AD]\d+) \|", DOCUMENT, re.MULTILINE)
    assert len(pins) == 17
    assert sorted(table) == sorted(pins)
    assert len({pin for _, pin in pins}) == len(pins)


def test_every_setting_that_the_document_names_exists_and_has_a_comment():
    config = (ROOT / "firmware/config.h").read_text(encoding="utf-8")
    known = set(re.findall(r"#define (\w+)", config)) | set(
        re.findall(r"#define (\w+)", (ROOT / "firmware/avr/pins.h").read_text(encoding="utf-8"))
    )
    named = set(re.findall(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?: \d)?`", DOCUMENT)) | {"KP"}
    assert named - known == set()
    uncommented = [
        line
        for line in config.splitlines()
        if line.startswith("#define ") and "/*" not in line and "CONFIG_H" not in line
    ]
    assert [line for line in uncommented if "REVERSED" not in line] == []


def test_every_file_of_the_firmware_has_its_row():
    rows = "".join(re.findall(r"^\| `(firmware/[\w./]+)`", DOCUMENT, re.MULTILINE))
    for path in (ROOT / "firmware").iterdir():
        stem = path.name.split(".")[0]
        if path.name not in ("build", "Makefile", "README.md"):
            assert f"firmware/{stem}" in rows, path.name
