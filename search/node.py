"""A node of a cluster as its client asks it: the standard library's HTTP, over connections that stay open."""

from __future__ import annotations

import platform
import select
import ssl
import time
import weakref
from collections import deque
from http.client import HTTPConnection, HTTPException, HTTPSConnection

import elastic_transport
from elastic_transport import ApiResponseMeta, BaseNode, HttpHeaders, NodeConfig
from elastic_transport._node import NodeApiResponse  # what `BaseNode.perform_request` returns is exported nowhere else
from elastic_transport.client_utils import DEFAULT, DefaultType


class Node(BaseNode):
    """Fulfils `elastic_transport.BaseNode`; several threads may ask at once.

    The client's own nodes put layers around the same HTTP that cost a search more than all it asks of the database, and
    write its words into lines that nobody logs.
    """

    _CLIENT_META_HTTP_CLIENT = ("hc", platform.python_version())

    def __init__(self, config: NodeConfig) -> None:
        super().__init__(config)
        self._trusted = ssl.create_default_context(cafile=config.ca_certs) if config.scheme == "https" else None
        self._free = deque[HTTPConnection]()
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
        line = self._line(within_s)
        try:
            line.request(method, self.path_prefix + target, body, {**self.headers, **(headers or {})})
            answer = line.getresponse()
            said = answer.read()
        except (OSError, HTTPException) as error:
            line.close()
            raise _failure(error) from error
        except BaseException:
            line.close()  # half an answer may still be on it
            raise
        if line.sock is not None:  # else the node closed it
            self._free.append(line)
        heads = HttpHeaders(answer.headers.items())
        meta = ApiResponseMeta(answer.status, "1.1", heads, time.monotonic() - began, self.config)
        return NodeApiResponse(meta, said)

    def close(self) -> None:
        """Close the connections that nobody uses."""
        _close(self._free)

    def _line(self, within_s: float | None) -> HTTPConnection:
        """Return the connection used last that is free and stands, or another."""
        while True:
            try:
                line = self._free.pop()
            except IndexError:
                break
            if _stands(line):
                line.sock.settimeout(within_s)
                return line
            line.close()
        if self._trusted:
            return HTTPSConnection(self.host, self.port, timeout=within_s, context=self._trusted)
        return HTTPConnection(self.host, self.port, timeout=within_s)


def _close(lines: deque[HTTPConnection]) -> None:
    while lines:
        lines.pop().close()


def _stands(line: HTTPConnection) -> bool:
    """Whether a connection is open still: on one that nobody uses nothing is told but its end."""
    told = select.poll()
    told.register(line.sock, select.POLLIN)
    return not told.poll(0)


def _failure(error: OSError | HTTPException) -> elastic_transport.TransportError:
    if isinstance(error, TimeoutError):
        return elastic_transport.ConnectionTimeout("the node did not answer in time", errors=(error,))
    kind = elastic_transport.TlsError if isinstance(error, ssl.SSLError) else elastic_transport.ConnectionError
    return kind(str(error) or type(error).__name__, errors=(error,))
