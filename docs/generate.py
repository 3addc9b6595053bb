"""Writes the documentation that follows from the code: `make docs` calls it, and a test compares.

`python -m docs.generate` writes the reference pages, the output of the commands in the tutorial and the how-to pages,
their pictures, the prior-predictive check, and the tables of the ODD and TRACE pages.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import math
import re
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import click

from docs.story import DOCS, Story, pages
from sim.cli.schema import WHAT
from sim.shown import Shown

REFERENCE = DOCS / "reference"
WIDTH = 88
"""Letters in a line of a command's help."""


def main() -> None:
    """Write everything that has changed, and print its path."""
    from docs import cells, described, prior_predictive

    for name, page in GENERATED.items():
        keep(REFERENCE / name, page())
    for path in pages():
        with tempfile.TemporaryDirectory() as folder:
            story = Story(path, Path(folder))
            story.live()
            story.copy_pictures()
            keep(path, story.recorded())
            for line in story.skipped:
                print(f"{path.relative_to(DOCS.parent)}: not run: {line}", file=sys.stderr)
    for path in cells.notebooks():
        with tempfile.TemporaryDirectory() as folder:
            if cells.refresh(path, Path(folder)):
                print(path.relative_to(DOCS.parent))
    prior_predictive.write()
    described.write()


def keep(path: Path, text: str) -> None:
    """Write a file unless it already holds the text."""
    if not path.exists() or path.read_text("utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        print(path.relative_to(DOCS.parent))


def _page(title: str, *parts: str) -> str:
    mark = "<!-- written by `make docs` from the code: change that -->"
    return "\n\n".join([f"# {title}", mark, *(part.strip("\n") for part in parts)]) + "\n"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(heads)]
    lines += [[" ".join(cell.replace("|", "\\|").split()) for cell in row] for row in rows]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


# --- Parameters ---------------------------------------------------------------------------------------------


FAMILIES = {
    "split-normal": "normal, with its own spread on each side of the median",
    "log-normal": "the same in the logarithm, for values that stay above zero",
    "logit-normal": "the same in the log odds, for chances and shares",
    "counted": "a chance counted from dated cases: Beta(1/2 + yes, 1/2 + no), or from what its source says",
    "gamma": "a rate counted on the record: gamma with the events, over the years at risk; if "
    "`memory` is drawn, counted with the memory drawn",
    "normal": "normal about the estimate, with its standard error",
    "updated": "the declared prior times the likelihood of the record",
    "coin": "one of two values, equally likely",
    "held": "not drawn: at its central value unless a scenario sets it",
}
"""Families of laws in words, by name."""


def parameters_page() -> str:
    """Every parameter, with its law as known today."""
    from sim.atlas import record
    from sim.fit import beliefs, described

    day = record().confirmed_until
    known = beliefs(day)
    rows = [described(belief) for belief in known.values()]
    kinds = {kind: sum(row["kind"] == kind for row in rows) for kind in ("estimated", "documented", "assumed")}
    used = {row["family"] for row in rows}
    short = _table(
        ("parameter", "kind", "central", "90 % of belief", "unit"),
        (
            (f"[`{row['name']}`](#{row['name']})", row["kind"], _number(row["central"]), _range(row), row["unit"])
            for row in rows
        ),
    )
    details = []
    for row in rows:
        parameter = known[row["name"]].parameter
        lines = [
            f"### {row['name']}",
            "",
            _sentence(row["meaning"]),
            "",
            f"- {_number(row['central'])} ({_range(row)}), in {row['unit']}",
            f"- {row['kind']}; drawn from: {FAMILIES[row['family']]} (`{row['family']}`)",
            f"- a scenario may set it from {_number(parameter.minimum)} to {_number(parameter.maximum)}",
            f"- source: {row['source']}",
        ]
        if row["cases"] is not None:
            lines.insert(-1, f"- cases counted: {row['cases']}")
        if row["hindsight"]:
            lines.append("- judged with hindsight: chosen in 2026 by people who knew what came later")
        details.append("\n".join(lines))
    return _page(
        "Parameters",
        f"All {len(rows)} numbers of the model, as known at the end of {day.day} {day:%B %Y}: {kinds['estimated']} "
        f"estimated on the record, {kinds['documented']} documented (counted from dated cases, or published), "
        f"{kinds['assumed']} assumed. A scenario with an earlier `as_of` has its own values of estimated and "
        "counted numbers: `sim parameters --as-of DATE`. [The model](../model.md) explains what each does; "
        "[the table of judgements](../prior-predictive.md#the-judgements) has the judgements as first written down.",
        "To set one, use `[parameters]` in a scenario file, or `--set parameters.NAME=VALUE`. To see what depends on "
        "one, use [sensitivity](../how-to/sensitivity.md).",
        short,
        "## Families",
        "The central value is the median of the law; for `counted` and `gamma` it is the mean, for `coin` the "
        "middle. The range is from the 5 % to the 95 % point.",
        _table(("family", "law"), ((f"`{name}`", words) for name, words in FAMILIES.items() if name in used)),
        "## One by one",
        *details,
    )


