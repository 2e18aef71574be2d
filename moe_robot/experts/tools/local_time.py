"""Wall-clock times near a given moment, right over a change of summer time. Nothing here reads a clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo


def at(day: date, clock: time, now: datetime) -> datetime:
    """That wall-clock time where `now` is. One that is skipped in spring comes out an hour later."""
    naive = datetime.combine(day, clock)
    zone = _zone(now)
    aware = naive.astimezone() if zone is None else naive.replace(tzinfo=zone)
    return like(aware, now)


def later(now: datetime, seconds: float) -> datetime:
    """So many seconds of real time later, whatever the clocks do in between."""
    return like(now.astimezone(timezone.utc) + timedelta(seconds=seconds), now)


def like(moment: datetime, now: datetime) -> datetime:
    """The same moment as the clocks where `now` is show it."""
    zone = _zone(now)
    moment = moment.astimezone(timezone.utc)
    return moment.astimezone() if zone is None else moment.astimezone(zone)


def _zone(now: datetime) -> tzinfo | None:
    """None: the zone of this machine, of which `now` knows but the present offset."""
    if isinstance(now.tzinfo, ZoneInfo) or now.tzinfo is None:
        return now.tzinfo
    return None if now.utcoffset() == now.astimezone(timezone.utc).astimezone().utcoffset() else now.tzinfo
