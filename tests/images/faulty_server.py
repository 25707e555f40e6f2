"""An HTTP server on loopback that serves a file (or several, by path) and misbehaves on request."""

import gzip
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

HTML = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Back soon.</body></html>\n"


@dataclass
class Script:
    """What the server does: `plan` holds a kind of fault per request (None: none), `always` what follows it.

    Requests whose path starts with /good are always answered well. `served` lists what was done, as (path, Range
    header, kind), `encodings` the Accept-Encoding headers; `pause` is the seconds that a stall lasts and `pace` the
    bytes per second of all answers (0: full).
    """

    content: bytes | dict[str, bytes]
    generator: np.random.Generator
    plan: list[str | None] = field(default_factory=list)
    always: str | None = None
    served: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    encodings: list[str | None] = field(default_factory=list)
    pause: float = 0.5
    pace: int = 0
    etag: str = '"one"'
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def faults(self) -> list[str]:
        return [kind for _, _, kind in self.served if kind is not None]


class Handler(BaseHTTPRequestHandler):
    script: Script  # set in the subclass that `serving` makes

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        script = self.script
        with script.lock:
            kind = None
            if not self.path.startswith("/good"):
                kind = script.plan.pop(0) if script.plan else script.always
            script.served.append((self.path, self.headers.get("Range"), kind))
            script.encodings.append(self.headers.get("Accept-Encoding"))
            self.random = float(script.generator.uniform(0.01, 0.99))
        found = script.content if isinstance(script.content, bytes) else script.content.get(self.path)
        if found is None:
            self.send_error(404)
            return
        self.content = found
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        self.start = int(asked[1]) if asked and self.headers.get("If-Range", script.etag) == script.etag else 0
        self.ranged = self.start > 0
        self.body = found[self.start :]
        with suppress(BrokenPipeError, ConnectionResetError):  # the client left
            (KINDS[kind] if kind is not None else answer)(self)
        self.close_connection = True

    def head(self, status: int, length: int | None, **headers: str) -> None:
        self.send_response(status)
        self.send_header("ETag", self.script.etag)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def range_head(self) -> None:
        total = len(self.content)
        if self.ranged:
            self.head(206, len(self.body), Content_Range=f"bytes {self.start}-{total - 1}/{total}")
        else:
            self.head(200, len(self.body))

    def send(self, data: bytes) -> None:
        pace = self.script.pace
        for first in range(0, len(data), 4096) if pace else (0,):
            self.wfile.write(data[first : first + 4096] if pace else data)
            if pace:
                time.sleep(4096 / pace)

    def prefix(self) -> bytes:
        return self.body[: max(1, int(self.random * len(self.body)))]


def answer(h: Handler) -> None:
    """The right answer."""
    h.range_head()
    h.send(h.body)


def ignore_range(h: Handler) -> None:
    h.start, h.ranged, h.body = 0, False, h.content


def _break(h: Handler) -> None:
    h.range_head()
    h.send(h.prefix())


def _reset(h: Handler) -> None:
    _break(h)
    h.wfile.flush()
    # Linger of 0 s: closing sends a reset instead of an orderly end.
    h.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    h.connection.shutdown(socket.SHUT_RD)


def _break_wrong(h: Handler) -> None:
    h.range_head()
    h.send(bytes(byte ^ 0xFF if at > 3 else byte for at, byte in enumerate(h.prefix())))


def _break_chunked(h: Handler) -> None:
    ignore_range(h)
    h.protocol_version = "HTTP/1.1"
    h.head(200, None, Transfer_Encoding="chunked")
    h.send(f"{len(h.body):x}\r\n".encode() + h.prefix())


def _status(code: int) -> Callable[[Handler], None]:
    def act(h: Handler) -> None:
        h.head(code, len(HTML), Content_Type="text/html")
        h.send(HTML)

    return act


