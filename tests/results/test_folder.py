"""Folders of ours: what is not ours stays, what was finished stays readable, whatever stops the work."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import InputError, ResultError, SimError
from sim.results import check, out_folder, placeable, placed, seal
from sim.results.moving import _INCOMING, _MARK, _STAGE
from tests.results.killing import fitted

ORPHAN = _STAGE.format("0123456789ab")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def fit(tmp_path: Path) -> Path:
    fitted(tmp_path, "1", "2020-01-01")
    return tmp_path / "a" / "fit"


@pytest.mark.parametrize("pieces", [("replaced", "added", "new"), ("swept", "retitled")], ids="-".join)
def test_work_that_is_killed_at_any_step_loses_nothing_and_is_done_by_the_same_call(
    tmp_path: Path, pieces: tuple[str, ...]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.results.killing", str(tmp_path), *pieces],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    steps = [int(line) for line in done.stdout.splitlines() if line.isdecimal()]
    assert len(steps) == len(pieces)
    assert min(steps) >= 2


def test_a_folder_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "a" / "fit"
    with placed(target) as stage:
        (stage / "states.csv").write_text("x")
        (stage / "fit.json").write_text("{}")
        assert not target.exists()
        assert stage.parent == target.parent
        seal(stage, {"kind": "fit", "id": "0" * 16, "as_of": "2020-01-01"})
    assert names(target) == {"states.csv", "fit.json", "manifest.json"}
    assert names(target.parent) == {"fit"}
    check(target)


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_nothing_is_left_where_writing_fails(tmp_path: Path, failure: type[BaseException], depth: int) -> None:
    """However many of the folders above it had to be made; those of the user stay, empty or not."""
    (tmp_path / "mine").mkdir()
    place = (tmp_path / "mine").joinpath(*"abcd"[:depth])

    def fail() -> None:
        with placed(place) as stage:
            (stage / "x").write_text("1")
            raise failure

    with pytest.raises(failure):
        fail()
    assert [path.name for path in tmp_path.rglob("*")] == ["mine"]


def test_what_is_not_ours_stays(fit: Path) -> None:
    """Beside it and inside it, whatever it is called and however old it is."""
    old = fit.parent / ".vim.old"
    old.mkdir()
    for place in (fit, fit.parent, old):
        (place / "notes.txt").write_text("mine")
    (fit / "explain" / "HND").mkdir(parents=True)
    for path in (old, fit / "notes.txt"):
        os.utime(path, (0, 0))
    fitted(fit.parent.parent, "2", "2021-01-01", "charts/one.png")
    assert names(fit) == {"notes.txt", "explain", "states.csv", "fit.json", "manifest.json", "charts"}
    assert names(fit.parent) == {"fit", "notes.txt", ".vim.old"}
    assert names(old) == {"notes.txt"}
    check(fit)


def test_what_the_new_one_lacks_and_the_old_one_listed_goes(tmp_path: Path) -> None:
    fitted(tmp_path, "1", "2020-01-01", "charts/one.png", "charts/two.png")
    fit = tmp_path / "a" / "fit"
    (fit / "charts" / "notes.png").write_text("mine")
    fitted(tmp_path, "2", "2020-01-01", "charts/two.png")
    assert names(fit / "charts") == {"two.png", "notes.png"}
    assert set(check(fit)["files"]) == {"states.csv", "fit.json", "charts/two.png"}


def test_a_changed_word_makes_pictures_anew_and_leaves_the_numbers(tmp_path: Path) -> None:
    fitted(tmp_path, "1", "2020-01-01", "charts/one.png")
    fitted(tmp_path, "1", "2021-01-01", "charts/one.png")
    fit = tmp_path / "a" / "fit"
    assert (fit / "charts" / "one.png").read_text() == "charts/one.png of 1 2021-01-01"
    assert check(fit)["as_of"] == "2021-01-01"


@pytest.mark.parametrize("taken", ["an empty folder", "a folder with notes", "half of a folder of ours"])
def test_a_folder_where_ours_belongs(tmp_path: Path, taken: str) -> None:
    target = tmp_path / "a" / "fit"
    target.mkdir(parents=True)
    if taken == "a folder with notes":
        (target / "notes.txt").write_text("mine")
    elif taken == "half of a folder of ours":
        (target / "states.csv").write_text("cut")
        (target / "manifest.json").write_text("{")
    fitted(tmp_path, "1", "2020-01-01")
    check(target)
    assert ("notes.txt" in names(target)) == (taken == "a folder with notes")


def test_a_link_to_a_folder_stays_one(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "a" / "fit").symlink_to(tmp_path / "elsewhere")
    fitted(tmp_path, "1", "2020-01-01")
    fitted(tmp_path, "2", "2020-01-01")
    assert (tmp_path / "a" / "fit").is_symlink()
    check(tmp_path / "elsewhere")
    assert names(tmp_path) == {"a", "elsewhere"}


# --- In a folder that the user named


@pytest.mark.parametrize("theirs", ["manifest.json", "states.csv", "charts/one.png"])
def test_in_a_folder_of_the_users_own_no_file_is_replaced(tmp_path: Path, theirs: str) -> None:
    path = tmp_path / "a" / "fit" / theirs
    path.parent.mkdir(parents=True)
    path.write_text('{"name": "a web app"}')
    with pytest.raises(InputError, match=f"--out: a folder without a {theirs} of another kind"):
        fitted(tmp_path, "1", "2020-01-01", "charts/one.png", own=False)
    assert path.read_text() == '{"name": "a web app"}'
    assert [found for found in (tmp_path / "a").rglob("*") if found.is_file()] == [path]


def test_in_a_folder_of_the_users_own_ours_is_replaced(tmp_path: Path) -> None:
    for id in "12":
        fitted(tmp_path, id, "2020-01-01", "charts/one.png", own=False)
        assert check(tmp_path / "a" / "fit")["id"] == id * 16


# --- What killed processes left


def orphan(parent: Path, marked: bool = True) -> Path:
    left = parent / ORPHAN
    left.mkdir(parents=True)
    (left / "states.csv").write_text("half")
    if marked:
        (left / _MARK).touch()
    return left


def test_what_a_killed_process_left_is_cleared_however_young(tmp_path: Path) -> None:
    left = orphan(tmp_path / "a")
    fitted(tmp_path, "1", "2020-01-01")
    assert not left.exists()


def test_what_another_process_writes_just_now_stays_however_old(tmp_path: Path) -> None:
    """A clock that jumps, or a run of weeks, makes nobody's folder an orphan: only a lock that nobody holds does."""
    left = orphan(tmp_path / "a")
    for path in (left, left / _MARK):
        os.utime(path, (0, 0))
    with (left / _MARK).open("rb") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        fitted(tmp_path, "1", "2020-01-01")
        assert names(left) == {"states.csv", _MARK}


