"""`sim plot`: redraw the charts of a result, or put several results on one chart."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli import completing
from sim.cli.options import HELP, Folder, as_json, print_json

WIDTHS = (80.0, 600.0)
"""Least and greatest width of a picture, mm: below, no letter can be read."""


@click.command("plot", context_settings=HELP)
@click.argument(
    "folders",
    nargs=-1,
    required=True,
    metavar="RESULT...",
    type=click.Path(path_type=Path),
    shell_complete=completing.folders,
)
@click.option(
    "--chart", "charts", multiple=True, shell_complete=completing.charts,
    help="Draw only this chart: for a result count, states, when, bids, accounts or, with hosts, cooperation "
    "(repeatable).",
)  # fmt: skip
@click.option(
    "--format", "formats", type=click.Choice(["png", "svg", "pdf"]), multiple=True,
    help="Write only this format (repeatable; default: png and svg).",
)  # fmt: skip
@click.option(
    "--width", type=click.FloatRange(*WIDTHS), metavar="MM",
    help=f"Width of every picture, millimetres, from {WIDTHS[0]:g} to {WIDTHS[1]:g}; letters and lines grow and shrink "
    "with it, and a PNG has 300 dots per inch.",
)  # fmt: skip
@click.option("--title", metavar="TEXT", help="Headline of every picture, in place of the finding.")
@click.option(
    "--no-title", is_flag=True,
    help="Leave out the headline and what is measured, for a caption of your own; the source line stays.",
)  # fmt: skip
@click.option(
    "--out", type=Folder(), metavar="DIR",
    help="Folder for the pictures (default: that of RESULT's charts; for several results, the working folder).",
)  # fmt: skip
@as_json
def command(
    folders: tuple[Path, ...],
    charts: tuple[str, ...],
    formats: tuple[str, ...],
    width: float | None,
    title: str | None,
    no_title: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Draw the charts of RESULT, a folder that a command wrote; several results share one count chart.

    For several it also says whether they are paired: with the same random numbers, they mostly do not differ by chance.
    """
    from sim.errors import InputError, Problem

    if title is not None and (no_title or not title.strip()):
        rule = "not together with --title" if no_title else "a headline, or --no-title for none"
        raise InputError(Problem("--no-title" if no_title else "--title", rule, title))
    from sim.charts.style import Paper, on_paper

    with on_paper(Paper(width, title, no_title)):
        _draw(folders, charts, formats or ("png", "svg"), out, as_json)


def _draw(
    folders: tuple[Path, ...], charts: tuple[str, ...], kinds: tuple[str, ...], out: Path | None, as_json: bool
) -> None:
    """The charts of one folder, or the one of several results."""
    if len(folders) > 1:
        _several(folders, charts, kinds, out, as_json)
        return
    from sim.charts.catalogue import drawable
    from sim.results import loaded, placed, seal
    from sim.results.file import folder_for

    (folder,) = folders
    drawing = drawable(folder)
    for chart in charts:
        drawing.check(chart, "--chart")
    if out is None:
        with placed(folder) as stage:
            inside = drawing.place.relative_to(folder)
            (stage / inside).mkdir(exist_ok=True)
            names = [path.relative_to(stage) for path in drawing.draw(stage / inside, charts, kinds)]
            seal(stage, loaded(folder) | ({"drawn": True} if drawing.kind == "explanation" else {}))
        written = [folder / name for name in names]
    else:
        written = drawing.draw(folder_for(out), charts, kinds)
    if as_json:
        print_json({"results": [str(folder)], "charts": [str(path) for path in written]})
        return
    for path in written:
        click.echo(path)


def _several(
    folders: tuple[Path, ...], charts: tuple[str, ...], formats: tuple[str, ...], out: Path | None, as_json: bool
) -> None:
    """The one chart that several results share."""
    from sim.analysis.compare import LONGEST_FOLDER, pairing
    from sim.charts.catalogue import draw_several, save
    from sim.errors import InputError, Problem
    from sim.results import read
    from sim.results.file import folder_for

    results = [read(folder) for folder in folders]
    if set(charts) - {"count"}:
        raise InputError(Problem("--chart", "count, the one chart several results share", ", ".join(charts)))
    name = "-and-".join(dict.fromkeys(result.name for result in results))[:LONGEST_FOLDER]
    paired, why = pairing(results)
    target = folder_for(out or Path())
    written = save(draw_several(results), target / f"count-{name}", formats=formats)
    if as_json:
        document = {"results": [str(folder) for folder in folders], "charts": [str(path) for path in written]}
        print_json(document | {"paired": paired, "why": why})
        return
    for path in written:
        click.echo(path)
    click.echo(f"{'Paired' if paired else 'Not paired'}: {why}.")
