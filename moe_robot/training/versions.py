"""Versions of a trained router in one folder, behind a pointer: a new one is put in place as a whole, the old is
kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from moe_robot.errors import ConfigError
from moe_robot.router.model_folder import POINTER, read_manifest, read_pointer, write_pointer


def add_version(folder: Path, make: Callable[[Path], dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """`make` fills a new folder; when it is whole the pointer goes there. Raises ConfigError; nothing changes then."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = [int(path.name) for path in folder.iterdir() if path.is_dir() and path.name.isdecimal()]
    name = f"{max(numbers, default=0) + 1:04d}"
    part = folder / f".{name}.{os.getpid()}"
    try:
        manifest = make(part)
        read_manifest(part)
        os.replace(part, folder / name)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    write_pointer(folder, name, read_pointer(folder).get("current", ""))
    return name, manifest


def replace_files(folder: Path, make: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    """For a folder without versions (the shipped one): its files are exchanged, the manifest last."""
    part = folder / f".new.{os.getpid()}"
    try:
        manifest = make(part)
        read_manifest(part)
        for path in sorted(part.iterdir(), key=lambda path: path.name == "manifest.json"):
            os.replace(path, folder / path.name)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return manifest


def roll_back(folder: Path) -> tuple[str, str]:
    """(now current, was current). The version before comes back; a second time exchanges them again. Raises
    ConfigError."""
    pointer = read_pointer(folder)
    current, previous = pointer.get("current", ""), pointer.get("previous", "")
    if not previous:
        raise ConfigError(
            f"no earlier router in {folder}: expected two trained ones, found {'one' if current else 'none'}. "
            f"To go back to the shipped one remove {folder / POINTER}"
        )
    read_manifest(folder / previous)
    write_pointer(folder, previous, current)
    return previous, current
