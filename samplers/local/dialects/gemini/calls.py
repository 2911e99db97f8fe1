"""Which call of a model's turn each functionResponse answers.

The sentences are Google's, as quoted in google-gemini/gemini-cli#18509 (2026-02-07) and #26486
(2026-05-05).
"""

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

    found: dict[int, dict] = {}
    # those with an id first, so that the others take what is left
    for place, response in sorted(responses, key=lambda each: not each[1].get("id")):
        open_calls = [i for i in range(len(calls)) if i not in found]
        found[_call_of(place, response, calls, open_calls)] = response
    return [found[i] for i in range(len(calls))]


def _call_of(place: str, response: dict, calls: list[dict], open_calls: list[int]) -> int:
    own = response.get("id")
    name = response.get("name")
    for i in open_calls:
        if own and calls[i].get("id") == own:
            return i
    for i in open_calls:
        without_id = not own or not calls[i].get("id")
        if without_id and calls[i].get("name") == name:
            return i
    raise _no_call(place, response)


def _no_call(place: str, response: dict) -> ApiError:
    own = response.get("id")
    what = f"id '{own[:80]}'" if own else f"name '{response.get('name', '')[:80]}'"
    return invalid(place, f"no function call of the turn before has the {what} and no response.")
