"""Where a trained router lies: `model.onnx`, `concepts.json`, `manifest.json` in one folder, or versions behind a
pointer.

    <home>/router/current          # {"current": "0003", "previous": "0002"}
    <home>/router/0003/manifest.json ...

The pointer is replaced as a whole, so a reader sees the old model or the new one, never half of one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moe_robot.errors import ConfigError
from moe_robot.paths import share_dir, state_dir
from moe_robot.router.features import VERSION, Options

POINTER = "current"
REMEDY = "run `moe-robot train-router`"


@dataclass(frozen=True)
class Manifest:
    """What a model is. `experts` in the order of its classes, out of scope after them; `categories` likewise."""

    folder: Path
    encoder: str
    experts: tuple[str, ...]
    categories: tuple[str, ...]
    category_of: Mapping[str, str]
    options: Options
    temperature: float
    category_temperature: float
    out_of_scope: float
    data: Mapping[str, Any]  # the whole file


def default_folder(wanted: str) -> Path:
    """`router.model`: a folder, or "" for the trained one of this user, or else the shipped one."""
    if wanted:
        return Path(wanted).expanduser()
    own = state_dir() / "router"
    return own if (own / POINTER).is_file() else share_dir() / "models" / "router"


def resolve(folder: Path) -> Path:
    """The folder that holds the manifest: `folder` itself or the version it points to. Raises ConfigError."""
    if not (folder / POINTER).is_file():
        return folder
    current = read_pointer(folder).get("current", "")
    if not current or Path(current).name != current or not (folder / current).is_dir():
        raise ConfigError(f"{folder / POINTER} names the version {current!r}, which is not there: {REMEDY}")
    return folder / current


def read_pointer(folder: Path) -> dict[str, str]:
    try:
        data = json.loads((folder / POINTER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ConfigError(f"{folder / POINTER} cannot be read ({error}): {REMEDY}") from error
    if not isinstance(data, dict):
        raise ConfigError(f"{folder / POINTER}: expected current and previous, found {data!r}: {REMEDY}")
    return {str(key): str(value) for key, value in data.items()}


def write_pointer(folder: Path, current: str, previous: str) -> None:
    """Atomic."""
    part = folder / f".{POINTER}.{os.getpid()}"
    part.write_text(json.dumps({"current": current, "previous": previous}) + "\n", encoding="utf-8")
    os.replace(part, folder / POINTER)


def stamp(folder: Path) -> tuple[object, ...]:
    """Changes when the model that `folder` stands for does: two cheap looks at the disk."""
    found: list[object] = []
    for path in (folder / POINTER, folder / "manifest.json"):
        try:
            state = path.stat()
            found.append((state.st_mtime_ns, state.st_size, state.st_ino))
        except OSError:
            found.append(None)
    return tuple(found)


def read_manifest(folder: Path) -> Manifest:
    """Of the folder itself. Raises ConfigError: missing, damaged, of another version; sums that do not agree."""
    path = folder / "manifest.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"no trained router in {folder} (expected manifest.json): {REMEDY}") from error
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ConfigError(f"{path} cannot be read ({error}): {REMEDY}") from error
    try:
        if data["features"]["version"] != VERSION:
            raise ConfigError(
                f"{path}: made for version {data['features']['version']} of the features, this is {VERSION}: {REMEDY}"
            )
        manifest = Manifest(
            folder=folder,
            encoder=data["encoder"],
            experts=tuple(data["experts"]),
            categories=tuple(data["categories"]),
            category_of=dict(data["category_of"]),
            options=Options(int(data["features"]["table"]), tuple(map(float, data["features"]["weights"]))),
            temperature=float(data["temperature"]),
            category_temperature=float(data["category_temperature"]),
            out_of_scope=float(data["out_of_scope"]),
            data=data,
        )
        sums = dict(data["sha256"])
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{path}: a key is missing or of the wrong type ({error!r}): {REMEDY}") from error
    for name, expected in sums.items():
        try:
            actual = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except OSError as error:
            raise ConfigError(f"{folder / name} is missing ({error.strerror}); {path} names it: {REMEDY}") from error
        if actual != expected:
            raise ConfigError(
                f"{folder / name} is damaged: expected sha256 {expected[:12]}..., found {actual[:12]}...: "
                f"{REMEDY}, or install moe_robot again if it is the shipped one"
            )
    return manifest
