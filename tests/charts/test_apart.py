"""Charts drawn by a process of their own: the same bytes, the same notes and errors, nothing left behind."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sim.charts import apart
from sim.charts.apart import Apart
from sim.charts.catalogue import of_result
from sim.errors import InputError, Problem, ResultError, SimError
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
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError), apart.apart() as process:
        process.draw("of_result", result, tmp_path / "file")
    with apart.apart() as process:
        process.draw("of_fit", {}, tmp_path)
        with pytest.raises(KeyError) as raised:
            process.wait()
        assert "in draw" in raised.value.__notes__[0]  # the traceback there, which --debug shows
        process.draw("of_result", result, tmp_path)
    assert (tmp_path / "count.png").exists()


def test_some_charts_of_those_it_has(tmp_path: Path, result: Result) -> None:
    with apart.apart() as process:
        process.draw("of_result", result, tmp_path, {"count", "cooperation"})
    assert {path.name for path in tmp_path.iterdir()} == {"count.png", "count.svg"}


@pytest.mark.parametrize(
    "error", [InputError(Problem("a.b", "a number", 1), "file"), ResultError([Problem("", "one"), Problem("", "two")])]
)
def test_an_error_comes_over_whole(error: InputError) -> None:
    letters, over = pickle.loads(apart._sent(("x", error)))
    assert letters == "x"
    assert (type(over), over.lines(), str(over)) == (type(error), error.lines(), str(error))


def test_of_an_error_that_cannot_be_sent_its_words_are() -> None:
    class Own(Exception):
        """Nobody else knows it."""

    _, over = pickle.loads(apart._sent(("", Own("no luck"))))
    assert over.lines() == ["charts: Own: no luck"]


@pytest.mark.skipif(os.name != "posix", reason="kills")
def test_it_ends_with_the_process_that_started_it() -> None:
    code = (
        "import os; from pathlib import Path; from sim.charts import apart; apart.get_ready(); (one,) = apart._idle; "
        "one.draw('of_fit', {}, Path(), ()); one.wait(); os.kill(os.getpid(), 9)"
    )
    # It and its second have the same standard error: the call returns only when they have ended, too.
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=60)
    assert said.returncode == -signal.SIGKILL


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


@pytest.mark.skipif(sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="no second process")
def test_a_second_one_that_was_ended_by_others_is_told_and_both_end(tmp_path: Path, result: Result) -> None:
    used: list[Apart] = []

    def ended() -> None:
        with apart.apart() as process:
            used.append(process)
            process.draw("of_fit", {}, tmp_path, ())
            process.wait()
            first = process._process.pid
            (second,) = Path(f"/proc/{first}/task/{first}/children").read_text().split()
            os.kill(int(second), signal.SIGKILL)
            process.draw("of_result", result, tmp_path)

    with pytest.raises(SimError, match="charts: the process that draws them has ended"):
        ended()
    assert used[0]._process.poll() is not None


def test_a_process_that_was_ended_by_others_is_told(tmp_path: Path) -> None:
    def ended() -> None:
        with apart.apart() as process:
            process._process.kill()
            process.draw("of_result", None, tmp_path)

    with pytest.raises(SimError, match="charts: the process that draws them has ended"):
        ended()
