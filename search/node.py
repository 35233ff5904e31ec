"""A node of a cluster as its client asks it: HTTP read by httptools, over connections that stay open."""

from __future__ import annotations

import platform
import select
import socket
import ssl
import time
import weakref
from collections import deque
from collections.abc import Mapping

import elastic_transport
import httptools
from elastic_transport import ApiResponseMeta, BaseNode, HttpHeaders, NodeConfig
from elastic_transport._node import NodeApiResponse  # what `BaseNode.perform_request` returns is exported nowhere else
from elastic_transport.client_utils import DEFAULT, DefaultType

_READ_BYTES, _KEEPS_OPEN = 1 << 16, "1.1"


class _Answer:
    """What a node says to one question, as httptools reads it."""

    def __init__(self, *, bare: bool) -> None:
        """Await an answer; one that is `bare` has no body, whatever it says of its length."""
        self._bare = bare
        self.heads = list[tuple[str, str]]()
        self.parts = list[bytes]()
        self.whole = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a head."""
        self.heads.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """Take what comes without a body for whole."""
        self.whole = self._bare

    def on_body(self, part: bytes) -> None:
        """Take a part of the body."""
        self.parts.append(part)

    def on_message_complete(self) -> None:
        """Know that all has come."""
        self.whole = True


class Node(BaseNode):
    """Fulfils `elastic_transport.BaseNode`; several threads may ask at once.

    The client's own nodes put layers around the standard library's HTTP, which itself costs a search as much as two
    questions of the database, and write its words into lines that nobody logs.
    """

    _CLIENT_META_HTTP_CLIENT = ("ht", platform.python_version())

    def __init__(self, config: NodeConfig) -> None:
        super().__init__(config)
        self._trusted = ssl.create_default_context(cafile=config.ca_certs) if config.scheme == "https" else None
        self._free = deque[socket.socket]()
        name = f"[{self.host}]" if ":" in self.host else self.host
        self._known = _heads({"host": f"{name}:{self.port}", "accept-encoding": "identity"})
        weakref.finalize(self, _close, self._free)

    def perform_request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: HttpHeaders | None = None,
        request_timeout: DefaultType | float | None = DEFAULT,
    ) -> NodeApiResponse:
        """Ask, and return what the node says.

        Raises:
            elastic_transport.ConnectionTimeout: nothing came within `request_timeout` seconds.
            elastic_transport.TlsError: the node is not the one that was to answer.
            elastic_transport.ConnectionError: it does not answer, or no more.
        """
        began = time.monotonic()
        within_s = self.config.request_timeout if isinstance(request_timeout, DefaultType) else request_timeout
        heads = {**self.headers, **(headers or {})}
        if body is not None:
            heads["content-length"] = str(len(body))
        asked = f"{method} {self.path_prefix}{target} HTTP/1.1\r\n{self._known}{_heads(heads)}\r\n"
        answer = _Answer(bare=method == "HEAD")
        reading = httptools.HttpResponseParser(answer)
        line: socket.socket | None = None
        try:
            line = self._line(within_s)
            line.sendall(asked.encode("latin-1") + (body or b""))
            while not answer.whole:
                reading.feed_data(_come(line))
        except BaseException as error:
            if line is not None:
                line.close()  # half an answer may still be on it
            if isinstance(error, OSError | httptools.HttpParserError):
                raise _failure(error) from error
            raise
        told, version = HttpHeaders(answer.heads), reading.get_http_version()
        if version == _KEEPS_OPEN and (told.get("connection") or "").lower() != "close":
            self._free.append(line)
        else:
            line.close()
        meta = ApiResponseMeta(reading.get_status_code(), version, told, time.monotonic() - began, self.config)
        return NodeApiResponse(meta, b"".join(answer.parts))

    def close(self) -> None:
        """Close the connections that nobody uses."""
        _close(self._free)

    def _line(self, within_s: float | None) -> socket.socket:
        """Return the connection used last that is free and stands, or another."""
        while True:
            try:
                line = self._free.pop()
            except IndexError:
                break
            if _stands(line):
                line.settimeout(within_s)
                return line
            line.close()
        line = socket.create_connection((self.host, self.port), within_s)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._trusted.wrap_socket(line, server_hostname=self.host) if self._trusted else line


def _heads(heads: Mapping[str, str]) -> str:
    return "".join([f"{name}: {value}\r\n" for name, value in heads.items()])


def _come(line: socket.socket) -> bytes:
    """Return what has come on a connection.

    Raises:
        ConnectionResetError: nothing comes any more.
    """
    if came := line.recv(_READ_BYTES):
        return came
    raise ConnectionResetError("the node ended the connection before its answer")


def _close(lines: deque[socket.socket]) -> None:
    while lines:
        lines.pop().close()


def _stands(line: socket.socket) -> bool:
    """Whether a connection is open still: on one that nobody uses nothing is told but its end."""
    told = select.poll()
    told.register(line, select.POLLIN)
    return not told.poll(0)


def _failure(error: Exception) -> elastic_transport.TransportError:
    if isinstance(error, TimeoutError):
        return elastic_transport.ConnectionTimeout("the node did not answer in time", errors=(error,))
    kind = elastic_transport.TlsError if isinstance(error, ssl.SSLError) else elastic_transport.ConnectionError
    return kind(str(error) or type(error).__name__, errors=(error,))
