"""Pictures written by a process of their own: the same bytes, the same notes and errors, nothing left behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.figure import Figure

from sim.charts import apart
from sim.charts.apart import Apart
from sim.charts.catalogue import of_result
from sim.errors import SimError
from sim.letters import MissingLetters
from tests.charts.conftest import made


def written(process: Apart, folder: Path, title: str = "A small one") -> None:
    for name, figure, prefix in of_result(made(title=title)).figures():
        process.write(figure, folder / name, prefix)


@pytest.mark.usefixtures("coarse")
def test_the_same_files_as_without_it(tmp_path: Path) -> None:
    here = of_result(made(title="A small one")).draw(tmp_path / "here")
    with apart.apart() as process:
        written(process, tmp_path)
    assert sorted(tmp_path.glob("*.*")) == sorted(tmp_path / file.name for file in here)
    for file in here:
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()


@pytest.mark.usefixtures("coarse")
def test_letters_without_a_font_are_noted_here(tmp_path: Path) -> None:
    with pytest.warns(MissingLetters, match=r"no font here has \\ufffe: "), apart.apart() as process:
        written(process, tmp_path, "\ufffe")


def test_what_went_wrong_is_raised_here_and_the_next_one_works(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), apart.apart() as process:
        process.write(Figure(), tmp_path / "missing" / "a")
    with apart.apart() as process:
        process.write(Figure(), tmp_path / "b")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.png", "b.svg"]


def test_it_serves_again() -> None:
    with apart.apart() as process:
        pass
    with apart.apart() as again, apart.apart() as other:
        assert again is process is not other


def test_it_ends_where_anything_is_raised_meanwhile(tmp_path: Path) -> None:
    used: list[Apart] = []

    def interrupted() -> None:
        with apart.apart() as process:
            used.append(process)
            process.write(Figure(), tmp_path / "a")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert used[0]._process.poll() is not None
    assert used[0] not in apart._idle


def test_a_process_that_was_ended_by_others_is_told(tmp_path: Path) -> None:
    def ended() -> None:
        with apart.apart() as process:
            process._process.kill()
            process.write(Figure(), tmp_path / "a")

    with pytest.raises(SimError, match="charts: the process that writes them has ended"):
        ended()
