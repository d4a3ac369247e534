"""The one place that reads the clock, so that a test, a demo or a replay can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_set_to: ContextVar[datetime | None] = ContextVar("clock_set_to", default=None)


def now() -> datetime:
    """The moment, aware, in UTC."""
    return _set_to.get() or datetime.now(UTC)


def today(zone: str) -> date:
    """The calendar day in an association's time zone (IANA name, for example ``Asia/Shanghai``)."""
    return day_of(now(), zone)


def day_of(moment: datetime, zone: str) -> date:
    """The calendar day that an aware moment falls on in a time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within the block the clock stands still at ``moment`` (aware)."""
    token = _set_to.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set_to.reset(token)
