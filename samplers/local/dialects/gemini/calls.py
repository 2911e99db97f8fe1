"""Which call of a model's turn each functionResponse answers.

The sentences are Google's, as quoted in google-gemini/gemini-cli#18509 (2026-02-07) and #26486
(2026-05-05).
"""

from collections import defaultdict, deque

from samplers.local.dialects.gemini.errors import invalid
from samplers.local.request.errors import ApiError, bad_request

UNEQUAL = (
    "Please ensure that the number of function response parts is equal to the number of function "
    "call parts of the function call turn."
)
WITHOUT_CALL = (
    "Please ensure that function response turn comes immediately after a function call turn."
)
CALL_FIRST = (
    "Please ensure that function call turn comes immediately after a user turn or after a function "
    "response turn."
)


def answered(calls: list[dict], responses: list[tuple[str, dict]]) -> list[dict]:
    """The response to each call, in the calls' order. `responses` come with their places.

    A response with an id belongs to the call of that id. Without one, or where the calls have none,
    it belongs to the first call of its name that has no response yet.
    """
    if responses and not calls:
        raise bad_request(WITHOUT_CALL, responses[0][0])
    if len(calls) != len(responses):
        raise bad_request(UNEQUAL, "contents")

    by_id: defaultdict[str, deque[int]] = defaultdict(deque)
    by_name: defaultdict[str | None, deque[int]] = defaultdict(deque)
    by_name_alone: defaultdict[str | None, deque[int]] = defaultdict(deque)  # the calls without id
    for i, call in enumerate(calls):
        by_name[call.get("name")].append(i)
        (by_id[call["id"]] if call.get("id") else by_name_alone[call.get("name")]).append(i)

    found: dict[int, dict] = {}
    # those with an id first, so that the others take what is left
    for place, response in sorted(responses, key=lambda each: not each[1].get("id")):
        own = response.get("id")
        name = response.get("name")
        queues = (by_id[own], by_name_alone[name]) if own else (by_name[name],)
        i = _first_open(queues, found)
        if i is None:
            raise _no_call(place, response)
        found[i] = response
    return [found[i] for i in range(len(calls))]


def _first_open(queues: tuple[deque[int], ...], found: dict[int, dict]) -> int | None:
    """The first call in the first of the queues that has one without a response."""
    for queue in queues:
        while queue and queue[0] in found:
            queue.popleft()
        if queue:
            return queue[0]
    return None


def _no_call(place: str, response: dict) -> ApiError:
    own = response.get("id")
    what = f"id '{own[:80]}'" if own else f"name '{response.get('name', '')[:80]}'"
    return invalid(place, f"no function call of the turn before has the {what} and no response.")
