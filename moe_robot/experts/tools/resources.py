"""The computer that the robot runs on: processor, memory, disk, temperature, uptime, network, the brain's process."""

from __future__ import annotations

import math
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.said import Said, best
from moe_robot.experts.tools.voice import Speaker, Voice, told
from moe_robot.paths import state_dir
from moe_robot.structs import Reply, Utterance

GB, MB = 1e9, 1e6
LOOK_S = 0.1  # the processor's load is measured over this
SUMMARY = ("cpu", "memory", "disk", "temperature")
BUSY_PERCENT, FULL_PERCENT, HOT_C = 85.0, 90.0, 80.0
QUESTIONS = (
    ("gpu", ("видеокарт", "видеопамят", "=gpu", "video memory", "graphics")),
    ("temperature", ("температур", "горяч", "перегре", "нагрел", "градус", "троттл", "temperature", "hot", "warm",
                     "overheat", "throttl", "heat")),
    ("network", ("=ip", "ip-адрес", "айпи", "адрес", "сет", "wi-fi", "wifi", "вай-фа", "вайфа", "хост", "роутер",
                 "address",
                 "network", "hostname", "=mac", "interface", "reach you", "traffic", "трафик")),
    ("model", ("модел", "эксперт", "нейросет", "кэш", "model", "experts", "neural", "cache", "inference")),
    ("uptime", ("аптайм", "сколько работаешь", "давно включен", "давно работ", "перезагруз", "перезагруж", "включили",
                "был запущен", "была запущен", "uptime", "how long have", "since", "reboot", "booted", "switched on",
                "been running", "been on")),
    ("disk", ("диск", "накопител", "флеш", "карт", "хранилищ", "гигабайт", "логи", "записей", "места", "disk",
              "storage", "sd card", "space", "gigabytes", "=df", "logs", "drive")),
    ("memory", ("памят", "озу", "оператив", "своп", "memory", "swap", "free -h", "утечк", "leak", "=ram", "процесс",
                "process")),
    ("cpu", ("процессор", "=цп", "ядер", "ядра", "нагру", "загруж", "загрузк", "потоков", "гигагерц", "cpu",
             "processor",
             "core", "load", "busy", "thread", "gigahertz", "overloaded", "=top", "slow", "coping", "тормоз")),
)  # fmt: skip


@dataclass(frozen=True)
class Machine:
    """Sizes in bytes. nan and "" = not told by this machine."""

    cpu_percent: float
    cores: int
    load: float  # processes that want to run, over the last minute
    memory_used: float
    memory_total: float
    swap_used: float
    disk_free: float
    disk_total: float
    temperature_c: float
    boot_t_s: float  # Unix time
    process_bytes: float
    threads: int
    addresses: tuple[str, ...]
    host: str


def read_machine() -> Machine:
    """Takes LOOK_S."""
    import psutil

    memory, swap, disk = psutil.virtual_memory(), psutil.swap_memory(), psutil.disk_usage(str(_existing(state_dir())))
    process = psutil.Process()
    return Machine(
        cpu_percent=psutil.cpu_percent(LOOK_S),
        cores=psutil.cpu_count() or 1,
        load=psutil.getloadavg()[0],
        memory_used=memory.total - memory.available,
        memory_total=memory.total,
        swap_used=swap.used,
        disk_free=disk.free,
        disk_total=disk.total,
        temperature_c=_hottest(),
        boot_t_s=psutil.boot_time(),
        process_bytes=process.memory_info().rss,
        threads=process.num_threads(),
        addresses=tuple(
            address.address
            for name, addresses in sorted(psutil.net_if_addrs().items())
            for address in addresses
            if address.family == socket.AF_INET and not address.address.startswith("127.")
        ),
        host=socket.gethostname(),
    )


class Resources:
    def __init__(self, read: Callable[[], Machine] = read_machine) -> None:
        self._speaker = Speaker("resources")
        self._read = read

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        voice = self._speaker.voice(utterance, context)
        machine = self._read()
        tell = {
            "cpu": lambda: _cpu(machine, voice),
            "memory": lambda: _memory(machine, voice),
            "disk": lambda: _disk(machine, voice),
            "temperature": lambda: _temperature(machine, voice),
            "uptime": lambda: voice.say("uptime", time=max(context.now.timestamp() - machine.boot_t_s, 0.0)),
            "network": lambda: _network(machine, voice),
            "gpu": lambda: voice.say("gpu"),
            "model": lambda: voice.say("model", n=len(context.live.cards) if context.live else 0,
                                       strategy=context.cfg.router.strategy, used=round(machine.process_bytes / MB)),
        }  # fmt: skip
        said = Said(utterance.text)
        named = [key for key, stems in QUESTIONS if said.has(*stems)]
        if len(named) < 2 or not said.has("=и", "=and"):
            asked = best(said, QUESTIONS)
            named = [asked] if asked else list(SUMMARY)
        return told(" ".join(tell[key]() for key in named), "resources")


def _cpu(machine: Machine, voice: Voice) -> str:
    text = voice.say("cpu", percent=round(machine.cpu_percent), n=machine.cores, load=machine.load)
    busy = machine.cpu_percent > BUSY_PERCENT or machine.load > 1.5 * machine.cores
    return f"{text} {voice.say('cpu_busy')}" if busy else text


def _memory(machine: Machine, voice: Voice) -> str:
    share = 100.0 * machine.memory_used / max(machine.memory_total, 1.0)
    used, total, mine = machine.memory_used / GB, machine.memory_total / GB, machine.process_bytes / MB
    text = voice.say("memory", used=round(used, 1), total=round(total, 1), percent=round(share), mine=round(mine))
    if machine.swap_used > 0.05 * GB:
        text += " " + voice.say("swap", used=round(machine.swap_used / GB, 1))
    return f"{text} {voice.say('memory_low')}" if share > FULL_PERCENT else text


def _disk(machine: Machine, voice: Voice) -> str:
    text = voice.say("disk", free=round(machine.disk_free / GB, 1), total=round(machine.disk_total / GB, 1))
    full = 100.0 * (1.0 - machine.disk_free / max(machine.disk_total, 1.0)) > FULL_PERCENT
    return f"{text} {voice.say('disk_low')}" if full else text


def _temperature(machine: Machine, voice: Voice) -> str:
    if math.isnan(machine.temperature_c):
        return voice.say("temperature_unknown")
    hot = machine.temperature_c > HOT_C
    return voice.say("temperature_high" if hot else "temperature", hot=machine.temperature_c)


def _network(machine: Machine, voice: Voice) -> str:
    if not machine.addresses:
        return voice.say("network_none", host=machine.host)
    return voice.say("network", host=machine.host, addresses=", ".join(machine.addresses))


def _hottest() -> float:
    """Of the processor; nan where the machine does not tell."""
    import psutil

    read: dict[str, list[Any]] = getattr(psutil, "sensors_temperatures", dict)()
    found = [one.current for chip in read.values() for one in chip if one.current]
    return max(found, default=math.nan)


def _existing(path: Path) -> Path:
    """The folder or the nearest above it that is there."""
    return path if path.exists() else _existing(path.parent)