def _number(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if 0 < abs(value) < 1e-4:
        return f"{value:.{1 - math.floor(math.log10(abs(value)))}f}"
    return f"{value:.3g}"


def _range(row: Mapping[str, Any]) -> str:
    return f"{_number(row['low'])} to {_number(row['high'])}"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:].rstrip(".") + "."


# --- The schema ---------------------------------------------------------------------------------------------


def schema_page() -> str:
    """Every table and key of a scenario file."""
    from sim.scenario import Scenario

    whole = Scenario.model_json_schema()
    defined = whole["$defs"]
    parts: list[str] = []

    def table_of(heading: str, name: str, leave_out: frozenset[str] = frozenset(), level: str = "##") -> None:
        part = defined[name]
        about = re.sub(r"^`[^`]*`: ", "", part.get("description", ""))
        parts.append(f"{level} {heading}")
        if about:
            parts.append(_sentence(about) if "\n" not in about else about)
        rows = list(_keys(part, leave_out))
        if rows:
            parts.append(_table(("key", "value", "default", "meaning"), rows))

    for name, part in whole["properties"].items():
        inner = _inner(part)
        part = next((one for one in part.get("anyOf", ()) if "$ref" in one), part) | {
            key: part[key] for key in ("description",) if key in part
        }
        if "$ref" in part:
            table_of(f"`[{name}]`", _name_of(part))
            if name == "scenario":
                table_of("An entry of `sources`", "Source", level="###")
            if name == "record":
                rows = {
                    key: entry["items"]
                    for key, entry in defined["RecordTable"]["properties"].items()
                    if "items" in entry
                }
                for key, entry in rows.items():
                    table_of(f"`[[record.{key}]]`", _name_of(entry), level="###")
        elif name == "states":
            table_of("`[states.XXX]`", _name_of(inner))
        elif name == "elections":
            table_of("`[elections.NAME]`", _name_of(inner))
            table_of("`[elections.NAME.outcomes.NAME]`", "Outcome", level="###")
        elif name == "events":
            kinds = {kind: _name_of({"$ref": ref}) for kind, ref in inner["discriminator"]["mapping"].items()}
            common = frozenset.intersection(*(frozenset(defined[one]["properties"]) for one in kinds.values())) - {
                "type"
            }
            parts.append("## `[events.NAME]`")
            parts.append(part["description"] + " Every event has a `type`, and these keys:")
            first = defined[next(iter(kinds.values()))]
            parts.append(
                _table(("key", "value", "default", "meaning"), _keys(first, frozenset(first["properties"]) - common))
            )
            for kind, one in kinds.items():
                table_of(f'type = "{kind}"', one, common | {"type"}, "###")
        else:
            parts.append(f"## `[{name}]`")
            parts.append(part["description"])
            parts.append(f"Each value: {_value(inner)}.")
    return _page(
        "Scenario files, key by key",
        "Every table and key that a scenario file may hold, with its bounds. The same with examples and advice: "
        "[scenario files, explained](../../scenarios/README.md). For editors that complete and check: `sim schema`.",
        "*Date*: `YYYY-MM-DD`. *State*: three capital letters, such as `HND`, or a name, such as `Honduras`. "
        "*Name*: small letters, digits, single hyphens. *Range*: in place of the number, `{ central = 1.0, low = "
        "0.5, high = 2.0 }`, the median and the 5 % and 95 % points; one value is drawn for every 20 runs. *Dated*: "
        "in place of the number, `{ 2027-01-01 = 2.0 }`, changes that hold from a month on. Any other key is an "
        "error.",
        *parts,
    )


def _name_of(part: Mapping[str, Any]) -> str:
    return str(part["$ref"]).rpartition("/")[2]


def _inner(part: Mapping[str, Any]) -> Any:
    """The schema of the values of a table of tables."""
    patterns = part.get("patternProperties")
    return next(iter(patterns.values())) if patterns else part.get("additionalProperties", {})


def _keys(part: Mapping[str, Any], leave_out: frozenset[str]) -> Iterator[tuple[str, str, str, str]]:
    required = set(part.get("required", ()))
    for key, entry in part["properties"].items():
        if key in leave_out:
            continue
        default = "required" if key in required else _default(entry)
        yield f"`{key}`", _value(entry), default, entry.get("description", "")


def _default(part: Mapping[str, Any]) -> str:
    if "default" not in part:
        return "empty"
    value = part["default"]
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'`"{value}"`' if isinstance(value, str) else _plain(value)


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) and abs(value) >= 1000 else f"{value:g}"


