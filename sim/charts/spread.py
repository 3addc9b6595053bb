"""Where labels stand that must not cover one another; pages ask too, so it loads nothing heavy."""

from __future__ import annotations

from collections.abc import Sequence


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
