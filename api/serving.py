"""The web server: several processes on one port, because one Python process keeps one core busy at most.

Each process opens a house of its own and closes it when it ends; nothing of a request lives in a process's memory
afterwards, so that any of them can answer the next one.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.connection import wait

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from api.app import create_app
from api.config import Settings, read_settings
from api.wiring import open_house
from ged.collector import settle

_MOST = 4
"""Beyond this many, a small machine's database has more to lose than its pages to win."""

_SILENT_S = 60
"""A process that has not answered for so long is replaced: five seconds, uvicorn's own, end one on a machine busy with
starting before it has read its code, and then the next, for ever."""


def serve(settings: Settings) -> None:
    """Serve pages and API until SIGINT or SIGTERM."""
    web = settings.web
    config = uvicorn.Config(
        "api.serving:application",
        factory=True,
        workers=web.processes or min(_MOST, len(os.sched_getaffinity(0))),
        host=web.host,
        port=web.port,
        http="h11",  # which bounds what it reads of a question's heads; httptools, which is there too, does not
        log_level="warning",
        server_header=False,
        timeout_worker_healthcheck=_SILENT_S,
    )
    port = config.bind_socket()
    # Connections inherit it; without it an answer in two pieces waits 40 ms (scripts/measure_api.py, 2026-11).
    port.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _Processes(config, sockets=[port]).run()


class _Processes(Multiprocess):
    """The processes that serve, of which one that dies while it is being asked whether it lives is missed at once.

    uvicorn 0.54 keeps the child's end of the pipe open in the parent as well, so that no end of file comes from a
    child that is gone, and neither it nor a signal to the parent is seen before `_SILENT_S` are over.
    """

    def keep_subprocess_alive(self) -> None:
        for process in self.processes:
            process.child_conn.close()
        super().keep_subprocess_alive()


def application() -> FastAPI:
    """Return what one process serves: its house opens here and closes with the server."""
    _end_with_the_parent()
    opened = open_house(read_settings())
    made = create_app(opened.__enter__())

    @asynccontextmanager
    async def until_the_server_ends(_app: FastAPI) -> AsyncIterator[None]:
        settle()
        try:
            yield
        finally:
            opened.__exit__(None, None, None)

    made.router.lifespan_context = until_the_server_ends
    return made


def _end_with_the_parent() -> None:
    """Stop when the process that started this one is gone, killed perhaps: the port must be free for the next."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        signal.raise_signal(signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