def _html(length: Callable[[Handler], int | None]) -> Callable[[Handler], None]:
    def act(h: Handler) -> None:
        count = length(h)
        h.head(200, count, Content_Type="text/html; charset=utf-8")
        h.send(HTML if count is None else (HTML * (count // len(HTML) + 1))[:count])

    return act


def _redirect(place: str) -> Callable[[Handler], None]:
    def act(h: Handler) -> None:
        h.head(302, 0, Location=place)

    return act


def _stall(h: Handler) -> None:
    h.range_head()
    h.send(h.body[:50])  # few: a mirror that brings the file forward is asked again at once, and each stall takes time
    h.wfile.flush()
    time.sleep(h.script.pause)


def _drip(h: Handler) -> None:
    h.range_head()
    end = time.monotonic() + h.script.pause
    for byte in h.body:
        if time.monotonic() > end:
            return
        h.wfile.write(bytes([byte]))
        time.sleep(0.01)


def _too_short(h: Handler) -> None:
    ignore_range(h)
    h.head(200, len(h.prefix()))
    h.send(h.prefix())


def _too_long(h: Handler) -> None:
    ignore_range(h)
    h.head(200, len(h.body) + 100)
    h.send(h.body + bytes(100))


def _unstated(extra: int) -> Callable[[Handler], None]:
    def act(h: Handler) -> None:
        ignore_range(h)
        h.head(200, None)
        h.send(h.body + bytes(extra) if extra else h.prefix())

    return act


def _wrong_bytes(h: Handler) -> None:
    h.range_head()
    at = int(h.random * len(h.body))
    h.send(h.body[:at] + bytes([h.body[at] ^ 0xFF]) + h.body[at + 1 :])


def _other_range(h: Handler) -> None:
    total = len(h.content)
    first = max(0, h.start - 7)
    h.head(206, total - first, Content_Range=f"bytes {first}-{total - 1}/{total}")
    h.send(h.content[first:])


def _other_total(h: Handler) -> None:
    total = len(h.content)
    h.head(206, len(h.body), Content_Range=f"bytes {h.start}-{total - 1}/{total + 10}")
    h.send(h.body)


def _shifted(h: Handler) -> None:
    h.range_head()
    h.send(h.body[-5:] + h.body[:-5])


def _short_range(h: Handler) -> None:
    part, total = h.prefix(), len(h.content)
    h.head(206, len(part), Content_Range=f"bytes {h.start}-{h.start + len(part) - 1}/{total}")
    h.send(part)


def _no_range(h: Handler) -> None:
    ignore_range(h)
    answer(h)


def _break_no_range(h: Handler) -> None:
    ignore_range(h)
    _break(h)


def _compressed(h: Handler) -> None:
    packed = gzip.compress(h.content)
    h.head(200, len(packed), Content_Encoding="gzip")
    h.send(packed)


def _garbage(h: Handler) -> None:
    h.wfile.write(b"\x00\xff\x17 this is not HTTP\r\n\r\n")


KINDS: dict[str, Callable[[Handler], None]] = {
    "breaks off": _break,
    "breaks off with a reset": _reset,
    "breaks off inside a chunked answer": _break_chunked,
    "breaks off after wrong bytes": _break_wrong,
    "ignores Range": _no_range,
    "ignores Range and breaks off": _break_no_range,
    "HTTP 404": _status(404),
    "HTTP 403": _status(403),
    "HTTP 500": _status(500),
    "HTTP 503": _status(503),
    "HTML page, status 200": _html(lambda h: len(HTML)),
    "HTML page, status 200, length not stated": _html(lambda h: None),
    "HTML page, status 200, the file's length": _html(lambda h: len(h.content)),
    "redirect": _redirect("/good/file.zip"),
    "redirect to nowhere": _redirect("http://127.0.0.1:9/file.zip"),
    "redirect in a circle": _redirect("/file.zip"),
    "stalls": _stall,
    "slow drip": _drip,
    "length too small": _too_short,
    "length too large": _too_long,
    "length not stated, too few bytes": _unstated(0),
    "length not stated, too many bytes": _unstated(100),
    "one wrong byte": _wrong_bytes,
    "Content-Range of another start": _other_range,
    "Content-Range of another total": _other_total,
    "range with other bytes": _shifted,
    "range shorter than asked": _short_range,
    "refuses ranges (HTTP 416)": _status(416),
    "compresses unasked": _compressed,
    "closes without an answer": lambda h: None,
    "answers no HTTP": _garbage,
}


@contextmanager
def serving(script: Script) -> Iterator[str]:
    """Run the server in a thread; yields its address, "http://127.0.0.1:PORT"."""
    handler = type("ScriptedHandler", (Handler,), {"script": script})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
