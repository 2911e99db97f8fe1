"""Whether items fit together: no item twice, and calls and their outputs in pairs, by call_id.

OpenAI's sentences for the pairs and for an item twice are from public threads (openai-agents-python
673, continue 10092 and 10723, vercel/ai 7543); those for a call or an output twice are ours.
"""

from collections.abc import Iterable

from samplers.local.request.errors import ApiError, bad_request


def paired(items: list[dict]) -> list[dict]:
    """The items that the model reads. ApiError (400) for what does not fit together.

    Reasoning is left out, and so is half a call, at which an answer was cut, if it has no output.
    """
    check_ids(items)
    answered = _check_outputs(items)
    read = []
    for item in items:
        if item["type"] == "reasoning":
            continue
        if item["type"] == "function_call" and item["call_id"] not in answered:
            if item["status"] != "incomplete":
                raise _wrong(f"No tool output found for function call {item['call_id']}.")
            continue
        read.append(item)
    return read


def check_ids(items: Iterable[dict]) -> None:
    """ApiError (400) for an item that is there twice."""
    seen: set[str] = set()
    for item in items:
        if item["id"] in seen:
            raise _wrong(
                f"Duplicate item found with id {item['id']}. "
                "Remove duplicate items from your input and try again."
            )
        seen.add(item["id"])


def _check_outputs(items: list[dict]) -> set[str]:
    """The ids of the calls that have an output, which comes after its call."""
    calls: set[str] = set()
    answered: set[str] = set()
    for item in items:
        call_id = item.get("call_id")
        if item["type"] == "function_call":
            if call_id in calls:
                raise _wrong(f"Duplicate function_call found with call_id {call_id}.")
            calls.add(call_id)
        elif item["type"] == "function_call_output":
            if call_id not in calls:
                raise _wrong(f"No tool call found for function call output with call_id {call_id}.")
            if call_id in answered:
                raise _wrong(f"Duplicate function_call_output found with call_id {call_id}.")
            answered.add(call_id)
    return answered


def _wrong(message: str) -> ApiError:
    return bad_request(message, "input")
