"""The chart of the record: how many states recognised Taipei on each day since October 1971."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter, YearLocator
from matplotlib.figure import Figure

from sim.atlas import Record, regimes
from sim.charts.dates import number
from sim.charts.sheet import axes, figure, grid
from sim.charts.style import BLACK, GREY, OBSERVED, SHADE
from sim.words import spoken

LATE, SETTLED = date(1986, 1, 1), date(2000, 1, 1)
"""The second peak is looked for from the first day on, once the chart reaches past the second."""


def draw(record: Record, until: date | None = None) -> Figure:
    """The number of states with Taipei at the end of each day, as a step line, up to `until`.

    A day after the end of the record counts as the end of the record.
    """
    last = record.confirmed_until if until is None else min(until, record.confirmed_until)
    days, counts = steps(record, last)
    with figure(9.0, 5.2) as drawing:
        plot = axes(
            drawing,
            f"{counts[0]} states recognised Taipei on {spoken(record.start)}, {counts[-1]} do on {spoken(last)}",
            f"Number of states that recognise Taipei at the end of each day, {spoken(record.start)} to {spoken(last)}",
            "Source: the record of recognition of this project (see its atlas), roster of "
            f"{spoken(record.start)} and {len(record.changes_between(record.start, last))} changes since; "
            f"confirmed until {spoken(record.confirmed_until)}.",
            left=0.5,
        )
        grid(plot, "y")
        top = 10 * (max(counts) // 10 + 1)
        plot.set_ylim(0, top)
        span = (last - record.start).days
        plot.set_xlim(number(record.start), number(last + timedelta(days=max(30, round(span * 0.06)))))
        plot.xaxis.set_major_locator(YearLocator(_every(span)))
        plot.xaxis.set_major_formatter(DateFormatter("%Y"))
        _shade_truces(plot, record.start, last, top)
        plot.step([number(day) for day in days], counts, where="post", color=OBSERVED)
        _label_points(plot, record, last)
    return drawing


def steps(record: Record, until: date) -> tuple[list[date], list[int]]:
    """The days on which the count may change, from the start to `until`, and the count at the end of each."""
    changed = {change.date for change in record.changes if change.date <= until}
    days = sorted(changed | {record.start, until})
    return days, [record.count(day) for day in days]


def notable(record: Record, until: date) -> list[tuple[str, date, int]]:
    """The points labelled on the chart: (start | year_end | peak | last, day, count), as far as `until`."""
    points = [("start", record.start, record.count(record.start))]
    year_end = date(record.start.year, 12, 31)
    if year_end < until:
        points.append(("year_end", year_end, record.count(year_end)))
    if until >= SETTLED:
        peak = max((day for day in steps(record, until)[0] if day >= LATE), key=record.count)
        points.append(("peak", peak, record.count(peak)))
    if until > record.start:
        points.append(("last", until, record.count(until)))
    return points


def _every(days: int) -> int:
    """Years between two ticks for a span of days."""
    years = days / 365.25
    return next((step for step in (1, 2, 5) if years / step <= 8), 10)


def _shade_truces(plot: Axes, start: date, until: date, top: float) -> None:
    """A pale band and a name for every truce that began before `until`."""
    for regime in regimes():
        if regime.name != "truce" or regime.start >= until:
            continue
        first, last = number(max(regime.start, start)), number(min(regime.end, until))
        plot.axvspan(first, last, color=SHADE, lw=0, zorder=0)
        plot.text(
            (first + last) / 2,
            top * 0.975,
            f"truce\n{regime.start.year}–{regime.end.year % 100:02d}",
            color=GREY,
            ha="center",
            va="top",
            linespacing=1.3,
        )


def _label_points(plot: Axes, record: Record, until: date) -> None:
    """The notable counts, written beside the line, and the end of the record marked."""
    end = "end of the record" if until == record.confirmed_until else ""
    places: dict[str, tuple[str, tuple[float, float], str, str]] = {
        "start": ("{count} on {day}", (8, 0), "left", "center"),
        "year_end": ("{count} at the end of {year}", (8, -2), "left", "bottom"),
        "peak": ("{count}, first on {day}", (0, 8), "center", "bottom"),
        "last": ("{count} on {day}\n" + end, (-4, -9), "right", "top"),
    }
    for name, day, count in notable(record, until):
        words, offset, across, along = places[name]
        text = words.format(count=count, day=spoken(day), year=day.year).rstrip()
        at = (number(day), float(count))
        plot.plot(*at, "o", color=OBSERVED, ms=4.5, clip_on=False, zorder=3)
        style: dict[str, Any] = {"ha": across, "va": along, "color": BLACK, "linespacing": 1.3}
        plot.annotate(text, at, xytext=offset, textcoords="offset points", **style)
    if end:
        plot.axvline(number(until), color=GREY, lw=0.8, ls=(0, (3, 3)), zorder=1)
