"""A server on this computer alone: the page, answers about runs, and a scenario file to keep. It writes nothing."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sim.errors import InputError, Problem
from sim.explore.explorer import Explorer, Overtaken
from sim.explore.page import html_of, policy
from sim.letters import cleaned, json_fit

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
"""Names by which a browser may ask for it: a name of somebody else's that leads here is refused."""
PATIENCE = 30.0
"""Seconds that a connection may stay silent."""
MOST_SETTINGS = 500
_COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Server(ThreadingHTTPServer):
    """Answers about one scenario."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, explorer: Explorer, port: int) -> None:
        self.explorer = explorer
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            rule = f"a port that is free, or 0 to have one chosen ({error.strerror})"
            raise InputError(Problem("--port", rule, port)) from None

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self.server_port}/"

    @property
    def hosts(self) -> tuple[str, ...]:
        """What the header `Host` may be."""
        return tuple(f"{name}:{self.server_port}" for name in NAMES)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away while it is answered is no error."""


class _Refused(Exception):
    """A request that is answered with a status and a reason."""

    def __init__(self, status: HTTPStatus, *problems: str) -> None:
        super().__init__(status)
        self.status, self.problems = status, problems or (status.description or status.phrase,)


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server
    server_version, sys_version = "sim", ""
    timeout = PATIENCE

    def do_GET(self) -> None:
        try:
            self._check()
            address = urlsplit(self.path)
            if (answer := _PATHS.get(address.path)) is None:
                raise _Refused(HTTPStatus.NOT_FOUND, "no such path here")
            answer(self, address.query)
        except _Refused as refused:
            self._json(refused.status, {"problems": list(refused.problems)})
        except InputError as error:
            self._json(HTTPStatus.BAD_REQUEST, {"problems": [cleaned(line) for line in error.lines()]})
        except Overtaken as error:
            self._json(HTTPStatus.CONFLICT, {"problems": [str(error)]})
        except (ConnectionError, TimeoutError):
            raise
        except Exception as error:
            message = cleaned(" ".join(f"{type(error).__name__}: {error}".split()))
            self._json(HTTPStatus.INTERNAL_SERVER_ERROR, {"problems": [f"failed while running: {message}"]})

    def _other(self) -> None:
        self.close_connection = True
        self._json(HTTPStatus.METHOD_NOT_ALLOWED, {"problems": ["only GET is answered"]}, {"Allow": "GET"})

    do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_TRACE = do_CONNECT = _other

    def _check(self) -> None:
        """Refuse what no page of this server asks for."""
        if self.headers.get_all("Host", []) not in [[host] for host in self.server.hosts]:
            raise _Refused(HTTPStatus.FORBIDDEN, "asked for under another name")
        if self.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none") and self.path != "/":
            raise _Refused(HTTPStatus.FORBIDDEN, "asked for by another page")
        if int(self.headers.get("Content-Length") or 0) or "Transfer-Encoding" in self.headers:
            raise _Refused(HTTPStatus.BAD_REQUEST, "a request without a body")

    # --- answers

    def _page(self, query: str) -> None:
        nonce = secrets.token_urlsafe(16)
        content = html_of(self.server.explorer, nonce).encode()
        self._send(HTTPStatus.OK, "text/html; charset=utf-8", content, {"Content-Security-Policy": policy(nonce)})

    def _run(self, query: str) -> None:
        texts, runs = _asked(query)
        explorer = self.server.explorer
        self._json(HTTPStatus.OK, explorer.run(texts, explorer.fast if runs is None else runs))

    def _scenario(self, query: str) -> None:
        texts, _ = _asked(query)
        name = self.server.explorer.model["file"]
        kept = {"Content-Disposition": f'attachment; filename="{name}"'}
        content = self.server.explorer.scenario(texts).encode()
        self._send(HTTPStatus.OK, "application/toml; charset=utf-8", content, kept)

    def _json(self, status: HTTPStatus, document: Any, more: dict[str, str] | None = None) -> None:
        text = json_fit(json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
        self._send(status, "application/json; charset=utf-8", text.encode(), more or {})

    def _send(self, status: HTTPStatus, kind: str, content: bytes, more: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**_COMMON, "Content-Type": kind, "Content-Length": str(len(content)), **more}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the terminal is the user's."""


_PATHS: dict[str, Callable[[_Handler, str], None]] = {
    "/": _Handler._page,
    "/run": _Handler._run,
    "/scenario": _Handler._scenario,
}


def _asked(query: str) -> tuple[list[str], int | None]:
    """The settings and the number of runs in a query; None where it has none. Raises InputError for anything else."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=MOST_SETTINGS)
    except ValueError as error:
        raise InputError(Problem("", f"settings as set=PATH=VALUE, at most {MOST_SETTINGS} ({error})")) from None
    texts, runs = [], []
    for name, value in pairs:
        if name == "set":
            texts.append(value)
        elif name == "runs":
            runs.append(value)
        else:
            raise InputError(Problem(name, "one of set, runs"))
    if len(runs) > 1 or not all(text.isascii() and text.isdigit() and len(text) < 10 for text in runs):
        raise InputError(Problem("runs", "a whole number, once", ", ".join(runs)))
    return texts, int(runs[0]) if runs else None


def serve(
    explorer: Explorer, port: int, ready: Callable[[str], object], tell: Callable[[str], object] | None = None
) -> None:
    """Serve until interrupted. Raises InputError for a port in use, before anything is run.

    ready : called with the address once it is about to answer; tell : with a sentence if something takes long before
    """
    with Server(explorer, port) as server:
        try:
            explorer.warm_up(tell)
            ready(server.address)
            server.serve_forever(poll_interval=0.2)
        finally:
            explorer.stop()
