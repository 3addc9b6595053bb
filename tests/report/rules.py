"""What must be true of every page: nothing is fetched, ids are unique, headings in order, tables and drawings named."""

from __future__ import annotations

import re
from itertools import pairwise

from sim.report.exploring import digest_of, script
from tests.report.reading import Element

MOST_BYTES = 1_000_000
POLICY = ["default-src 'none'", "style-src 'unsafe-inline'", "img-src data:"]
ADDRESS = re.compile(
    r"(?:\b(?:src|srcset|href|data|action|poster|xlink:href)\s*=\s*[\"']?|url\(\s*[\"']?|@import)([^\"')\s>]*)"
)


def check(page: str, tree: Element, explorable: bool = False) -> None:
    """Assert all of it; explorable : whether it has the one script that draws, allowed by its digest."""
    assert len(page.encode()) < MOST_BYTES
    assert page.startswith("<!DOCTYPE html>")
    assert tree.one("html").attributes["lang"] == "en-GB"
    assert tree.one("title").text
    nothing_fetched(page, tree, explorable)
    links_lead_somewhere(tree)
    headings_in_order(tree)
    all_is_named(tree)


def nothing_fetched(page: str, tree: Element, explorable: bool) -> None:
    """No script but that which draws, no frame, and no address but within the page or spelt out in it."""
    allowed = []
    if explorable:
        assert page.count("<script") == page.count("</script>") == 2
        assert f"<script>{script()}</script>" in page
        allowed = [f"script-src '{digest_of(script())}'"]
        page = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert "<script" not in page
    assert not tree.all("iframe", "object", "embed", "img", "audio", "video", "source", "base", "form")
    assert {found for found in ADDRESS.findall(page) if not found.startswith(("#", "data:"))} == set()
    assert not re.search(r"\son\w+\s*=", re.sub(r">[^<]*<", "><", page)), "a script in an attribute"
    policies = [each.attributes["content"] for each in tree.all("meta") if "http-equiv" in each.attributes]
    assert [policy.split("; ") for policy in policies] == [[*POLICY, *allowed]]


def links_lead_somewhere(tree: Element) -> None:
    """Every id once; every reference to one leads to it."""
    ids = [each.attributes["id"] for each in tree.all() if "id" in each.attributes]
    assert sorted(ids) == sorted(set(ids))
    links = [each.attributes["href"][1:] for each in tree.all("a", "use")]
    names = [name for each in tree.all() for name in each.attributes.get("aria-labelledby", "").split()]
    inside = re.findall(r"url\(#([^)]*)\)", " ".join(" ".join(each.attributes.values()) for each in tree.all()))
    assert {*links, *names, *inside} <= set(ids)
    contents = tree.one("nav").all("a")
    headings = tree.all("h2")
    assert [each.attributes["href"][1:] for each in contents] == [each.attributes["id"] for each in headings]
    assert [each.text for each in contents] == [each.text for each in headings]


def headings_in_order(tree: Element) -> None:
    """One first heading; no level left out."""
    levels = [int(each.tag[1]) for each in tree.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(each.text for each in tree.all("h1", "h2", "h3"))


def all_is_named(tree: Element) -> None:
    """Drawings have words, tables captions and heads, boxes that scroll a name and a place in the order of the keys."""
    for drawing in tree.all("svg"):
        assert drawing.attributes["role"] == "img"
        assert len(drawing.attributes["aria-label"]) > 20
    for table in tree.all("table"):
        assert table.one("caption").text
        assert {each.attributes["scope"] for each in table.all("th")} <= {"row", "col"}
        wide = {len(row.all("th", "td")) for row in table.all("tr")}
        assert len(wide) == 1, "a row with more cells than another"
    for box in tree.classed("scroll"):
        assert box.attributes["role"] == "region"
        assert box.attributes["tabindex"] == "0"
        assert box.attributes.get("aria-label") or box.attributes.get("aria-labelledby")
    assert tree.one("a", class_="skip").attributes["href"] == "#main"
    assert tree.one("main").attributes["id"] == "main"
