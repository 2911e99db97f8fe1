"""The file of a batch: a request a line (JSON Lines), each checked before it is sent."""

import json
from collections.abc import Iterable, Iterator, Mapping

from samplers.api.choices import split_choices
from samplers.api.client import Client
from samplers.api.deviations import well_formed
from samplers.api.error_body import json_of
from samplers.api.transport.deadline import Deadline
from samplers.checks import shown

# What OpenAI takes in one batch.
MOST_REQUESTS = 50_000
MOST_BYTES = 200_000_000
PATH = "/v1/chat/completions"
OF_A_LIVE_CALL = ("stream", "stream_options", "timeout")


def checked_bodies(client: Client, requests: Mapping[str, object] | Iterable) -> dict[str, dict]:
    """{custom_id: the chat request's body}, each in the form that its model takes.

    ValueError names the request that is wrong.
    """
    named = with_ids(requests)
    if not named:
        raise ValueError("requests must hold at least one request, got none")
    if len(named) > MOST_REQUESTS:
        raise ValueError(f"requests must be at most {MOST_REQUESTS:,}, got {len(named):,}")

    deadline = Deadline()
    bodies = {}
    for custom_id, request in named.items():
        try:
            bodies[custom_id] = _body(client, request, deadline)
        except ValueError as error:
            raise ValueError(f"requests[{custom_id!r:.80}]: {error}") from None

    models = sorted({body["model"] for body in bodies.values()})
    if len(models) > 1:
        raise ValueError(f"requests must all name the same model, got {', '.join(models):.200}")
    return bodies


def with_ids(requests: Mapping[str, object] | Iterable) -> dict[str, object]:
    """{custom_id: request} of a mapping, or of a list, whose ids are "request-0", "request-1" …"""
    if isinstance(requests, Mapping):
        for custom_id in requests:
            _check_id(custom_id)
        return dict(requests)
    if isinstance(requests, str | bytes) or not isinstance(requests, Iterable):
        raise ValueError(
            f"requests must be a list, or a mapping of ids to requests, got {shown(requests)}"
        )
    return {f"request-{number}": request for number, request in enumerate(requests)}


def as_lines(bodies: Mapping[str, dict]) -> bytes:
    """The file. ValueError if it is too large."""
    lines = [
        # ASCII alone: some servers end a line at U+2028, too
        json.dumps({"custom_id": custom_id, "method": "POST", "url": PATH, "body": body})
        for custom_id, body in bodies.items()
    ]
    content = "".join(f"{line}\n" for line in lines).encode("ascii")
    if len(content) > MOST_BYTES:
        size = f"{len(content) / 1e6:,.0f} MB"
        raise ValueError(f"requests must be at most {MOST_BYTES // 10**6} MB as JSON, got {size}")
    return content


def read_lines(content: bytes) -> Iterator[tuple[int, dict | None]]:
    """(the line's number from 1, its JSON object) of each line; None for what is no object.

    Lines end at \\n alone. Empty ones are left out, and a byte order mark.
    """
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            value = json_of(line)
        except ValueError:
            value = None
        yield number, value if isinstance(value, dict) else None


def _body(client: Client, request, deadline: Deadline) -> dict:
    given = dict(request) if isinstance(request, Mapping) else {"messages": request}
    if "messages" not in given:
        raise ValueError(
            "must be a str, a list of messages, or a dict of chat()'s arguments with 'messages', "
            f"got {request!r:.80}"
        )
    for name in OF_A_LIVE_CALL:
        if given.get(name):
            raise ValueError(f"{name} must be left out in a batch, got {given[name]!r:.80}")

    params = {name: value for name, value in given.items() if name not in OF_A_LIVE_CALL}
    messages = params.pop("messages")
    body = client.endpoint.body(messages, params, deadline)
    if "service_tier" not in params:
        body.pop("service_tier", None)  # a batch has a price of its own
    if len(split_choices(body)) > 1:
        raise ValueError(f"n must be smaller in a batch of {body['model']}, got {body['n']}")
    return body


def _check_id(custom_id) -> None:
    is_id = isinstance(custom_id, str) and custom_id.strip() and well_formed(custom_id) == custom_id
    if not is_id:
        raise ValueError(f"requests must have ids that are str, not empty, got {shown(custom_id)}")
