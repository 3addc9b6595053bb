"""The journal of a sweep: what was written is read back, and a line that is torn or damaged counts as not there."""

from __future__ import annotations

import errno
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from sim.errors import InputError
from sim.sweeps import journal as journals
from sim.sweeps.journal import FILE, Journal, looked_at, open_journal
from sim.sweeps.points import PointResult

DONE = [
    PointResult(f"{number:016x}", {"error": None, "mean": 14.0 - number / 7}, f"1,2,3:c{number}") for number in range(5)
]
FAILED = PointResult("f" * 16, {"error": "the chances add up to 1 at most, not 1.1 “é”"}, "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A journal of five points."""
    place = tmp_path / "deep" / "sweep.unfinished"
    with open_journal(place) as journal:
        journal.add(DONE[:3])
        for done in DONE[3:]:
            journal.add([done])
    return place


def found(folder: Path) -> list[int]:
    """Which of the five points a reader finds, each as it was written."""
    with looked_at(folder) as journal:
        there = [number for number, done in enumerate(DONE) if done.key in journal]
        assert [journal[DONE[number].key] for number in there] == [DONE[number] for number in there]
        assert len(journal) == len(there)
    return there


def test_what_was_written_is_read_back(folder: Path) -> None:
    assert found(folder) == [0, 1, 2, 3, 4]
    with open_journal(folder) as journal:
        assert [journal[done.key] for done in reversed(DONE)] == DONE[::-1]
        journal.add([FAILED])
        assert journal[FAILED.key] == FAILED
        assert [journal.failed(key) for key in (DONE[0].key, FAILED.key, "never")] == [False, True, False]
    with looked_at(folder) as journal:
        assert journal[FAILED.key] == FAILED
        assert journal.failed(FAILED.key)


def test_a_long_line_is_read_back(folder: Path) -> None:
    long = PointResult("a" * 16, {"error": None, "mean": 1.0}, "x" * 50_000)
    with open_journal(folder) as journal:
        journal.add([long, FAILED])
        assert (journal[long.key], journal[FAILED.key]) == (long, FAILED)


def test_a_line_torn_anywhere_is_cut_off_and_written_again(folder: Path) -> None:
    """A stop leaves a beginning of what was being written, at any byte."""
    whole = (folder / FILE).read_bytes()
    last = whole.rindex(b"\n", 0, -1) + 1
    for length in range(last, len(whole)):
        (folder / FILE).write_bytes(whole[:length])
        assert found(folder) == [0, 1, 2, 3]
        assert (folder / FILE).stat().st_size == length, "looking changes nothing"
        with open_journal(folder) as journal:
            assert (folder / FILE).read_bytes() == whole[:last]
            assert DONE[4].key not in journal
            journal.add(DONE[4:])
            assert journal[DONE[4].key] == DONE[4]
        assert (folder / FILE).read_bytes() == whole


@pytest.mark.parametrize("line", range(5))
def test_a_damaged_line_is_not_there_and_the_others_are(folder: Path, line: int) -> None:
    lines = (folder / FILE).read_bytes().splitlines(keepends=True)
    for place in (0, 31, 32, 40, len(lines[line]) - 2):
        broken = bytearray(lines[line])
        broken[place] ^= 1
        (folder / FILE).write_bytes(b"".join([*lines[:line], bytes(broken), *lines[line + 1 :]]))
        assert found(folder) == [number for number in range(5) if number != line]
    with open_journal(folder) as journal:
        journal.add([DONE[line]])
    assert found(folder) == [0, 1, 2, 3, 4]


def test_a_line_that_was_altered_with_care_is_noticed_by_its_digest(folder: Path) -> None:
    lines = (folder / FILE).read_bytes().splitlines(keepends=True)
    digest, _, told = lines[1].partition(b" ")
    document = json.loads(told)
    document["row"]["mean"] = 0.0
    lines[1] = digest + b" " + json.dumps(document).encode() + b"\n"
    (folder / FILE).write_bytes(b"".join(lines))
    assert found(folder) == [0, 2, 3, 4]


def test_a_lost_line_end_costs_two_points_and_no_more(folder: Path) -> None:
    lines = (folder / FILE).read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b"\n", b"\0")
    (folder / FILE).write_bytes(b"".join(lines))
    assert found(folder) == [0, 3, 4]


@pytest.mark.parametrize("rest", [b"\0" * 5000, b"\n\n\n", b"\n", b"nonsense\n", b"\xff" * 100, b" \n" * 10])
def test_what_a_crash_of_the_machine_leaves_behind_is_passed_over(folder: Path, rest: bytes) -> None:
    with (folder / FILE).open("ab") as file:
        file.write(rest)
    assert found(folder) == [0, 1, 2, 3, 4]
    with open_journal(folder) as journal:
        journal.add([FAILED])
    with looked_at(folder) as journal:
        assert (journal[FAILED.key], len(journal)) == (FAILED, 6)


