"""The serial ports that `moe-robot doctor` lists: their names for hardware.port, who may open them, who has them."""

from __future__ import annotations

import contextlib
import grp
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from moe_robot.errors import HardwareError
from moe_robot.hardware.ports import Port, choose_port, serial_ports

PROC = Path("/proc")
# What desktop systems run that opens every new port, or takes some away.
MEDDLERS = {
    "ModemManager": "it talks to every new serial port: sudo systemctl disable --now ModemManager",
    "brltty": "it takes CH340 adapters away: sudo apt-get remove brltty",
}


def port_findings(wanted: str) -> Iterator[tuple[str, str, str, str]]:
    """state, name, detail, remedy: each port that is there, then the one that hardware.port means."""
    ports = serial_ports(wanted)
    for port in ports:
        if port.usb:
            yield describe(port)
    yield chosen(wanted, ports)
    for name in sorted(set(MEDDLERS) & set(_commands())):
        yield "missing", "serial ports", f"{name} is running", MEDDLERS[name]


def chosen(wanted: str, ports: Sequence[Port]) -> tuple[str, str, str, str]:
    try:
        path = choose_port(wanted, ports)
    except HardwareError as error:
        return "missing", "motor board", str(error), "set hardware.port to a name listed above; --sim needs none"
    if not os.path.exists(path):
        detail = f"hardware.port is '{wanted}', which is not there"
        return "missing", "motor board", detail, "plug it in and set hardware.port; --sim needs none"
    if not os.access(path, os.R_OK | os.W_OK):
        return "broken", "motor board", f"hardware.port is '{wanted}': {path} may not be opened", _rights(path)
    return "ok", "motor board", f"hardware.port is '{wanted}'" + (f": {path}" if path != wanted else ""), ""


def describe(port: Port) -> tuple[str, str, str, str]:
    user = holder(port.device)
    detail = ", ".join(filter(None, [port.usb, port.description, *port.links, user and f"open in {user}"]))
    if os.access(port.device, os.R_OK | os.W_OK):
        return "ok", f"serial port {port.device}", detail, ""
    return "missing", f"serial port {port.device}", f"{detail}; may not be opened", _rights(port.device)


def holder(device: str) -> str:
    """Name and number of a process that has the device open, "" when none that we may look into."""
    for folder in PROC.glob("[0-9]*/fd"):
        try:
            if any(os.path.realpath(link) == device for link in folder.iterdir()):
                return f"{(folder.parent / 'comm').read_text().strip()} (pid {folder.parent.name})"
        except OSError:
            continue
    return ""


def _rights(path: str) -> str:
    group = "dialout"
    with contextlib.suppress(OSError, KeyError):
        group = grp.getgrgid(os.stat(path).st_gid).gr_name
    if group == "root":
        return "its group is root: add a udev rule, or run in the group that may open it"
    return f"sudo usermod -aG {group} $USER, log in again"


def _commands() -> Iterator[str]:
    for path in PROC.glob("[0-9]*/comm"):
        try:
            yield path.read_text().strip()
        except OSError:
            continue
