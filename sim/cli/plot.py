"""`sim plot`: redraw or choose the charts of a result, or lay several results on one chart."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli.options import HELP, as_json, print_json


@click.command("plot", context_settings=HELP)
@click.argument("folders", nargs=-1, required=True, metavar="RESULT...")
@click.option(
    "--chart", "charts", multiple=True,
    help="Only this chart: count, states, when or, of a scenario with hosts, cooperation (repeatable).",
)  # fmt: skip
@click.option("--format", "formats", type=click.Choice(["png", "svg"]), multiple=True, help="Only this format.")
@click.option(
    "--out", type=click.Path(path_type=Path),
    help="Folder for the pictures (default: the result's own charts; for several results, the working folder).",
)  # fmt: skip
@as_json
def command(
    folders: tuple[str, ...],
    charts: tuple[str, ...],
    formats: tuple[str, ...],
    out: Path | None,
    as_json: bool,
) -> None:
    """Draw the charts of RESULT, a folder that `sim run` wrote; several RESULTs share one count chart.

    Of several it says whether they are paired: made with the same random numbers, so that they differ hardly by luck.
    """
    from sim.analysis.compare import pairing
    from sim.charts import check as check_chart
    from sim.charts import draw_all, draw_comparison, save
    from sim.errors import InputError, Problem
    from sim.results import read, seal
    from sim.results.files import check

    manifest = check(Path(folders[0]), pictures=False)
    results = [read(folder) for folder in folders]
    kinds = formats or ("png", "svg")
    paired: tuple[bool, str] | None = None
    if len(results) == 1:
        for chart in charts:
            check_chart(chart, results[0], "--chart")
        folder = Path(folders[0])
        target = out or folder / "charts"
        _make(target)
        written = draw_all(results[0], target, only=charts or None, formats=kinds)
        if out is None:
            seal(folder, manifest, anew=[path.relative_to(folder).as_posix() for path in written])
    else:
        if set(charts) - {"count"}:
            raise InputError(Problem("--chart", "count, the one chart several results share", ", ".join(charts)))
        target = out or Path()
        _make(target)
        name = "-and-".join(dict.fromkeys(result.name for result in results))[:120]
        paired = pairing(results)
        written = save(draw_comparison(results), target / f"count-{name}", formats=kinds)
    if as_json:
        told = {} if paired is None else {"paired": paired[0], "why": paired[1]}
        print_json({"results": list(folders), "charts": [str(path) for path in written], **told})
        return
    for path in written:
        click.echo(path)
    if paired is not None:
        click.echo(f"{'Paired' if paired[0] else 'Not paired'}: {paired[1]}.")


def _make(folder: Path) -> None:
    from sim.errors import InputError, Problem

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(Problem("--out", f"a folder that can be written to: {error.strerror}", str(folder))) from None
