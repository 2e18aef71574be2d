"""Which serial port the motor board is at, also after it came back under another name. Choosing is pure.

`hardware.port` may be

    /dev/serial/by-id/usb-...    a path or link: opened as it stands, wherever a link leads at that moment
    /dev/ttyUSB*                 a pattern: the only port that matches
    usb:VID:PID or usb:VID:PID:SERIAL    hexadecimal, as `moe-robot doctor` prints it
    auto                         the only USB serial port there is

More than one candidate is an error that lists them: a wrong device is never tried in hope. Names such as /dev/ttyUSB0
are handed out by the kernel in the order of plugging in, so a board that has been open once is looked for by its USB
serial number first, and by its name after that.
"""

from __future__ import annotations

import fnmatch
import glob
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from serial.tools import list_ports as pyserial_ports

from moe_robot.errors import HardwareError

BY_ID = Path("/dev/serial/by-id")
AUTO = "auto"
_USB = re.compile(r"usb:([0-9a-f]{1,4}):([0-9a-f]{1,4})(?::(.+))?", re.IGNORECASE)
_KERNEL_NAME = re.compile(r"/dev/(tty[A-Za-z]+\d+|rfcomm\d+|pts/\d+)")  # given out in order, not to a device
_PATTERN = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Port:
    """A serial port as the system shows it. `vid` and `pid` are None where there is no USB behind it."""

    device: str
    vid: int | None = None
    pid: int | None = None
    serial: str = ""
    description: str = ""
    links: tuple[str, ...] = ()

    @property
    def usb(self) -> str:
        """How hardware.port may name it, "" without USB."""
        if self.vid is None or self.pid is None:
            return ""
        return f"usb:{self.vid:04x}:{self.pid:04x}" + (f":{self.serial}" if self.serial else "")

    def __str__(self) -> str:
        facts = [self.usb, self.description, *self.links]
        return f"{self.device} ({', '.join(fact for fact in facts if fact)})" if any(facts) else self.device


def choose_port(
    wanted: str, ports: Sequence[Port], known: Port | None = None, exists: Callable[[str], bool] = os.path.exists
) -> str:
    """The path to open. `known` is the board that was open before. Raises HardwareError: none, several, not a name."""
    if wanted.startswith("usb:"):
        return _only(_by_usb(wanted, ports), wanted, ports)
    is_pattern = bool(_PATTERN.search(wanted))
    is_lasting = not (wanted == AUTO or is_pattern or _KERNEL_NAME.fullmatch(wanted))
    if is_lasting and exists(wanted):
        return wanted
    again = _again(known, ports)
    if again is not None:
        return again.device
    if wanted == AUTO:
        return _only([port for port in ports if port.usb], wanted, ports)
    if is_pattern:
        return _only(
            [port for port in ports if any(fnmatch.fnmatchcase(name, wanted) for name in (port.device, *port.links))],
            wanted,
            ports,
        )
    return wanted


def port_at(path: str, ports: Iterable[Port]) -> Port | None:
    """What is known of the port at `path`, a device or a link to one."""
    real = os.path.realpath(path)
    return next((port for port in ports if port.device in (path, real)), None)


def serial_ports(wanted: str = "") -> list[Port]:
    """What the system has now: every serial port, and whatever else the pattern `wanted` finds."""
    links = _links()
    found = [
        Port(
            device=info.device,
            vid=info.vid,
            pid=info.pid,
            serial=info.serial_number or "",
            description=info.description if info.description not in (None, "n/a") else "",
            links=tuple(sorted(links.get(os.path.realpath(info.device), ()))),
        )
        for info in pyserial_ports.comports()
    ]
    if _PATTERN.search(wanted):
        for path in glob.glob(wanted):
            real = os.path.realpath(path)
            known = next((port for port in found if port.device == real), None)
            if known is None:
                found.append(Port(real, links=() if path == real else (path,)))
            elif path != real and path not in known.links:
                found[found.index(known)] = replace(known, links=(*known.links, path))
    return sorted(found, key=lambda port: port.device)


def _links() -> dict[str, list[str]]:
    """Real device -> its names in /dev/serial/by-id."""
    found: dict[str, list[str]] = {}
    try:
        names = sorted(BY_ID.iterdir())
    except OSError:
        return {}
    for link in names:
        found.setdefault(os.path.realpath(link), []).append(str(link))
    return found


def _by_usb(wanted: str, ports: Sequence[Port]) -> list[Port]:
    match = _USB.fullmatch(wanted)
    if match is None:
        raise HardwareError(
            f"hardware.port '{wanted}': expected usb:VID:PID or usb:VID:PID:SERIAL with hexadecimal numbers, "
            f"as `moe-robot doctor` prints them"
        )
    vid, pid, serial = int(match[1], 16), int(match[2], 16), match[3]
    return [port for port in ports if (port.vid, port.pid) == (vid, pid) and serial in (None, port.serial)]


def _again(known: Port | None, ports: Sequence[Port]) -> Port | None:
    """The board that was open before. Without a serial number of its own it cannot be told from another."""
    if known is None or not known.serial:
        return None
    same = [port for port in ports if (port.usb, port.serial) == (known.usb, known.serial)]
    return same[0] if len(same) == 1 else None


def _only(candidates: Sequence[Port], wanted: str, ports: Sequence[Port]) -> str:
    if len(candidates) == 1:
        return candidates[0].device
    if candidates:
        raise HardwareError(
            f"hardware.port '{wanted}' fits {len(candidates)} ports: {'; '.join(map(str, candidates))}; "
            f"name one of them by its link in /dev/serial/by-id or by usb:VID:PID:SERIAL"
        )
    there = "; ".join(map(str, ports)) or "none"
    raise HardwareError(
        f"hardware.port '{wanted}' fits no serial port; found: {there}; plug the board in, or see `moe-robot doctor`"
    )
