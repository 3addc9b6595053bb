"""`sim new`: a commented file that runs as it is, for any state and day, and overwrites nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from sim.atlas import economy, record
from sim.errors import shown
from sim.runs.run import Request, simulate
from sim.scenario import load
from sim.words import of_gdp
from tests.cli.calling import Sim

ROSTER = record().recognisers(record().confirmed_until)


def test_the_file_is_valid_and_runs(sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answer = sim("new", "my-question")
    assert (answer.status, answer.err) == (0, "")
    assert "my-question.toml" in answer.out
    assert [path.name for path in tmp_path.iterdir()] == ["my-question.toml"]
    assert sim("validate", "my-question.toml").status == 0
    assert sim("run", "my-question.toml", "--runs", 20, "--no-charts").status == 0
    text = (tmp_path / "my-question.toml").read_text("utf-8")
    gdp = economy("PRY", record().confirmed_until.year - 1).gdp_usd / 1e6
    assert answer.out.splitlines()[1] == (
        f"Its example of an offer, US$ 500 million over 5 years and not signed, is {100 * 100 / gdp:.2f} % of "
        "Paraguay's GDP a year, of which it believes about 10 %."
    )
    assert f"US$ million: 100 a year, {100 * 100 / gdp:.2f} % of Paraguay's GDP\n" in text
    assert f"states believe about 10 % of it, {of_gdp(0.1 * 100 * 100 / gdp)} of GDP a year\n" in text
    assert text.count("#") > 20


def test_the_schema_it_names_can_be_had(sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert sim("new", "x", "--out", "sub.toml").status == 0
    first, how, *_ = (tmp_path / "sub.toml").read_text("utf-8").splitlines()
    assert first == "#:schema ./recognition.schema.json"
    command = how.partition("  ")[2].split()
    assert command == ["sim", "schema", "--out", "recognition.schema.json"]
    assert sim(*command[1:]).out == "recognition.schema.json\n"
    assert json.loads((tmp_path / "recognition.schema.json").read_text("utf-8")) == sim("schema").json


@pytest.mark.parametrize(
    ("arguments", "option"),
    [(("nul",), "NAME"), (("x", "--out", "CON.toml"), "--out"), (("x", "--out", "a/lpt1"), "--out")],
)
def test_names_that_windows_keeps(sim: Sim, arguments: tuple[str, ...], option: str) -> None:
    (line,) = sim("new", *arguments).problems()
    assert line.startswith(f"{option}: a name that Windows does not keep for a device, as it does con, prn, ")


@pytest.mark.parametrize("code", ROSTER)
def test_for_every_state(sim: Sim, tmp_path: Path, code: str) -> None:
    path = tmp_path / "mine.toml"
    assert sim("new", "mine", "--state", code, "--out", path).status == 0
    result = simulate(Request(load(path), 20, 1))
    assert int(result.counts[0, 0]) == len(ROSTER)


@pytest.mark.parametrize("start", ["1972-01-01", "1976-02-29", "1988-06-30", "2008-05-20", "2021-12-31", "2024-02-29"])
def test_for_any_day(sim: Sim, tmp_path: Path, start: str) -> None:
    path = tmp_path / "mine.toml"
    code = record().recognisers(date.fromisoformat(start))[0]
    assert sim("new", "mine", "--start", start, "--state", code, "--out", path).status == 0
    assert simulate(Request(load(path), 20, 1)).runs == 20


def test_the_settings_in_its_remarks_are_valid_too(sim: Sim, tmp_path: Path) -> None:
    """Each remark that looks like a setting may be taken out of its mark."""
    path = tmp_path / "mine.toml"
    sim("new", "mine", "--out", path)
    lines = path.read_text("utf-8").splitlines()
    tried = 0
    for number, line in enumerate(lines):
        setting = line.removeprefix("# ")
        if line.startswith("# ") and " = " in setting and setting.split(" = ")[0].isidentifier():
            key = setting.split(" = ")[0]
            others = [other for other in lines[:number] if not other.startswith(f"{key} = ")]
            section = max((i for i, other in enumerate(lines[:number]) if other.startswith("[")), default=0)
            rest = [other for i, other in enumerate(lines[:number]) if i < section or other in others]
            if key in ("type", "date", "state", "answer"):
                continue  # parts of an event that is a remark as a whole
            path.write_text("\n".join([*rest, setting, *lines[number + 1 :]]), "utf-8")
            load(path)
            tried += 1
    assert tried >= 7


def test_a_state_by_name(sim: Sim, tmp_path: Path) -> None:
    for file, state in {"name": "St. Vincent & the Grenadines", "code": "VCT"}.items():
        assert sim("new", "mine", "--state", state, "--out", tmp_path / f"{file}.toml").status == 0
    by_name, by_code = ((tmp_path / f"{file}.toml").read_text("utf-8") for file in ("name", "code"))
    assert by_name.replace("name.toml", "code.toml") == by_code
    assert sim("new", "mine", "--state", "Korea", "--out", tmp_path / "korea.toml").problems() == [
        "--state: the name of one state, not of several: KOR (South Korea) or PRK (North Korea) (got 'Korea')"
    ]


def test_nothing_is_overwritten(sim: Sim, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("mine")
    assert sim("new", "mine", "--out", path).problems() == [
        f"NAME: a file that is not there yet: nothing is overwritten (got {shown(str(path))})"
    ]
    assert path.read_text() == "mine"


def test_a_file_that_cannot_be_written(sim: Sim, tmp_path: Path) -> None:
    for place in (tmp_path / "none" / "mine.toml", Path("/proc/mine.toml"), tmp_path):
        (line,) = sim("new", "mine", "--out", place).problems()
        assert line.startswith(("--out: ", "NAME: "))


def test_a_name_at_its_longest(sim: Sim, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    assert sim("new", "a" * 80, "--out", path).status == 0
    assert load(path).name == "a" * 80
