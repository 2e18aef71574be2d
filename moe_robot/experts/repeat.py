"""How often a reminder comes round: on some days of the week at one wall-clock time, or every so many seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from moe_robot.experts.tools.local_time import at, later, like

DAY_S = 86_400
ALL_DAYS = frozenset(range(7))


@dataclass(frozen=True)
class Repeat:
    """Either `weekdays` (0 = Monday) or `every_s`. Whole days keep the wall-clock time over a change of summer time."""

    weekdays: frozenset[int] = frozenset()
    every_s: int = 0

    def __post_init__(self) -> None:
        if bool(self.weekdays) == bool(self.every_s) or self.every_s < 0 or not self.weekdays <= ALL_DAYS:
            raise ValueError(f"expected days of the week from 0 to 6, or seconds, found {self}")

    def next_after(self, due: datetime, now: datetime) -> datetime:
        """The first time of the row that `due` begins which is later than both `due` and `now`. Both are aware."""
        due = like(due, now)
        if self.every_s % DAY_S:
            missed = max((now - due).total_seconds() // self.every_s, 0)
            return later(due, (missed + 1) * self.every_s)
        step = self.every_s // DAY_S or 1
        day = due.date()
        behind = (like(now, now).date() - day).days // step - 1
        day += timedelta(max(behind, 0) * step)
        while True:
            day += timedelta(step)
            candidate = at(day, due.time().replace(tzinfo=None), now)
            if candidate > now.astimezone(timezone.utc) and (not self.weekdays or day.weekday() in self.weekdays):
                return candidate

    def as_text(self) -> str:
        """For the database; `read` takes it back."""
        days = ",".join(str(day) for day in sorted(self.weekdays))
        return f"days:{days}" if days else f"every:{self.every_s}"

    @classmethod
    def read(cls, text: str) -> Repeat | None:
        """None for "". Raises ValueError."""
        kind, _, value = text.partition(":")
        if not text:
            return None
        if kind == "days":
            return cls(weekdays=frozenset(int(day) for day in value.split(",")))
        if kind == "every":
            return cls(every_s=int(value))
        raise ValueError(f"expected days: or every:, found {text!r}")
