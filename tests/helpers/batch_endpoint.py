"""An endpoint of files and batches that a test writes: what an honest one shows too rarely.

Failures at a chosen moment, odd files of results. It executes nothing.
"""

import json
from email import message_from_bytes

import httpx

from samplers.api.batches.lines import read_lines

ERROR = {"error": {"message": "The server had an error.", "type": "server_error", "code": None}}
DOWN = httpx.Response(500, json=ERROR)
LIMITED = httpx.Response(429, json={"error": {"message": "Slow.", "code": "rate_limit_exceeded"}})
LOST = httpx.ReadError("the connection broke")


class BatchEndpoint:
    """For `fake(endpoint)`. `files`: {id: (name, content)}, `batches`: {id: the batch's JSON}.

    `calls`: what came, such as "POST /batches". `refuse[call]`: answers in the place of its own,
    one for each request (None: its own); `lose[call]`: the same, but the request is done.
    """

    def __init__(self):
        self.files: dict[str, tuple[str, bytes]] = {}
        self.batches: dict[str, dict] = {}
        self.calls: list[str] = []
        self.requests: list[httpx.Request] = []
        self.refuse: dict[str, list] = {}
        self.lose: dict[str, list] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v1")
        parts = path.split("/")[1:]
        call = f"{request.method} /{parts[0]}" + "/…" * (len(parts) - 1)
        self.calls.append(call)
        self.requests.append(request)
        refused = self.refuse.get(call)
        if refused and (answer := refused.pop(0)) is not None:
            return self._answer(answer)
        answer = self._done(request, parts)
        if lost := self.lose.get(call):
            return self._answer(lost.pop(0))
        return answer

    def end(self, batch_id: str, status: str, output=None, error=None, **fields) -> None:
        """Ends a batch with these lines in its files; None: no file."""
        batch = self.batches[batch_id]
        for name, lines in (("output_file_id", output), ("error_file_id", error)):
            if lines is not None:
                batch[name] = self._keep("results.jsonl", as_file(lines))
        batch.update(status=status, **fields)

    def sent(self, batch_id: str) -> list[dict]:
        """The lines of the file that went in."""
        _, content = self.files[self.batches[batch_id]["input_file_id"]]
        return [line for _, line in read_lines(content)]

    def _done(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        kind, *rest = parts
        kept = self.files if kind == "files" else self.batches
        if request.method == "POST" and not rest:
            return self._made(request, kind)
        if not rest:
            found = [self._shown(kind, some_id) for some_id in reversed(kept)]
            return httpx.Response(200, json={"object": "list", "data": found, "has_more": False})
        if rest[0] not in kept:
            message = f"No such object: {rest[0]}"
            return httpx.Response(404, json={"error": {"message": message, "param": "id"}})
        if rest[1:] == ["content"]:
            return httpx.Response(200, content=kept[rest[0]][1])
        return httpx.Response(200, json=self._shown(kind, rest[0]))

    def _made(self, request: httpx.Request, kind: str) -> httpx.Response:
        if kind == "files":
            head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
            parts = message_from_bytes(head + request.read()).get_payload()
            file = next(part for part in parts if part.get_filename())
            made = self._keep(file.get_filename(), file.get_payload(decode=True))
        else:
            made = f"batch_{len(self.batches)}"
            plain = {"id": made, "object": "batch", "status": "in_progress", "created_at": 2**31}
            self.batches[made] = plain | json.loads(request.content)
        return httpx.Response(200, json=self._shown(kind, made))

    def _keep(self, name: str, content: bytes) -> str:
        file_id = f"file-{len(self.files)}"
        self.files[file_id] = (name, content)
        return file_id

    def _shown(self, kind: str, some_id: str) -> dict:
        if kind == "batches":
            return self.batches[some_id]
        name, content = self.files[some_id]
        return {"id": some_id, "filename": name, "bytes": len(content), "purpose": "batch"}

    @staticmethod
    def _answer(answer) -> httpx.Response:
        if isinstance(answer, BaseException):
            raise answer
        return answer


def as_file(lines: list) -> bytes:
    """Lines as a file; bytes stand as they are."""
    return b"".join(
        (line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines
    )
