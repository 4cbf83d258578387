# SPDX-License-Identifier: EUPL-1.2
"""A Locatieserver on this machine: answers ``free`` in the published shape of version 3.1.

Like the real one it is generous: whatever shares a word with the question comes back, best first.
"""

from __future__ import annotations

import json
import threading
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

#: The parameters that version 3.1 knows; it refuses others.
KNOWN = frozenset(
    {"q", "fl", "fq", "rows", "start", "df", "bq", "sort", "wt", "lat", "lon", "bf", "hl", "id"}
)


def found(type: str, lon: float, lat: float, **fields: Any) -> dict[str, Any]:
    """Return one document as the service gives it."""
    return {"bron": "BAG", "type": type, "centroide_ll": f"POINT({lon} {lat})", **fields}


@dataclass(kw_only=True)
class Locatieserver:
    """What it knows, what it was asked, and how it misbehaves."""

    docs: list[dict[str, Any]] = field(default_factory=list)
    #: Path and parameters of each question.
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    #: Everything that came in, to look for words that should have stayed at home.
    heard: list[str] = field(default_factory=list)
    status: int = 200
    #: Sent instead of an answer.
    body: bytes | None = None
    #: Seconds before each answer, and between its bytes.
    slow: float = 0.0
    drip: float = 0.0
    #: Answers whatever the filter says: a service that ignores what we ask.
    ignores_filters: bool = False
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/search/v3_1/"

    def answer(self, params: dict[str, list[str]]) -> bytes:
        docs = [doc for doc in self.docs if self._fits(doc, params)]
        docs.sort(key=lambda doc: -_score(doc, params["q"][0]))
        rows = int(params.get("rows", ["10"])[0])
        return json.dumps(
            {
                "response": {
                    "numFound": len(docs),
                    "start": 0,
                    "maxScore": 9.5,
                    "numFoundExact": True,
                    "docs": docs[:rows],
                }
            }
        ).encode()

    def _fits(self, doc: dict[str, Any], params: dict[str, list[str]]) -> bool:
        if not _score(doc, params["q"][0]):
            return False
        return self.ignores_filters or all(_passes(doc, f) for f in params.get("fq", ()))


def _score(doc: dict[str, Any], question: str) -> int:
    names = "straatnaam huisnummer huisletter postcode buurtnaam wijknaam woonplaatsnaam"
    words = " ".join(str(doc[name]) for name in names.split() if name in doc)
    if "huisnummer" in doc:
        words += f" {doc['huisnummer']}{doc.get('huisletter', '')}"
    return len(set(_plain(words).split()) & set(_plain(question).split()))


def _plain(words: str) -> str:
    letters = unicodedata.normalize("NFKD", words.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _passes(doc: dict[str, Any], written: str) -> bool:
    name, _, wanted = written.partition(":")
    values: Sequence[str] = wanted.strip("()").replace('"', "").split(" OR ")
    return str(doc.get(name, "")).lower() in [value.lower() for value in values]


@contextmanager
def locatieserver(*docs: dict[str, Any]) -> Iterator[Locatieserver]:
    """Serve these documents until the block ends."""
    service = Locatieserver(docs=list(docs))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            params = parse_qs(parts.query, keep_blank_values=True)
            service.asked.append((parts.path, params))
            service.heard.append(f"{self.path}\n{self.headers}")
            time.sleep(service.slow)
            status = service.status if params.keys() <= KNOWN else 400
            body = service.body if service.body is not None else service.answer(params)
            self.send_response(status)
            self.send_header("Content-Type", "application/json;charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self._write(body)

        def _write(self, body: bytes) -> None:
            try:
                if not service.drip:
                    self.wfile.write(body)
                    return
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(service.drip)
            except OSError:
                # Who asked went away.
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    # Its loop looks every half a second whether it should stop; that is long for a test.
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    service.port = server.server_address[1]
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
