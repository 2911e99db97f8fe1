"""Whether a conversation fits the context, and which oldest items `truncation` leaves out."""

import asyncio
from dataclasses import replace

from samplers.local.dialects.responses.request.asked import ResponseRequest
from samplers.local.dialects.responses.request.chat_request import chat_request
from samplers.local.dialects.responses.request.fields import LEAST_TOKENS
from samplers.local.dialects.responses.request.history import TEXT
from samplers.local.request.chat import ChatRequest
from samplers.local.request.errors import ApiError, bad_request
from samplers.local.request.images.reading import read_images
from samplers.local.request.job import prompt_messages
from samplers.local.request.prompt import prompt_ids
from samplers.local.request.scratchpad import SPARE

# OpenAI's words (2025-10 to 2026-07, third-party)
TOO_LONG = "Your input exceeds the context window of this model. Please adjust your input and try "
TOO_LONG += "again."
READ = ("message", "function_call_output")  # types of items that are a message each


async def fitting(asked: ResponseRequest, items: list[dict]) -> ChatRequest:
    """The request of a conversation that leaves room in the context for an answer.

    With `truncation: auto` as few as possible of the oldest items are left out, a call with its
    output, but never the newest message. ApiError (400) if it does not fit then either, and as
    `chat_request`.
    """
    request = await _made(asked, items)
    if not asked.truncates:
        if not await _fits(asked, request, 1):
            raise too_long()
        return request
    if await _fits(asked, request, LEAST_TOKENS):
        return request

    asked, items, groups, low = await asyncio.to_thread(_begun, asked, items)
    high = len(groups)
    while low < high:
        middle = (low + high) // 2
        shorter = await _without(asked, items, groups[:middle])
        if await _fits(asked, shorter, LEAST_TOKENS):
            high = middle
        else:
            low = middle + 1
    request = await _without(asked, items, groups[:low])
    if not await _fits(asked, request, LEAST_TOKENS):
        raise too_long()
    return request


def too_long() -> ApiError:
    """The 400 for an input that is longer than the context."""
    return bad_request(TOO_LONG, "input", "context_length_exceeded")


async def _fits(asked: ResponseRequest, request: ChatRequest, room: int) -> bool:
    """Whether `room` tokens of an answer still have their place in the context."""
    messages, _ = await read_images(asked.model, request.messages)
    read = prompt_messages(replace(request, messages=messages))
    context = asked.model.engine.context - (SPARE if request.effort != "none" else 0)
    try:
        prompt = await prompt_ids(asked.model.engine, read)
    except ApiError as error:
        if error.body["error"]["code"] == "context_length_exceeded":
            return False
        raise
    return len(prompt) + room <= context


def _begun(
    asked: ResponseRequest, items: list[dict]
) -> tuple[ResponseRequest, list[dict], list[set[str]], int]:
    """The request and the items without those that no context of this length could hold.

    Then the groups of the others that may be left out, and how many of these must go at least.
    """
    groups = _oldest_first(items)
    number = _hopeless(asked, items, groups)
    asked, items = _left(asked, items, groups[:number])
    return asked, items, groups[number:], 0 if number else 1


def _hopeless(asked: ResponseRequest, items: list[dict], groups: list[set[str]]) -> int:
    """How many of the oldest groups must go by a bound that needs no tokens, as `prompt_ids` has.

    A message has a token of its own, and no token is longer than the longest.
    """
    engine = asked.model.engine
    letters = {item["id"]: _letters(item) for item in items if item["type"] in READ}
    in_groups = set().union(*groups)
    kept = [count for item_id, count in letters.items() if item_id not in in_groups]
    messages = len(kept)
    total = sum(kept)
    for number in range(len(groups), 0, -1):
        own = [letters[item_id] for item_id in groups[number - 1] if item_id in letters]
        messages += len(own)
        total += sum(own)
        if messages + total // engine.vocabulary.longest >= engine.context:
            return number
    return 0


def _letters(item: dict) -> int:
    content = item["content"] if item["type"] == "message" else item["output"]
    if isinstance(content, str):
        return len(content)
    return sum(len(part[TEXT[part["type"]]]) for part in content if part["type"] in TEXT)


def _oldest_first(items: list[dict]) -> list[set[str]]:
    """What may be left out: the ids of single items, and of a call with its output.

    What belongs to the newest message stays: it, and what comes after it.
    """
    newest = max((i for i, item in enumerate(items) if item["type"] == "message"), default=0)
    groups: dict[str, set[str]] = {}
    for item in items[:newest]:
        groups.setdefault(item.get("call_id", item["id"]), set()).add(item["id"])
    kept = {item["call_id"] for item in items[newest:] if "call_id" in item}
    return [ids for name, ids in groups.items() if name not in kept]


async def _without(asked: ResponseRequest, items: list[dict], gone: list[set[str]]) -> ChatRequest:
    return await _made(*_left(asked, items, gone))


def _left(
    asked: ResponseRequest, items: list[dict], gone: list[set[str]]
) -> tuple[ResponseRequest, list[dict]]:
    left_out = set().union(*gone)
    own = tuple(item for item in asked.items if item["id"] not in left_out)
    left = [item for item in items if item["id"] not in left_out]
    return replace(asked, items=own), left


async def _made(asked: ResponseRequest, items: list[dict]) -> ChatRequest:
    # in a thread: a hundred thousand items take a second
    return await asyncio.to_thread(chat_request, asked, items)
