"""`sim explore`: a local page on which levers move and the fan follows."""

from __future__ import annotations

import click

from sim.cli.completing import scenarios
from sim.cli.options import HELP, Changes, changes, threads
from sim.cli.telling import notes

PORT = 8020
"""The same each time, so that a link to a page can be kept."""


@click.command("explore", context_settings=HELP)
@click.argument("scenario", shell_complete=scenarios)
@changes
@click.option(
    "--port", type=click.IntRange(0, 65535), default=PORT, show_default=True,
    help="Port of the page on this computer; 0 has a free one chosen.",
)  # fmt: skip
@click.option("--no-browser", is_flag=True, help="Print the address, and open no browser.")
@threads
def command(scenario: str, changes: Changes, port: int, no_browser: bool, threads: int | None) -> None:
    """Open a page on which the levers of SCENARIO can be moved, and see what comes of it.

    Each move is run on this computer, beside the scenario as it is and with the same random numbers. The page shows the
    command that gives its numbers. Nothing is written, and nobody else can reach the page. Ctrl-C ends it.
    """
    from sim.explore.explorer import Explorer
    from sim.explore.server import serve

    def ready(address: str) -> None:
        click.echo(f"Explore {explorer.loaded.name}: {address} (Ctrl-C ends it)")
        if not no_browser:
            import threading
            import webbrowser

            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    try:
        explorer = Explorer(changes.load(scenario), threads)
        serve(explorer, port, ready, notes(False))
    except KeyboardInterrupt:
        click.echo("", err=True)
