"""A valid scenario with a few things dropped, renamed, retyped, swapped or replaced: it runs or says why not."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sim.scenario.reading import parsed
from tests.examples import examples
from tests.fuzz.accepting import runs_or_is_refused
from tests.fuzz.toml_text import toml
from tests.worlds import rich

Document = dict[str, Any]
Path_ = tuple[str | int, ...]


def with_days(value: Any) -> Any:
    """A document whose days are days, as a TOML file has them."""
    if isinstance(value, dict):
        return {key: with_days(item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_days(item) for item in value]
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else value
    except ValueError:
        return value


VALID: Document = with_days(rich())
VALID["scenario"]["known"] = ["One thing."]
VALID["scenario"]["sources"] = [{"title": "A text", "date": date(2021, 12, 1)}]
VALID["beijing"] = VALID.get("beijing", {}) | {"budget": {"2022-01-01": 2.0, "2023-01-01": 1.0}}
VALID["expectations"] = {}


def places(value: Any, here: Path_ = ()) -> Iterator[Path_]:
    """The path of everything within a document, tables and lists included."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*here, key)
        yield from places(item, (*here, key))


def at(document: Any, path: Path_) -> Any:
    for key in path:
        document = document[key]
    return document


PLACES = list(places(VALID))
VALUES = [value for value in (at(VALID, path) for path in PLACES) if not isinstance(value, (dict, list))]

numbers = st.one_of(
    st.floats(),
    st.integers(-(10**6), 10**6),
    st.sampled_from([0, -1, 0.0, -0.0, 1e-300, 5e-324, 1e308, 2**31, 2**63 - 1, 2**63, 2**64, 10**400, -(10**30)]),
    st.sampled_from([float("nan"), float("inf"), float("-inf")]),
)
texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.sampled_from(
        ["", " ", "HND", "TWN", "USA", "VAT", "beijing", "2022-02-30", "x" * 5000, "a\nb", "truce", "order"]
    ),
)
days = st.one_of(
    st.dates(),
    st.dates(date(2020, 1, 1), date(2026, 1, 1)),
    st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1)),
    st.just(time(10, 0)),
)
scalars = st.one_of(numbers, texts, days, st.booleans())
keys = st.one_of(
    texts, st.sampled_from(["central", "low", "high", "state", "type", "date", "source", "title", "extends"])
)
junk = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn) -> Document:
    """The valid document after one to three mutations."""
    document = copy.deepcopy(VALID)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(PLACES))
        try:
            table, key = at(document, path[:-1]), path[-1]
            table[key]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier mutation took it away
        match draw(st.sampled_from(["drop", "rename", "junk", "swap", "number", "key", "copy"])):
            case "drop":
                del table[key]
            case "rename" if isinstance(table, dict):
                table[draw(keys)] = table.pop(key)
            case "swap":
                table[key] = draw(st.sampled_from(VALUES))
            case "number":
                table[key] = draw(numbers)
            case "key" if isinstance(table, dict):
                table[draw(keys)] = draw(junk)
            case "copy":
                table[key] = copy.deepcopy(at(VALID, draw(st.sampled_from(PLACES))))
            case _:
                table[key] = draw(junk)
    return document


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "mutated.toml"


def test_the_valid_document_survives_its_way_through_toml(file: Path) -> None:
    assert tomllib.loads(toml(VALID)) == VALID
    file.write_text(toml(VALID), "utf-8")
    assert runs_or_is_refused(file)


@settings(max_examples=examples(250), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(document=mutated())
@example(document=VALID | {"roster": VALID["roster"] | {"add": ["CHN"]}})
@example(document=VALID | {"parameters": {"lean_efect": 1.0}})
@example(document=VALID | {"a\nb": 1})
@example(document=VALID | {"events": {"a": {"type": float("nan")}}})
@example(document={})
def test_a_mutated_document_runs_or_is_refused(file: Path, document: Document) -> None:
    file.write_text(toml(document), "utf-8")
    runs_or_is_refused(file)


signs = st.lists(st.sampled_from([*"\"'\\.[]{}#=,\n a", "..........", '"""', "'''"]), max_size=30).map("".join)


@settings(max_examples=examples(150))
@given(document=st.dictionaries(signs, signs | st.lists(signs | st.floats(allow_nan=False), max_size=3), max_size=4))
def test_bounds_pass_over_what_texts_hold(document: Document) -> None:
    """Dots, brackets and quotes in quoted keys and texts count for nothing."""
    text = toml(document)
    assert parsed(text, "x") == tomllib.loads(text)
    literal = "'" + "." * 50 + "[" * 50 + '"'
    assert parsed(f"{text}\nzzz = '''{literal}'''\n", "x")["zzz"] == literal


TEXT = toml(VALID).encode()


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """The bytes of the valid file with a few pieces cut, doubled, moved or overwritten."""
    content = TEXT
    for _ in range(draw(st.integers(1, 4))):
        first = draw(st.integers(0, len(content)))
        last = min(len(content), first + draw(st.integers(0, 40)))
        piece = content[first:last]
        match draw(st.sampled_from(["cut", "double", "move", "overwrite", "end"])):
            case "cut":
                content = content[:first] + content[last:]
            case "double":
                content = content[:last] + piece + content[last:]
            case "move":
                rest = content[:first] + content[last:]
                place = draw(st.integers(0, len(rest)))
                content = rest[:place] + piece + rest[place:]
            case "overwrite":
                content = content[:first] + draw(st.binary(max_size=6)) + content[last:]
            case "end":
                content = content[:first]
    return content


@settings(max_examples=examples(300), suppress_health_check=[HealthCheck.too_slow])
@given(content=damaged())
@example(content=b"")
@example(content=b"\xef\xbb\xbf" + TEXT)
@example(content=TEXT.replace(b"\n", b"\r\n"))
@example(content=TEXT.replace(b"\n", b"\r"))
@example(content=b".".join([b"a"] * 3000) + b" = 1")
@example(content=b"[washington]\nattention = " + b"9" * 5000)
@example(content=b"[washington]\nattention = 0x" + b"f" * 5000)
def test_a_damaged_file_runs_or_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    runs_or_is_refused(file)
