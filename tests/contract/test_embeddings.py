"""A model behind `/v1/embeddings`: vectors that compare, and one sentence for whatever answers otherwise."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from api.embedded.ports import LOOPBACK, free_port
from ged.errors import Unavailable
from search.embeddings import EmbeddingServer


def server(url: str, **more: object) -> EmbeddingServer:
    return EmbeddingServer(**{"url": url, "name": "multilingual-e5-small", "size": 384, "least": 0.84, **more})  # type: ignore[arg-type]


def near(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_the_same_thing_in_other_words_and_in_english_is_nearer_than_another_thing(embeddings_url: str) -> None:
    model = server(embeddings_url)
    theft, dam = model.of_letters(["Vol de câble à Atakpamé", "Construction du barrage d'Adjarala"])
    assert near(theft, theft) == pytest.approx(1)
    for question in ("fils électriques dérobés", "stolen wires in Atakpamé"):
        asked = model.of_question(question)
        assert near(asked, theft) > near(asked, dam) + 0.02, question


def test_letters_come_back_in_their_order_however_many(embeddings_url: str) -> None:
    model = server(embeddings_url)
    texts = [f"Courrier {n} sur les {what}" for n, what in enumerate(("mines", "barrages", "routes", "forêts") * 5)]
    together = model.of_letters(texts)
    alone = [model.of_letters([text])[0] for text in texts[:3]]
    assert all(near(one, other) > 0.999 for one, other in zip(together, alone, strict=False))


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer((LOOPBACK, 0), Handler) as one:
        threading.Thread(target=one.serve_forever, daemon=True).start()
        yield f"http://{LOOPBACK}:{one.server_port}/v1"
        one.shutdown()


def told(*vectors: object) -> bytes:
    return json.dumps({"data": [{"index": n, "embedding": one} for n, one in enumerate(vectors)]}).encode()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"data": 3}'),
        (200, b'{"data": [{}]}'),
        (200, told()),
        (200, told([1.0])),
        (200, told([1.0, 0.0], [0.0, 1.0])),
        (200, told([0.0, 0.0])),
        (200, told(["x", "y"])),
        (200, b'{"data": [{"index": 0, "embedding": [NaN, 1]}]}'),
        (200, b'{"data": [{"index": 0, "embedding": [1e400, 1]}]}'),
        (200, b"\xff\xfe"),
    ],
)
def test_an_answer_that_is_none_is_said_in_one_sentence(status: int, body: bytes) -> None:
    with answering(status, body) as url, pytest.raises(Unavailable, match="Le modèle de sens ne répond pas") as caught:
        server(url, size=2).of_question("barrage")
    assert caught.value.code == "search.meaning"


def test_a_server_that_is_away_is_said_too() -> None:
    with pytest.raises(Unavailable):
        server(f"http://{LOOPBACK}:{free_port()}/v1").of_question("barrage")


def test_the_key_goes_in_the_header_and_never_into_what_is_printed(embeddings_url: str) -> None:
    model = server(embeddings_url, key="secret-de-test")
    assert len(model.of_question("barrage")) == model.size
    assert "secret-de-test" not in repr(model)
