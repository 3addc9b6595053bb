"""An explorer of a shipped scenario with few runs, and a server of it, for the tests of this room."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from sim.explore.explorer import Explorer
from sim.explore.server import Server
from sim.scenario import load

FAST, WHOLE = 40, 200


@pytest.fixture(scope="package")
def outlook() -> Explorer:
    """The outlook, with few runs."""
    explorer = Explorer(load("outlook-2026"), fast=FAST, whole=WHOLE)
    explorer.warm_up()
    return explorer


@pytest.fixture(scope="package")
def server(outlook: Explorer) -> Iterator[Server]:
    """A server of it, on a free port."""
    with Server(outlook, 0) as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()
