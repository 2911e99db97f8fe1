"""Batches as the tests make them, with OpenAI's SDK in strict validation."""

import json
import time

import openai

END = ("failed", "completed", "expired", "cancelled")


def jsonl(*requests: dict) -> bytes:
    """The lines of a file."""
    return "".join(f"{json.dumps(request)}\n" for request in requests).encode()


def moderation(custom_id: str, text="a text", **fields) -> dict:
    """A batch's request for a moderation."""
    url = "/v1/moderations"
    request = {"custom_id": custom_id, "method": "POST", "url": url, "body": {"input": text}}
    return request | fields


class Batches:
    """What the tests do with an endpoint's batches, by OpenAI's SDK in strict validation."""

    def __init__(self, base_url: str, key: str):
        options = {"max_retries": 0, "_strict_response_validation": True}
        self.sdk = openai.OpenAI(base_url=base_url, api_key=key, **options)

    def create(self, content: bytes, endpoint="/v1/moderations", **fields):
        """A batch of a file with this content."""
        file = self.sdk.files.create(file=("a.jsonl", content), purpose="batch")
        fields = {"completion_window": "24h"} | fields
        return self.sdk.batches.create(input_file_id=file.id, endpoint=endpoint, **fields)

    def follow(self, batch, seconds: float = 120):
        """The batch when it has ended."""
        deadline = time.monotonic() + seconds
        while batch.status not in END:
            assert time.monotonic() < deadline, batch
            time.sleep(0.02)
            batch = self.sdk.batches.retrieve(batch.id)
        return batch

    def run(self, *requests: dict, **fields):
        """The ended batch of these requests."""
        return self.follow(self.create(jsonl(*requests), **fields))

    def lines(self, file_id: str | None) -> list[dict]:
        """The lines of an output file or an error file; none if there is no file."""
        if file_id is None:
            return []
        content = self.sdk.files.content(file_id).read().decode()
        assert content.endswith("\n")
        return [json.loads(line) for line in content.split("\n")[:-1]]

    def errors(self, content: bytes, endpoint="/v1/moderations") -> list[tuple]:
        """The (code, line, param) of each error of a batch that must fail."""
        batch = self.follow(self.create(content, endpoint))
        assert batch.status == "failed"
        assert batch.output_file_id is None
        assert batch.error_file_id is None
        assert batch.request_counts.total == 0
        assert batch.errors.object == "list"
        return [(error.code, error.line, error.param) for error in batch.errors.data]
