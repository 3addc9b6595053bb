"""Days along an axis: where a day stands, and ticks that suit the axis' length."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MONTHS_BETWEEN = (1, 2, 3, 6, 12, 24, 60, 120, 240)
MOST_TICKS = 11
LEAST_BETWEEN = 0.48
"""Inches that a tick takes at least."""
_EPOCH = date(1970, 1, 1).toordinal()


def number(day: date) -> float:
    """A day as matplotlib counts it: days since 1970-01-01."""
    return float(day.toordinal() - _EPOCH)


def day_at(place: float) -> date:
    """The day nearest to a place on an axis."""
    return date.fromordinal(_EPOCH + round(place))


def date_ticks(plot: Axes, first: date, last: date) -> None:
    """Ticks at the first of months or years from `first` to `last`, at most about ten of them, as there is room."""
    from sim.charts.sheet import size_of

    begin, end = first.year * 12 + first.month, last.year * 12 + last.month - 1
    most = min(MOST_TICKS, size_of(plot)[0] / LEAST_BETWEEN)
    step = next((s for s in MONTHS_BETWEEN if (end - begin) / s < most), MONTHS_BETWEEN[-1])
    months = [m for m in range(begin - begin % step, end + 1, step) if m >= begin]
    if first.day == 1:
        months = [begin - 1] * ((begin - 1) % step == 0) + months
    labels = []
    for position, month in enumerate(months):
        opening = date(month // 12, month % 12 + 1, 1)
        if step >= 12:
            labels.append(str(opening.year))
        else:
            labels.append(f"{opening:%b}" + (f"\n{opening.year}" if position == 0 or month % 12 == 0 else ""))
    days = [number(date(month // 12, month % 12 + 1, 1)) for month in months]
    plot.set_xticks(days, labels)
