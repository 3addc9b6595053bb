"""Charts drawn by a process of their own: the same bytes, the same notes and errors, nothing left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.charts import apart
from sim.charts.apart import Apart
from sim.charts.catalogue import of_result
from sim.errors import SimError
from sim.letters import MissingLetters
from sim.results import Result
from tests.charts.conftest import made


@pytest.fixture(scope="module")
def result() -> Result:
    return made(title="A small one")


def test_the_same_files_as_without_it(tmp_path: Path, result: Result) -> None:
    here = of_result(result).draw(tmp_path / "here")
    with apart.apart() as process:
        process.draw("of_result", result, tmp_path)
    assert sorted(tmp_path.glob("*.*")) == sorted(tmp_path / file.name for file in here)
    for file in here:
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()


def test_letters_without_a_font_are_noted_here(tmp_path: Path) -> None:
    with pytest.warns(MissingLetters, match=r"no font here has \\ufffe: "), apart.apart() as process:
        process.draw("of_result", made(title="\ufffe"), tmp_path)


def test_what_went_wrong_is_raised_here_and_the_next_one_works(tmp_path: Path, result: Result) -> None:
    with pytest.raises(FileNotFoundError), apart.apart() as process:
        process.draw("of_result", result, tmp_path / "missing")
    with apart.apart() as process:
        process.draw("of_fit", {}, tmp_path / "missing")
        with pytest.raises(KeyError):
            process.wait()
        process.draw("of_result", result, tmp_path)
    assert (tmp_path / "count.png").exists()


def test_it_serves_again_and_one_that_is_ready_serves_first() -> None:
    apart.get_ready()
    ready = apart._idle[-1]
    apart.get_ready()
    assert apart._idle[-1] is ready
    with apart.apart() as process:
        assert process is ready
    with apart.apart() as again, apart.apart() as other:
        assert again is process is not other


def test_it_ends_where_anything_is_raised_meanwhile(tmp_path: Path) -> None:
    used: list[Apart] = []

    def interrupted() -> None:
        with apart.apart() as process:
            used.append(process)
            process.draw("of_result", None, tmp_path)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert used[0]._process.poll() is not None
    assert used[0] not in apart._idle


def test_a_process_that_was_ended_by_others_is_told(tmp_path: Path) -> None:
    def ended() -> None:
        with apart.apart() as process:
            process._process.kill()
            process.draw("of_result", None, tmp_path)

    with pytest.raises(SimError, match="charts: the process that draws them has ended"):
        ended()