def _value(part: Mapping[str, Any]) -> str:
    """The kind of a value and its bounds, in words."""
    choices = [one for one in part.get("anyOf", part.get("oneOf", ())) if one.get("type") != "null"]
    if choices:
        first = _value(choices[0])
        for other in choices[1:]:
            first += ", or *range*" if "$ref" in other else ", or *dated*"
        return first
    if "$ref" in part:
        return f"a table, see *{_name_of(part).lower()}*"
    if "const" in part:
        value = part["const"]
        return "true" if value is True else f'`"{value}"`'
    if "enum" in part:
        return ", ".join(f'`"{value}"`' for value in part["enum"])
    kind, pattern = part.get("type"), part.get("pattern", "")
    if part.get("format") == "date":
        return "date"
    if kind == "string":
        return "state" if part.get("format") == "state" else "name" if pattern else "text"
    if kind == "boolean":
        return "true, false"
    if kind == "array":
        inner = _value(part["items"])
        return f"list of {inner}s" if "table" not in inner else "list of tables"
    if kind in ("number", "integer"):
        low, high = part.get("minimum"), part.get("maximum")
        bounds = ""
        if low is not None and high is not None:
            bounds = f"{_plain(low)} to {'2^63 - 1' if high == 2**63 - 1 else _plain(high)}"
        return " ".join(["whole number" if kind == "integer" else "number", bounds]).strip()
    inner = _inner(part)
    return f"table of {_value(inner)}" if "$ref" not in inner else "table of tables by name"


# --- The command line ---------------------------------------------------------------------------------------


def commands_page() -> str:
    """The help of every command."""
    from sim.cli.main import COMMANDS, sim

    width: dict[str, Any] = {"terminal_width": WIDTH, "max_content_width": WIDTH}
    root = click.Context(sim, info_name="sim", **{**sim.context_settings, **width})
    parts = ["## sim", _help(sim, root)]
    for name, about in COMMANDS.items():
        command = sim.get_command(root, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=root, **{**command.context_settings, **width})
        parts += [f"## sim {name}", about, _help(command, context)]
    return _page(
        "Commands",
        "What `sim --help` and `sim COMMAND --help` say. A scenario is a file, or the bare name of a shipped one "
        "(`sim list`); a state is a code or any of its names (PRY, Paraguay). Exit status: 0 done; 2 the request or a "
        "file is wrong, and nothing was written; 1 it failed while running; 130 interrupted. An error is one line that "
        "names the file, the key, the rule and the value. With `--json`, standard output holds one JSON object and "
        "nothing else; progress and errors go to standard error.",
        *parts,
    )


def _help(command: click.Command, context: click.Context) -> str:
    formatter = context.make_formatter()
    command.format_help(context, formatter)
    return f"```text\n{formatter.getvalue().rstrip()}\n```"


# --- Python -------------------------------------------------------------------------------------------------


def python_page() -> str:
    """The public face of the package, from its docstrings."""
    import sim

    parts: list[str] = []
    classes: dict[str, type] = {}
    for name in sorted(sim.__all__, key=lambda name: (name[0].isupper(), name)):
        member = getattr(sim, name)
        if inspect.isclass(member):
            classes[name] = member
            continue
        parts += [f"## sim.{name}", f"```text\n{_signature(name, member)}\n```", _prose(member.__doc__)]
        returned = str(inspect.signature(member).return_annotation).strip("'\"").partition("[")[0]
        answer = getattr(importlib.import_module(member.__module__), returned, None)
        if inspect.isclass(answer) and answer.__module__.startswith("sim."):
            classes.setdefault(returned, answer)
    for name in sorted(classes):
        where = f"sim.{name}" if name in sim.__all__ else name
        parts += [f"## {where}", *_class(classes[name])]
    return _page(
        "Python",
        "`import sim` gives the following; frames are pandas. Names that are not listed may change without notice. "
        "Recipes: [in a notebook](../how-to/notebook.md).",
        *parts,
    )


def _signature(name: str, function: Callable[..., Any]) -> str:
    lines, starred = [], False
    signature = inspect.signature(function)
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            lines.append("    *,")
            starred = True
        if parameter.kind is parameter.VAR_POSITIONAL:
            starred = True
        lines.append("    " + re.sub(r""": (['"])(.*?)\1( = |$)""", r": \2\3", str(parameter)) + ",")
    returned = str(signature.return_annotation).strip("'")
    return "\n".join([f"sim.{name}(", *lines, f") -> {returned}"])


