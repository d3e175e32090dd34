"""Enough of the Hugging Face hub's API on 127.0.0.1: a listing, HEAD with hashes, GET with ranges."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """Repositories (name to path to content) and what was asked of them.

    `lie`: contents sent instead of the true ones; `break_after`: bytes after which a download breaks off.
    """

    repos: dict[str, dict[str, bytes]]
    url: str = ""
    requests: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    lie: dict[str, bytes] = field(default_factory=dict)
    break_after: int | None = None

    def listing(self, repo: str) -> dict[str, object]:
        siblings = [
            {
                "rfilename": path,
                "size": len(content),
                "blobId": "0" * 40,
                "lfs": {
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "size": len(content),
                    "pointerSize": 130,
                },
            }
            for path, content in self.repos[repo].items()
        ]
        return {"id": repo, "modelId": repo, "sha": COMMIT, "siblings": siblings, "tags": ["license:mit"]}


def handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing on standard error."""

        def answer(self, status: int, headers: dict[str, str], body: bytes, *, send: bool = True) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if send:
                self.wfile.write(body)

        def missing(self, code: str) -> None:
            self.answer(404, {"X-Error-Code": code, "X-Error-Message": code}, b"{}")

        def do_HEAD(self) -> None:
            self.file(send=False)

        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            hub.requests.append(path)
            if not path.startswith("/api/models/"):
                self.file(send=True)
                return
            repo = "/".join(path.split("/")[3:5])
            if repo not in hub.repos:
                self.missing("RepoNotFound")
                return
            body = json.dumps(hub.listing(repo)).encode()
            self.answer(200, {"Content-Type": "application/json"}, body)

        def file(self, *, send: bool) -> None:
            pieces = unquote(self.path.split("?")[0]).strip("/").split("/")
            repo, path = "/".join(pieces[:2]), "/".join(pieces[4:])
            content = hub.repos.get(repo, {}).get(path)
            if content is None:
                self.missing("EntryNotFound" if repo in hub.repos else "RepoNotFound")
                return
            sha256 = hashlib.sha256(content).hexdigest()
            content = hub.lie.get(path, content)
            headers = {
                "X-Repo-Commit": COMMIT,
                "ETag": f'"{sha256}"',
                "X-Linked-Etag": f'"{sha256}"',
                "X-Linked-Size": str(len(content)),
                "Accept-Ranges": "bytes",
            }
            status, start = 200, 0
            if asked := self.headers.get("Range"):
                hub.ranges.append(asked)
                start = int(asked.removeprefix("bytes=").split("-")[0])
                status = 206
                headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            if send and hub.break_after is not None:
                self.break_off(status, headers, content[start:])
                return
            self.answer(status, headers, content[start:], send=send)

        def break_off(self, status: int, headers: dict[str, str], body: bytes) -> None:
            cut, hub.break_after = hub.break_after, None
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[:cut])
            self.wfile.flush()
            self.close_connection = True

    return Answer


class Server(ThreadingHTTPServer):
    """Ends its connections with itself, and doesn't mind clients that go away."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is nothing to report."""


@contextmanager
def serving(repos: dict[str, dict[str, bytes]]) -> Iterator[Hub]:
    """A hub that serves these repositories while the context lasts."""
    hub = Hub(repos)
    server = Server(("127.0.0.1", 0), handler(hub))
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
