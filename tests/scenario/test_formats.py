"""Files as editors and other tools write them: read, or named for what they are."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from sim.scenario import load
from tests.scenario.documents import FILE, HEADER, header, refused, written


def test_a_mark_that_windows_editors_put_first(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes(codecs.BOM_UTF8 + HEADER.encode())
    assert load(path).scenario.scenario.title == "A small one"
    (tmp_path / "more.toml").write_bytes(codecs.BOM_UTF8 + header(name='"more"', extends=f'"{FILE}"').encode())
    assert load(tmp_path / "more.toml").chain == ("small",)


@pytest.mark.parametrize("kept", ["UTF-16", "UTF-16-LE", "UTF-16-BE", "UTF-32"])
def test_wide_letters_are_named(tmp_path: Path, kept: str) -> None:
    path = tmp_path / FILE
    path.write_bytes(HEADER.encode(kept))
    assert refused(path) == [f"{FILE}: a text in UTF-8, not {kept[:6]}: save it as UTF-8"]


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("small.yaml", "scenario:\n  name: x\n", "YAML"),
        (FILE, "# a remark\n\n---\nscenario: {}\n", "YAML"),
        (FILE, "'my key':\n- 1\n", "YAML"),
        ("small.yml", "- a\n", "YAML"),
        ("small.json", "true", "JSON"),
        (FILE, '\n{\n  "scenario": {}}', "JSON"),
        (FILE, "{}", "JSON"),
        (FILE, '[{"a": 1}]', "JSON"),
        ("small.xml", '<?xml version="1.0"?><a/>', "XML"),
        (FILE, "<scenario/>", "XML"),
    ],
)
def test_another_kind_of_file_is_named(tmp_path: Path, name: str, text: str, kind: str) -> None:
    (tmp_path / name).write_text(text)
    said = [f"{name}: a TOML file, not {kind}: `sim new` writes one to start from"]
    assert refused(tmp_path / name) == said


@pytest.mark.parametrize(
    "text", ["[scenario", "a = 1 b: 2", "= 1", "\n" * 10_000 + "=", "[[a]]\n'b: c' d", "# a: b\n["]
)
def test_toml_with_a_slip_keeps_its_line(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    (line,) = refused(tmp_path / FILE)
    assert line.startswith(f"{FILE}: not valid TOML: ")


@pytest.mark.parametrize("name", ["con", "prn", "aux", "nul", "com1", "lpt9"])
def test_names_that_windows_keeps(tmp_path: Path, name: str) -> None:
    rule = "a name that Windows does not keep for a device, as it does con, prn, aux, nul, com1 and lpt1"
    assert refused(written(tmp_path, head=header(name=f'"{name}"'))) == [
        f"{FILE}: scenario.name: {rule} (got '{name}')"
    ]
    assert load(written(tmp_path, head=header(name=f'"{name}-{name}"'))).name == f"{name}-{name}"
