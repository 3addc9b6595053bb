"""The page of `sim explore`: one HTML file with its style, its script and what they begin with inside."""

from __future__ import annotations

import shlex

from sim import results
from sim.explore.explorer import Explorer
from sim.report import exploring
from sim.report.page import TEMPLATES, rendered
from sim.scenario import as_options
from sim.scenario.values import as_set


def html_of(explorer: Explorer, nonce: str) -> str:
    """The page; nonce : what the policy it is sent with allows its style and its script by."""
    header = explorer.loaded.scenario.scenario
    return rendered(
        "explore.html.j2",
        {
            "title": header.title,
            "opened": shlex.join(
                as_options({path: as_set(value) for path, value in explorer.loaded.overrides.items()})
            ),
            "name": header.name,
            "question": header.question,
            "version": results.versions()["recognition-sim"],
            "style": (TEMPLATES / "style.css").read_text("utf-8"),
            "explore_style": exploring.style(),
            "script": exploring.script(),
            "model": exploring.embedded(explorer.model),
            "nonce": nonce,
        },
    )


def policy(nonce: str) -> str:
    """The policy the page is sent with: nothing but its own style and script, and answers of its own server."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
