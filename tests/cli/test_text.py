"""Text from outside: refused where it is written, cleaned where it is read, and no letter that stops the program."""

from __future__ import annotations

import io
import json
import sys
import warnings
from pathlib import Path
from xml.dom import minidom

import pytest

from sim.cli import main
from sim.cli.options import print_json
from sim.letters import MissingLetters, cleaned, fit
from sim.scenario import load
from tests.charts.conftest import made
from tests.cli.calling import Sim
from tests.scenario.documents import FILE, header, refused, written

RULE = "a text without control characters (tab and new line may stand in it)"
UNFIT = [
    *map(chr, [0, 7, 8, 11, 12, 13, 27, 31, 127, 128, 0x85, 0x9B, 0x9F]),
    *map(chr, [0x2028, 0x2029, 0x202A, 0x202E, 0x2066, 0x2069, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF]),
]
FIT = ["", "a\tb\nc", "São Tomé – 20 %", "台灣", "\u200fשלם\u200e", "क\u200dष", "👩\u200d🚀\ufe0f", "\xa0"]


@pytest.mark.parametrize("letter", UNFIT, ids=ascii)
def test_what_no_text_may_hold(letter: str) -> None:
    assert not fit(f"a{letter}")
    written_out = cleaned(f"a{letter}")
    assert written_out.isascii()
    assert written_out.isprintable()
    assert fit(written_out)
    assert len((f"a{letter}b").splitlines()) == 1 or not fit(letter)


@pytest.mark.parametrize("text", FIT)
def test_what_any_text_may_hold(text: str) -> None:
    assert fit(text)
    assert cleaned(text) is text or cleaned(text) == text


def test_a_document_is_cleaned_through_and_through() -> None:
    document = {"a\x1b": ["\x07", ("\x9b", 1)], "b": {"c": None, "d": 0.5, "e": "plain"}}
    assert cleaned(document) == {"a\\x1b": ["\\x07", ("\\x9b", 1)], "b": {"c": None, "d": 0.5, "e": "plain"}}
    assert cleaned("\x1b]0;x\x07 \u2028\ud800") == "\\x1b]0;x\\x07 \\u2028\\ud800"


# --- Refused in scenarios

ESCAPE = r'"\u001b]0;x\u0007"'
TEXTS = {
    "title": (header(title=ESCAPE), "", "scenario.title"),
    "question": (header(question=ESCAPE), "", "scenario.question"),
    "article": (header(article=ESCAPE), "", "scenario.article"),
    "known": (header(known=f"[{ESCAPE}]"), "", "scenario.known.0"),
    "assumed": (header(assumed=f'["a", {ESCAPE}]'), "", "scenario.assumed.1"),
    "source": (header(sources=f"[{{ title = {ESCAPE}, date = 2021-01-01 }}]"), "", "scenario.sources.0.title"),
    "event": (header(), f'[events.a]\ntype = "truce"\ndate = 2021-01-01\nsource = {ESCAPE}', "events.a.source"),
    "assumption": (
        header(),
        f'[events.a]\ntype = "truce"\ndate = 2021-01-01\nassumption = {ESCAPE}',
        "events.a.assumption",
    ),
}


@pytest.mark.parametrize("case", TEXTS)
def test_control_characters_are_refused(tmp_path: Path, case: str) -> None:
    head, body, where = TEXTS[case]
    assert refused(written(tmp_path, body, head)) == [f"{FILE}: {where}: {RULE} (got '\\x1b]0;x\\x07')"]