@pytest.mark.parametrize("lacks", ["the mark", "the name", "being a folder of its own", "a plain mark"])
def test_what_is_not_proved_ours_is_never_cleared(tmp_path: Path, lacks: str) -> None:
    left = orphan(tmp_path / "a", marked=lacks != "the mark")
    if lacks == "the name":
        left = left.rename(left.with_name(".sim-mine.partial"))
    elif lacks == "being a folder of its own":
        left.rename(tmp_path / "elsewhere")
        left.symlink_to(tmp_path / "elsewhere")
    elif lacks == "a plain mark":
        (left / _MARK).unlink()
        os.mkfifo(left / _MARK)
    fitted(tmp_path, "1", "2020-01-01")
    assert (left / "states.csv").read_text() == "half"


def test_a_folder_of_the_name_of_one_that_is_moved_in_is_not_ours_without_the_mark(fit: Path) -> None:
    (fit / _INCOMING).mkdir()
    (fit / _INCOMING / "notes.txt").write_text("mine")
    check(fit)
    assert names(fit / _INCOMING) == {"notes.txt"}


# --- What is refused, before anything is done


@pytest.mark.parametrize("place", ["file/x", "/dev/null/x", "/proc/nowhere/x", "x" * 5000, "a\0b", "file"])
def test_a_place_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("mine")
    for use in (placeable, lambda folder: placed(folder).__enter__()):
        with pytest.raises(InputError, match="--out: a folder that can be written to: "):
            use(tmp_path / place)
    assert names(tmp_path) == {"file"}


def test_a_place_that_can_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    placeable(tmp_path / "a" / "b")
    assert names(tmp_path) == set()


def test_an_empty_name_is_no_folder() -> None:
    with pytest.raises(InputError) as caught:
        out_folder("")
    assert caught.value.lines() == ["--out: the name of a folder; . is the one you are in (got '')"]
    assert out_folder(".") == Path()


@pytest.mark.parametrize("number", ["ENOSPC", "EDQUOT"])
def test_a_full_disk_is_told_with_its_place(tmp_path: Path, number: str) -> None:
    import errno

    code = getattr(errno, number)
    with (
        pytest.raises(SimError, match=f"{tmp_path / 'fit'}: could not be written: ") as caught,
        placed(tmp_path / "fit"),
    ):
        raise OSError(code, os.strerror(code))
    assert caught.value.exit_status == 1
    assert names(tmp_path) == set()


DAMAGE: dict[str, Callable[[Path], object]] = {
    "a file": lambda fit: (fit / "states.csv").write_text("other"),
    "a file away": lambda fit: (fit / "fit.json").unlink(),
    "the manifest": lambda fit: (fit / "manifest.json").write_text("{"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_damaged_is_made_again(fit: Path, damage: str) -> None:
    DAMAGE[damage](fit)
    with pytest.raises(ResultError):
        check(fit)
    fitted(fit.parent.parent, "1", "2020-01-01")
    check(fit)