def _prose(docstring: str | None) -> str:
    """A docstring in Markdown: lines such as `runs, seed : meaning` become a list."""
    lines: list[str] = []
    listed = False
    for line in inspect.cleandoc(docstring or "").splitlines():
        match = re.match(r"([\w]+(?:, [\w]+)*) : (.*)", line)
        if match:
            lines += ([] if listed or not lines or not lines[-1] else [""]) + [
                f"- {', '.join(f'`{name}`' for name in match[1].split(', '))}: "
                + re.sub(r"; (\w+) : ", r"; `\1`: ", match[2])
            ]
            listed = True
        elif listed and line and not re.match(r"[A-Z]\w+ ", line):
            lines[-1] += f" {line.strip()}"
        else:
            lines += [""] * (listed and bool(line)) + [line]
            listed = False
    return "\n".join(lines)


def _class(cls: type) -> Iterator[str]:
    yield _prose(cls.__doc__)
    meanings = _attributes(cls)
    rows = []
    for name, kind in inspect.get_annotations(cls).items():
        if name in meanings and not name.startswith("_"):
            rows.append((f"`{name}`", f"`{kind}`" if isinstance(kind, str) else "", meanings[name]))
    for name, member in list(vars(cls).items()):
        value = getattr(member, "fget", None) or getattr(member, "func", None)
        if not name.startswith("_") and value is not None and value.__doc__:
            returned = str(inspect.signature(value).return_annotation).strip("'")
            rows.append((f"`{name}`", f"`{returned}`", _first(value.__doc__)))
    if hasattr(cls, "model_fields"):
        yield "Its tables and keys are those of a scenario file: [key by key](schema.md). Besides them:"
        rows = [row for row in rows if row[0].strip("`") not in cls.model_fields]
    if rows:
        yield _table(("attribute", "type", "meaning"), rows)
    methods = [
        (f"`{name}({_arguments(member)})`", _first(member.__doc__))
        for name, member in (vars(cls) | (vars(Shown) if issubclass(cls, Shown) else {})).items()
        if inspect.isfunction(member) and not name.startswith("_") and member.__doc__
    ]
    if methods:
        yield _table(("method", "gives"), methods)


def _arguments(function: Callable[..., Any]) -> str:
    return ", ".join(name for name in list(inspect.signature(function).parameters)[1:])


def _first(docstring: str) -> str:
    return " ".join(inspect.cleandoc(docstring).partition("\n\n")[0].split())


def _attributes(cls: type) -> dict[str, str]:
    """The strings below a class's attributes, by attribute."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    body = tree.body[0].body  # type: ignore[attr-defined]
    meanings = {}
    for here, after in pairwise(body):
        if isinstance(here, ast.AnnAssign) and isinstance(here.target, ast.Name):
            text = getattr(getattr(after, "value", None), "value", None)
            meanings[here.target.id] = " ".join(text.split()) if isinstance(text, str) else ""
    last = body[-1]
    if isinstance(last, ast.AnnAssign) and isinstance(last.target, ast.Name):
        meanings[last.target.id] = ""
    return meanings


# --- JSON Schemas -------------------------------------------------------------------------------------------


def answers_page() -> str:
    """What has a JSON Schema, and where it is."""
    from sim.cli.schema import schema_of

    rows = [
        (
            f"`sim schema {what}`",
            schema_of(what)["title"],
            f"[{what}.json](schemas/{what}.json)",
            schema_of(what)["$id"],
        )
        for what in WHAT
    ]
    return _page(
        "JSON Schemas",
        "What programs that read or write our JSON and TOML can check it by. The files are those that the commands "
        "print, which need no network; their names (`$id`) are no addresses.",
        _table(("command", "of what", "file", "`$id`"), rows),
        "An answer has every key that its schema requires. It may get further keys in a later version, so a reader "
        "should pass over those it does not know. A manifest has exactly the keys of its `kind`. What a scenario file "
        "must have is left to `sim validate`.",
        "The other answers are described in words, with the tables that they repeat: of `sim explain`, `sensitivity`, "
        "`fit` and `backtest`, the document in their folder and where it is ([files of a "
        "result](../../results/README.md)); of `sim parameters`, the [parameters](parameters.md); of `sim verify`, "
        "what was looked at and whether it is the same; of `sim plot` and `sim report`, the files written.",
    )


def schema_file(what: str) -> str:
    """One of the schemas, as its file has it."""
    from sim.cli.schema import schema_of

    return json.dumps(schema_of(what), ensure_ascii=False, indent=1) + "\n"


GENERATED: Mapping[str, Callable[[], str]] = {
    "parameters.md": parameters_page,
    "schema.md": schema_page,
    "commands.md": commands_page,
    "python.md": python_page,
    "answers.md": answers_page,
    **{f"schemas/{what}.json": partial(schema_file, what) for what in WHAT},
}
"""Pages of `docs/reference` and what writes them."""

if __name__ == "__main__":
    main()
