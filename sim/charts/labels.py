"""Where labels go so that none covers another, and a date axis whose ticks suit its length."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from matplotlib.axes import Axes

from sim.charts.history import number

MONTHS_BETWEEN = (1, 2, 3, 6, 12, 24, 60, 120, 240)
MOST_TICKS = 11


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Centres of labels as near to where they are wanted as they can stand without overlap, in [low, high].

    wanted, heights : (n,) in one unit, upwards. When they do not all fit, the lowest stays at `low`.
    """
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    offsets, below = [], 0.0
    for index in order:
        offsets.append(below + heights[index] / 2)
        below += heights[index]
    blocks: list[tuple[float, int]] = []  # mean of the block's wishes for its first edge, labels in it
    for index, offset in zip(order, offsets, strict=True):
        blocks.append((wanted[index] - offset, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (first, few), (second, more) = blocks[-2:]
            blocks[-2:] = [((first * few + second * more) / (few + more), few + more)]
    edges = [edge for edge, size in blocks for _ in range(size)]
    placed = [0.0] * len(order)
    for index, offset, edge in zip(order, offsets, edges, strict=True):
        placed[index] = max(low, min(edge, high - below)) + offset
    return placed


def date_ticks(plot: Axes, first: date, last: date) -> None:
    """Ticks at the first of months or years from `first` to `last`, at most about ten of them."""
    begin, end = first.year * 12 + first.month, last.year * 12 + last.month - 1
    step = next((s for s in MONTHS_BETWEEN if (end - begin) / s < MOST_TICKS), MONTHS_BETWEEN[-1])
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