def test_a_journal_damaged_while_it_is_read_is_told(folder: Path) -> None:
    with open_journal(folder) as journal:
        content = (folder / FILE).read_bytes()
        (folder / FILE).write_bytes(content.replace(b"mean", b"maen"))
        with pytest.raises(OSError, match="the journal was damaged while it was read; the same command goes on"):
            journal[DONE[2].key]


# --- A full disk


class Full(io.FileIO):
    """A file on a disk with room for so many bytes more."""

    room = 0

    def write(self, content: Any, /) -> int:
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        part = bytes(content)[: self.room]
        self.room -= len(part)
        return super().write(part)


@pytest.mark.parametrize("room", [0, 1, 40, 150])
def test_a_full_disk_leaves_what_was_there(folder: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    before = (folder / FILE).read_bytes()
    with Full(folder / FILE, "a+") as file:
        file.seek(0)
        journal = Journal(file, mend=True)
        file.room = room
        with pytest.raises(OSError, match="No space left on device"):
            journal.add([FAILED, PointResult("e" * 16, {"error": None}, "")])
        assert FAILED.key not in journal
        assert (folder / FILE).read_bytes() == before
        file.room = 10_000
        journal.add([FAILED])
        assert journal[FAILED.key] == FAILED
    assert found_all(folder) == 6


def found_all(folder: Path) -> int:
    with looked_at(folder) as journal:
        return len(journal)


def test_a_write_in_pieces_is_whole(folder: Path) -> None:
    class Slow(io.FileIO):
        def write(self, content: Any, /) -> int:
            return super().write(bytes(content)[:7])

    with Slow(folder / FILE, "a+") as file:
        file.seek(0)
        Journal(file, mend=True).add([FAILED])
    assert found_all(folder) == 6


def test_what_did_not_reach_the_disk_is_not_counted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(number: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    before = (folder / FILE).read_bytes()
    with open_journal(folder) as journal:
        monkeypatch.setattr(journals.os, "fsync", fail)
        with pytest.raises(OSError, match="Input/output error"):
            journal.add([FAILED])
        assert FAILED.key not in journal
    assert (folder / FILE).read_bytes() == before


def test_points_are_on_the_disk_a_moment_later(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settled: list[int] = []
    now = [100.0]
    monkeypatch.setattr(journals.os, "fsync", lambda number: settled.append(os.fstat(number).st_size))
    monkeypatch.setattr(journals.time, "monotonic", lambda: now[0])
    with open_journal(folder) as journal:
        settled.clear()
        sizes = []
        for _ in range(3):
            journal.add([FAILED])
            sizes.append((folder / FILE).stat().st_size)
            now[0] += 0.6 * journals.SETTLES
        assert settled == [sizes[0], sizes[2]]


# --- One process at a time


def test_only_one_may_write(folder: Path) -> None:
    with open_journal(folder) as journal:
        journal.add([FAILED])
        with pytest.raises(InputError) as caught, open_journal(folder):
            pass
        assert caught.value.lines() == [f"--out: a sweep that no other process is working on just now (got '{folder}')"]
        assert found_all(folder) == 6, "looking is free"
    with open_journal(folder):
        pass


def test_a_file_system_without_locks_does(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")

    def refuse(*arguments: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with open_journal(folder) as journal:
        assert len(journal) == 5


def test_there_may_be_none(tmp_path: Path) -> None:
    with looked_at(tmp_path / "nowhere") as journal:
        assert (len(journal), "a" in journal) == (0, False)
    assert list(tmp_path.iterdir()) == []


def test_a_journal_without_a_point_leaves_no_folder(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with open_journal(tmp_path / "mine" / "sweep" / "a.unfinished"):
        pass
    assert list(tmp_path.rglob("*")) == [tmp_path / "mine"]


@pytest.mark.parametrize("place", ["file", "/proc/nowhere", "/dev/null", "x" * 5000, "a\0b"], ids=lambda text: text[:9])
def test_a_place_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("mine")
    out = tmp_path / "file" if place == "file" else tmp_path / place
    with pytest.raises(InputError) as caught, open_journal(out / "sweep" / "a.unfinished"):
        pass
    (line,) = caught.value.lines()
    assert line.startswith("--out: a folder that can be written to: ")
    assert [path.name for path in tmp_path.rglob("*")] == ["file"]
    assert (tmp_path / "file").read_text() == "mine"
