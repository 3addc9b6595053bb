"""What a notebook, or Python at a terminal, shows of a thing: one line, or its sentence and its chart.

Charts and sentences are made by rooms that come later; `import sim` says here which (`sim.report.showing`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Shows(Protocol):
    """What shows things: `sim.report.showing`."""

    def plot(self, thing: Any, name: str | None, ax: Axes | None) -> Figure:
        """One of the charts of a thing."""

    def html(self, thing: Any) -> str:
        """Its sentence and its first chart."""


class Shown:
    """Something that people look at: it has charts, and a page of a notebook shows its sentence with the first."""

    shows: ClassVar[Callable[[], Shows]]
    """Gives what shows things, loaded when the first is shown; `sim/__init__.py` sets it."""

    def plot(self, name: str | None = None, ax: Axes | None = None) -> Figure:
        """Draw one of its charts.

        name : of the chart, as `sim plot` has it; the first one where it is left out
        ax : axes of your own, in whose place it is drawn, where it has but one panel (of two, the main one): they
        shrink so that what stands beside the panel has room, and its headline becomes their title
        Returns the figure (that of `ax`, where given), which a notebook shows; `savefig` writes PNG, SVG and PDF.
        Raises InputError for a name that is no chart of it, and for axes where the chart needs a figure of its own.
        """
        return Shown.shows().plot(self, name, ax)

    def _repr_html_(self) -> str:
        return Shown.shows().html(self)
