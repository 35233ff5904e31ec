"""A node of a cluster is asked over connections that stay open, and what goes wrong with one is told as such."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import elastic_transport
import pytest
from elastic_transport import NodeConfig

from search.node import Node


class _Answering(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["content-length"]))
        self.server.seen.append((self.client_address, self.path, said))
        if self.path == "/cut":
            self.close_connection = True
            return
        if self.path == "/silent":
            self.server.released.wait()
        self.send_response(429 if self.path == "/busy" else 200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(said)))
        if self.path == "/last":
            self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(said)
        self.close_connection |= self.path.endswith("/then-cut")

    def log_message(self, *_given: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.seen: list[tuple[tuple[str, int], str, bytes]] = []
        self.released, self.cut = threading.Event(), threading.Event()

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self.cut.set()


@contextmanager
def _server() -> Iterator[_Server]:
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _node(server: _Server, within_s: float = 20, prefix: str = "") -> Node:
    return Node(NodeConfig("http", "127.0.0.1", server.server_port, path_prefix=prefix, request_timeout=within_s))


def test_a_connection_is_used_again_until_the_node_ends_it() -> None:
    with _server() as server:
        node = _node(server)
        told = [node.perform_request("POST", path, b"demande") for path in ("/a", "/busy", "/last", "/b")]
        node.close()
        assert [(meta.status, meta.mimetype, said) for meta, said in told] == [
            (status, "application/json", b"demande") for status in (200, 429, 200, 200)
        ]
        lines = [line for line, _, _ in server.seen]
        assert lines[0] == lines[1] == lines[2] != lines[3]


def test_a_connection_that_was_cut_meanwhile_is_not_used() -> None:
    with _server() as server:
        node = _node(server, prefix="index")
        node.perform_request("POST", "/then-cut", b"1")
        assert server.cut.wait(20)
        assert node.perform_request("POST", "/b", b"2")[1] == b"2"
        assert [path for _, path, _ in server.seen] == ["/index/then-cut", "/index/b"]
        node.close()


def test_what_goes_wrong_is_told_by_its_kind() -> None:
    with _server() as server:
        node = _node(server, within_s=0.2)
        with pytest.raises(elastic_transport.ConnectionTimeout):
            node.perform_request("POST", "/silent", b"")
        with pytest.raises(elastic_transport.ConnectionError):
            node.perform_request("POST", "/cut", b"")
        assert node.perform_request("POST", "/a", b"3", request_timeout=None)[1] == b"3"
        node.close()
    with pytest.raises(elastic_transport.ConnectionError):
        node.perform_request("POST", "/a", b"")
