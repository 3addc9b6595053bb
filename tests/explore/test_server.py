"""The server alone: what it answers, what it refuses, and that it is for this computer and this page only."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from sim.cli.explore import command
from sim.errors import InputError
from sim.explore.explorer import Explorer, Overtaken
from sim.explore.server import Server
from tests.explore.conftest import FAST, WHOLE


def ask(server: Server, path: str, method: str = "GET", **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def problems(content: bytes) -> list[str]:
    document: dict[str, Any] = json.loads(content)
    lines: list[str] = document["problems"]
    return lines


def test_the_page(server: Server) -> None:
    status, headers, content = ask(server, "/")
    page = content.decode()
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == "'self'"
    nonce = re.fullmatch(r"'nonce-([\w-]{22})'", policy["script-src"])
    assert nonce is not None
    assert page.count(f'nonce="{nonce[1]}"') == 2
    assert nonce[1] not in ask(server, "/")[1]["Content-Security-Policy"], "another one each time"
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!data:,|#)""", page), "nothing is fetched"
    model = json.loads(re.search(r'<script type="application/json" id="model">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    assert (model["fast"], model["whole"]) == (FAST, WHOLE)
    assert len(content) < 150_000


def test_an_answer(server: Server, outlook: Explorer) -> None:
    status, headers, content = ask(server, f"/run?runs={WHOLE}&set=beijing.budget%3D2&set=taipei.budget%3D0.5")
    assert (status, headers["Cache-Control"]) == (200, "no-store")
    assert json.loads(content) == outlook.run(["beijing.budget=2", "taipei.budget=0.5"], WHOLE)
    assert json.loads(ask(server, "/run")[2])["view"]["runs"] == FAST


def test_a_file_to_keep(server: Server) -> None:
    status, headers, content = ask(server, "/scenario?set=beijing.budget%3D2")
    assert status == 200
    assert headers["Content-Disposition"] == 'attachment; filename="outlook-2026-explored.toml"'
    assert tomllib.loads(content.decode())["beijing"] == {"budget": 2}


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/run?set=beijing.budget%3D-1", "outlook-2026: beijing.budget: at least 0 (got -1)"),
        ("/run?set=beijing.acceptance%3D1.01", "outlook-2026: beijing.acceptance: at most 1 (got 1.01)"),
        ("/run?set=beijing.budgt%3D1", "outlook-2026: beijing.budgt: no such path: no `budgt` here"),
        ("/run?runs=0", f"runs: a whole number from 1 to {WHOLE} (got 0)"),
        ("/run?runs=201", f"runs: a whole number from 1 to {WHOLE} (got 201)"),
        ("/run?runs=1e2", "runs: a whole number, once (got '1e2')"),
        ("/run?runs=10&runs=20", "runs: a whole number, once (got '10, 20')"),
        ("/run?seed=2", "seed: one of set, runs"),
        ("/run?set", "settings as set=PATH=VALUE"),
        ("/scenario?set=beijing.budgt%3D1", "outlook-2026: beijing.budgt"),
    ],
)
def test_bad_settings(server: Server, path: str, line: str) -> None:
    status, _, content = ask(server, path)
    assert status == 400
    assert problems(content)[0].startswith(line)


@pytest.mark.parametrize("path", ["/favicon.ico", "/run/", "/../etc/passwd", "/index.html"])
def test_unknown_paths(server: Server, path: str) -> None:
    assert ask(server, path)[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_only_get(server: Server, method: str) -> None:
    status, headers, _ = ask(server, "/run", method)
    assert (status, headers["Allow"]) == (405, "GET")


def test_other_names_and_other_pages_are_refused(server: Server) -> None:
    port = server.server_port
    assert ask(server, "/", Host=f"localhost:{port}")[0] == 200
    for host in ("example.org", f"example.org:{port}", "127.0.0.1", f"127.0.0.1:{port + 1}", ""):
        assert ask(server, "/", Host=host)[0] == 403
    assert ask(server, "/run", Sec_Fetch_Site="cross-site")[0] == 403
    assert ask(server, "/run", Sec_Fetch_Site="same-origin")[0] == 200


def test_a_request_with_a_body_or_none_at_all(server: Server) -> None:
    assert ask(server, "/", Content_Length="5")[0] == 400
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as line:
        line.sendall(b"nonsense\r\n\r\n")
        assert b"400" in line.recv(1000)


def test_overtaken(server: Server, outlook: Explorer, monkeypatch: pytest.MonkeyPatch) -> None:
    def overtaken(*_: object) -> None:
        raise Overtaken

    monkeypatch.setattr(outlook, "run", overtaken)
    status, _, content = ask(server, "/run")
    assert (status, problems(content)) == (409, ["overtaken by a newer request"])


def test_what_fails_is_said(server: Server, outlook: Explorer, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("of a model")

    monkeypatch.setattr(outlook, "run", broken)
    status, _, content = ask(server, "/run")
    assert (status, problems(content)) == (500, ["failed while running: ZeroDivisionError: of a model"])


def test_a_port_in_use(server: Server, outlook: Explorer) -> None:
    with pytest.raises(InputError, match="--port: a port that is free, or 0 to have one chosen"):
        Server(outlook, server.server_port)


def test_the_command_refuses_before_it_runs_anything(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Explorer, "warm_up", run)
    for arguments, line in (
        (["nonsense"], "nonsense: no such file, and no shipped scenario of this name"),
        (["outlook-2026", "--set", "beijing.budgt=2"], "outlook-2026: beijing.budgt: no such path"),
        (["outlook-2026", "--port", str(server.server_port)], "--port: a port that is free, or 0 to have one chosen"),
    ):
        with pytest.raises(InputError) as caught:
            command.main(arguments, standalone_mode=False)
        assert caught.value.lines()[0].startswith(line)


def test_it_listens_on_this_computer_alone(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert server.address == f"http://127.0.0.1:{server.server_port}/"


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_the_command(tmp_path: Path) -> None:
    """It prints the address, answers, writes nothing, and Ctrl-C ends it with 0."""
    words = [sys.executable, "-m", "sim", "explore", "outlook-2026", "--port", "0", "--no-browser"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = re.fullmatch(r"Explore outlook-2026: http://127\.0\.0\.1:(\d+)/ \(Ctrl-C ends it\)\n", line)
        assert address is not None, line
        connection = http.client.HTTPConnection("127.0.0.1", int(address[1]), timeout=60)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        connection.close()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert list(tmp_path.iterdir()) == []
