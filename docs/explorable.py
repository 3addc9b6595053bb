"""The explorable page of the site: the outlook over what each patron puts in, at points computed when it is built."""

from __future__ import annotations

import tempfile

PAGE = "explorable/outlook-2026.html"
"""Its place on the site."""
SCENARIO = "outlook-2026"
VARIED = {
    "beijing.budget": [0.0, 0.5, 1.0, 2.0, 4.0],
    "taipei.budget": [0.5, 1.0, 2.0, 4.0],
    "washington.attention": [0.0, 1.0, 2.0, 3.0],
}
"""Values by path: 80 points, the scenario itself among them."""


def page() -> str:
    """The page, which needs no server and no network."""
    import sim
    from sim.report.swept import html_of_sweep

    with tempfile.TemporaryDirectory() as folder:
        return html_of_sweep(sim.sweep(SCENARIO, vary=VARIED, out=folder).folder)
