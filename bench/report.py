"""What every bench script shares: the machine's line, percentiles, a table, and where it is kept.

report = Report("stop", "Typed stop -> zero set point on the serial line")
report.row("idle", summary(samples_ms))
report.write()                     # prints it, and keeps it in bench/results/<name>.<machine>.md
"""

from __future__ import annotations

import importlib.metadata
import math
import os
import platform
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Summary:
    """Of one measured quantity; percentiles by nearest rank."""

    n: int
    median: float
    p95: float
    p99: float
    worst: float

    def cells(self, digits: int = 2) -> list[str]:
        return [str(self.n), *(f"{v:.{digits}f}" for v in (self.median, self.p95, self.p99, self.worst))]


SUMMARY_HEAD = ["n", "median", "p95", "p99", "worst"]


def summary(samples: Sequence[float]) -> Summary:
    """Raises ValueError without samples."""
    if not samples:
        raise ValueError("no samples: nothing was measured")
    ordered = sorted(samples)

    def rank(share: float) -> float:
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]

    return Summary(len(ordered), rank(0.5), rank(0.95), rank(0.99), ordered[-1])


def wilson(successes: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927); (0, 1) for n = 0."""
    if n == 0:
        return 0.0, 1.0
    p = successes / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * ((p * (1 - p) + z * z / (4 * n)) / n) ** 0.5 / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def machine() -> str:
    """Short name for file names: cores and architecture, e.g. `2-core-x86_64`."""
    return f"{os.cpu_count()}-core-{platform.machine()}"


def machine_line(packages: Sequence[str] = ()) -> str:
    cpu = ""
    try:
        match = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
        cpu = match.group(1).strip() if match else ""
    except OSError:
        pass
    versions = [f"{name} {importlib.metadata.version(name)}" for name in packages]
    python = f"Python {sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    return f"{os.cpu_count()} cores, {cpu or platform.machine()}, {platform.system()}; {', '.join([python, *versions])}"


@dataclass
class Report:
    name: str
    title: str
    packages: Sequence[str] = ()
    lines: list[str] = field(default_factory=list)

    def text(self, text: str) -> None:
        self.lines += [text, ""]

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.lines.append(f"| {' | '.join(head)} |")
        self.lines.append(f"|{'---|' * len(head)}")
        self.lines += [f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
        self.lines.append("")

    def write(self, keep: bool = True) -> None:
        """Print it; keep it under bench/results/ with the machine's name."""
        text = "\n".join(
            [f"# {self.title}", "", f"{date.today().isoformat()}. {machine_line(self.packages)}.", "", *self.lines]
        )
        print(text)
        if keep:
            RESULTS.mkdir(exist_ok=True)
            (RESULTS / f"{self.name}.{machine()}.md").write_text(text, encoding="utf-8")