def test_so_they_are_in_what_is_set(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert refused(path, {"scenario.title": "a\u202eb"}) == [f"{FILE}: scenario.title: {RULE} (got 'a\\u202eb')"]
    assert refused(path, {"scenario.title": "\udcff"}) == [f"{FILE}: scenario.title: {RULE} (got '\\udcff')"]
    assert load(path, {"scenario.title": "a\tb\nc"}).scenario.scenario.title == "a\tb\nc"


NAMES = {
    "event": (r'[events."\u001b"]', r"events.\x1b: a name of small letters, digits and single hyphens (got '\x1b')"),
    "state": (
        r'[states."\u001b"]',
        r"states.\x1b: a state's three-letter code or name, such as HND or Honduras (got '\x1b')",
    ),
    "table": (r'["\u001b[2J"]', r"\x1b[2J: unknown key (got '\x1b[2J')"),
    "parameter": (
        "[parameters]\n" + r'"\u001b" = 1',
        r"parameters.\x1b: a model parameter (sim parameters lists them) (got '\x1b')",
    ),
    "base": ("", r"scenario.extends: no such file, and no shipped scenario of this name (got '\x1b')"),
}


@pytest.mark.parametrize("case", NAMES)
def test_keys_and_names_are_refused_by_their_own_rules(tmp_path: Path, case: str) -> None:
    body, line = NAMES[case]
    head = header(extends=r'"\u001b"') if case == "base" else header()
    assert f"{FILE}: {line}" in refused(written(tmp_path, body, head))


def test_the_name_of_a_base_between(tmp_path: Path) -> None:
    """It is kept with the result, though neither the first nor the last of the chain bears it."""
    for name, base in (("one", "two"), (r"\u001b[2J", "honduras-2021")):
        file = "one.toml" if name == "one" else "two.toml"
        written(tmp_path, head=f'[scenario]\nname = "{name}"\nextends = "{base}"\n', name=file)
    said = r"a name of small letters, digits and single hyphens (got '\x1b[2J')"
    assert refused(tmp_path / "one.toml") == [f"two (extended by one.toml): scenario.name: {said}"]


# --- On the terminal, and in files


def test_nothing_raw_reaches_the_terminal(sim: Sim, tmp_path: Path) -> None:
    path = written(tmp_path, head=header(title=r'"\u009b2J\u202e"'), name="a\x1bb.toml")
    good = written(tmp_path, name="good\x9b.toml")
    for arguments in (
        ["validate", path],
        ["validate", "--json", path, good],
        ["run", path],
        ["run", good, "--runs", "\x1b"],
    ):
        answer = sim(*arguments)
        assert answer.status == 2
        assert answer.out == cleaned(answer.out)
        assert answer.err == cleaned(answer.err)
    assert json.loads(sim("validate", "--json", path).out)["files"][0]["problems"][0]["value"] == "\x9b2J\u202e"


def test_json_is_the_same_document(capsys: pytest.CaptureFixture[str]) -> None:
    document = {"a": "\x7f\x9b\u2028\u202e\ud800\x1b 台灣\n\t"}
    print_json(document)
    out = capsys.readouterr().out
    assert json.loads(out) == document
    assert "台灣" in out
    assert fit(out)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437"])
def test_json_is_json_in_any_encoding(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    r"""Where plain text would have `\xe3`, which JSON does not know."""
    document = {"a": "São Tomé 台灣 🙂 \x9b"}
    out = io.TextIOWrapper(io.BytesIO(), encoding, errors="backslashreplace")
    monkeypatch.setattr("sys.stdout", out)
    print_json(document)
    out.flush()
    assert json.loads(out.buffer.getvalue().decode(encoding)) == document  # type: ignore[attr-defined]


def test_a_hostile_title_makes_no_broken_chart(tmp_path: Path) -> None:
    """A result read from elsewhere, by a reader that did not clean it."""
    from sim.charts.catalogue import of_result

    with pytest.warns(MissingLetters, match=r"no font here has \\ufffe: "):
        (file,) = of_result(made(title="\x1b]0;x\x07 --> ]]> <b>&\ufffe")).draw(
            tmp_path, only=["count"], formats=["svg"]
        )
    minidom.parseString(file.read_bytes())


def test_a_page_is_well_formed_whatever_it_says(tmp_path: Path) -> None:
    from sim import report

    report._write(tmp_path / "page.html", "<p>\x00\x9b\ud800 台灣\n</p>")
    assert (tmp_path / "page.html").read_text("utf-8") == "<p>\\x00\\x9b\\ud800 台灣\n</p>"


def test_many_problems_as_json(sim: Sim, tmp_path: Path) -> None:
    body = "[washington]\n" + "".join(f"x{number} = 1\n" for number in range(150))
    (file,) = sim("validate", "--json", written(tmp_path, body)).json["files"]
    assert (len(file["problems"]), file["more"]) == (100, 50)


# --- Encodings, and letters without a font

CHINESE = header(title='"台灣邦交國展望巴拉圭會斷交"', name='"zh"')


def test_an_output_that_cannot_hold_a_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, head=CHINESE)
    out = io.TextIOWrapper(io.BytesIO(), "cp1252")
    monkeypatch.setattr("sys.stdout", out)
    with pytest.raises(SystemExit) as ended:
        main.main(["run", str(path), "--runs", "20", "--no-charts", "--out", str(tmp_path / "out")])
    assert ended.value.code == 0
    out.flush()
    told = out.buffer.getvalue().decode("cp1252")  # type: ignore[attr-defined]
    assert told.startswith("\\u53f0\\u7063")
    assert str(next((tmp_path / "out" / "zh").iterdir())) in told


def test_letters_are_noted_once(sim: Sim, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def drawing(arguments: list[str], debug: bool) -> int:
        for letters in ("台灣", "灣"):
            warnings.warn(MissingLetters(letters), stacklevel=1)
        return 0

    monkeypatch.setattr(main, "_status", drawing)
    note = (
        "note: no font here has 台灣 (Chinese): the charts show boxes in their place; "
        "install Noto Sans CJK (Debian, Ubuntu: apt install fonts-noto-cjk)\n"
    )
    assert sim("plot", "x").err == note
    assert sim("plot", "x", "--quiet").err == ""
    assert sim("plot", "x", "--json").err == ""


def test_other_warnings_stay_warnings(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "_status", lambda arguments, debug: warnings.warn("something else", stacklevel=1))
    with pytest.raises(UserWarning, match="something else"):
        main.main(["plot"])


@pytest.mark.parametrize(
    ("letters", "fonts"),
    [
        ("한", "Noto Sans CJK"),
        ("あ、\uff0c", "Noto Sans CJK"),
        ("🙂", "Noto Emoji"),
        ("ก", "Noto Sans Thai"),
        ("कก", "Noto Sans Devanagari and Noto Sans Thai"),
        ("\ue000", "Unifont"),
    ],
)
def test_what_to_install(letters: str, fonts: str) -> None:
    assert str(MissingLetters(letters)).partition("; install ")[2].startswith(f"{fonts} (")


def test_a_note_is_short() -> None:
    note = str(MissingLetters(map(chr, range(0x4E00, 0x5000))))
    assert "丌 and 500 more letters (Chinese):" in note.replace("一丁丂七丄丅丆万丈三上下", "丌")
    assert sys.getsizeof(note) < 1000
