"""The page in Debian's chromium: keys move it, a link brings it back, and it asks for nothing elsewhere."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest

from sim.explore.explorer import Explorer
from sim.explore.server import Server
from tests.explore.conftest import FAST, WHOLE
from tests.report.browser import CHROMIUM, Browser

pytestmark = pytest.mark.skipif(CHROMIUM is None or os.name != "posix", reason="chromium is not installed")

RESTS = f"""document.querySelector("#fan svg") && !document.getElementById("explore").hasAttribute("aria-busy")
  && document.getElementById("key").textContent.includes("{WHOLE} runs")"""
TEXT = "document.body.innerText + document.getElementById('fan').innerHTML"
SAID = "document.getElementById('said').textContent"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    made = Browser(tmp_path_factory.mktemp("profile"))
    made.look(1300)
    yield made
    made.close()


def visit(browser: Browser, server: Server, fragment: str = "") -> None:
    browser.visit(server.address + (f"#{fragment}" if fragment else ""))
    browser.until(RESTS)


def focus(browser: Browser, name: str) -> None:
    """Put the focus on the control with a label."""
    found = browser.evaluate(
        f"""(() => {{
          const labels = [...document.querySelectorAll("label")];
          const input = labels.find(one => one.textContent.trim().startsWith({json.dumps(name)})).control;
          input.focus();
          return document.activeElement === input;
        }})()"""
    )
    assert found, name


def settings(browser: Browser) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(browser.evaluate("location.href")).fragment))


def pressed(browser: Browser, key: str) -> None:
    """Press a key, and wait until what follows is drawn."""
    before = browser.evaluate("location.href")
    browser.press(key)
    browser.until(f"location.href !== {json.dumps(before)}")
    browser.until(RESTS)


def test_an_arrow_key_changes_the_sentence(browser: Browser, server: Server, outlook: Explorer) -> None:
    visit(browser, server)
    assert browser.evaluate(SAID).endswith("This is the scenario as it is.")
    focus(browser, "Beijing’s money")
    pressed(browser, "ArrowRight")
    pressed(browser, "ArrowRight")
    assert settings(browser) == {"beijing.budget": "1.2"}
    assert browser.evaluate(SAID) == outlook.run(["beijing.budget=1.2"], WHOLE)["view"]["sentence"]
    assert browser.evaluate("document.activeElement.getAttribute('aria-valuetext')") == "1.2 × the record’s"
    command = browser.evaluate("document.getElementById('command').textContent")
    assert command == f"sim run outlook-2026 --runs {WHOLE} --set beijing.budget=1.2"
    assert browser.evaluate("document.querySelector('#fan svg').getAttribute('aria-label')").endswith(
        browser.evaluate(SAID)
    )
    browser.evaluate("history.back()")
    browser.until(f"location.hash === '#beijing.budget=1.1' && ({RESTS})")
    browser.until(f"{SAID} === {json.dumps(outlook.run(['beijing.budget=1.1'], WHOLE)['view']['sentence'])}")
    pressed(browser, "ArrowLeft")
    assert settings(browser) == {}, "the scenario's own value is a stop"
    assert browser.messages() == []


def test_a_link_and_a_reload_give_the_same_page(browser: Browser, server: Server) -> None:
    visit(browser, server)
    browser.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    browser.until("location.hash.includes('Parameters')")
    focus(browser, "It happens")
    pressed(browser, " ")
    focus(browser, "Opposition")
    pressed(browser, "ArrowRight")
    browser.evaluate(
        "(() => { const one = document.querySelector('input[type=search]'); one.value = 'money';"
        " one.dispatchEvent(new Event('input')); })()"
    )
    text, address = browser.evaluate(TEXT), browser.evaluate("location.href")
    assert "enabled=false" in address
    assert "find=money" in address
    browser.visit(address)
    browser.until(RESTS)
    assert browser.evaluate(TEXT) == text
    browser.call("Page.reload")
    browser.until(f"document.readyState === 'complete' && ({RESTS})")
    assert browser.evaluate(TEXT) == text
    assert browser.messages() == []


def test_outcomes_of_a_vote_share_one(browser: Browser, server: Server, outlook: Explorer) -> None:
    visit(browser, server, "open=Elections")
    focus(browser, "KMT")
    pressed(browser, "ArrowRight")
    chances = {path.split(".")[3]: float(value) for path, value in settings(browser).items() if "taiwan" in path}
    assert chances == {"kmt": 0.44, "dpp": 0.53}
    own = {path: value for path, value in settings(browser).items() if path != "open"}
    answer = outlook.run([f"{path}={value}" for path, value in own.items()], WHOLE)
    assert browser.evaluate(SAID) == answer["view"]["sentence"]
    pressed(browser, "ArrowLeft")
    assert settings(browser) == {"open": "Elections"}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 800, 1300])
def test_it_fits(browser: Browser, server: Server, width: int, dark: bool) -> None:
    browser.look(width, 844, dark=dark)
    visit(browser, server, "beijing.budget=2&open=Elections&open=Events&open=Parameters")
    assert browser.evaluate("innerWidth") == width
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    ground = browser.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(21, 23, 26)" if dark else "rgb(255, 255, 255)")
    outside = """[...document.querySelectorAll("#fan text")].filter(one => one.getBoundingClientRect().right
      > document.documentElement.clientWidth).map(one => one.textContent)"""
    assert browser.evaluate(outside) == []
    # The levers scroll, the fan stays.
    browser.evaluate("document.querySelector('#levers').lastChild.scrollIntoView()")
    box = "document.getElementById('fan').getBoundingClientRect()"
    top, bottom = browser.evaluate(f"{box}.top"), browser.evaluate(f"{box}.bottom")
    assert 0 <= top < bottom <= 844
    assert browser.messages() == []
    browser.look(1300)


def test_nothing_is_asked_for_elsewhere(browser: Browser, server: Server) -> None:
    visit(browser, server, "taipei.budget=2")
    asked = [address for address in browser.requests() if not address.startswith("data:")]
    assert asked[0].startswith(server.address)
    assert {urlsplit(address).netloc for address in asked} == {f"127.0.0.1:{server.server_port}"}
    assert [urlsplit(address).path for address in asked] == ["/", "/run", "/run"]
    runs = [int(dict(parse_qsl(urlsplit(address).query))["runs"]) for address in asked[1:]]
    assert runs == [FAST, WHOLE], "few runs first, all of them once it rests"
    assert browser.messages() == []


def test_every_control_has_a_name(browser: Browser, server: Server) -> None:
    visit(browser, server, "open=Elections&open=Events&open=Parameters")
    nameless = """[...document.querySelectorAll("input, button, a")]
      .filter(one => !(one.labels && one.labels.length) && !one.getAttribute("aria-label") && !one.textContent)
      .map(one => one.outerHTML)"""
    assert browser.evaluate(nameless) == []
    names = browser.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(names) == len(set(names))


def test_what_cannot_be_set_is_said(browser: Browser, server: Server) -> None:
    browser.visit(f"{server.address}#beijing.acceptance=2")
    browser.until(f"{SAID} !== ''")
    assert browser.evaluate(SAID) == "outlook-2026: beijing.acceptance: at most 1 (got 2)"
