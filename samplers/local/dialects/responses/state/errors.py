"""The errors about what is kept.

Those of conversations, prompts and previous responses are OpenAI's of 2026-08-30 (gpt-5.6-terra,
third-party), those of items from public threads. "Cannot cancel a synchronous response." is
third-party: vLLM's and Azure's servers give it as OpenAI's (read 2026-11-30). No source was found
for the others' words.
"""

from samplers.local.request.errors import ApiError, bad_request
from samplers.local.store.responses import MOST_BYTES

LONGEST_ID = 200  # characters of an id that an error repeats


def no_such_response(response_id: str) -> ApiError:
    return ApiError(404, f"Response with id '{response_id[:LONGEST_ID]}' not found.")


def no_such_previous(response_id: str) -> ApiError:
    message = f"Previous response with id '{response_id[:LONGEST_ID]}' not found."
    return bad_request(message, "previous_response_id", "previous_response_not_found")


def unfinished_previous(response_id: str) -> ApiError:
    message = (
        f"Previous response with id '{response_id[:LONGEST_ID]}' is still being made in the "
        "background. Please try again when it has ended."
    )
    return bad_request(message, "previous_response_id", "previous_response_not_finished")


def no_such_conversation(conversation_id: str) -> ApiError:
    return ApiError(404, f"Conversation with id '{conversation_id[:LONGEST_ID]}' not found.")


def no_such_prompt(prompt_id: str) -> ApiError:
    return ApiError(404, f"Prompt with id '{prompt_id[:LONGEST_ID]}' not found.")


def both_given() -> ApiError:
    """For `conversation` with `previous_response_id`; OpenAI's sentence is as odd as this."""
    message = (
        "Mutually exclusive parameters: ''. Ensure you are only providing one of: 'pre..._id' or "
        "'conversation'."
    )
    return bad_request(message, None, "mutually_exclusive_parameters")


def no_such_item(item_id: str) -> ApiError:
    message = (
        f"Item with id '{item_id[:LONGEST_ID]}' not found. Items are not persisted when `store` is "
        "set to false. Try again with `store` set to true, or remove this item from your input."
    )
    return ApiError(404, message, param="input")


def background_not_stored() -> ApiError:
    message = (
        "Background mode requires 'store' to be true: the response is read with GET when it is "
        "there."
    )
    return bad_request(message, "background", "invalid_value")


def background_streamed() -> ApiError:
    message = (
        "Unsupported value: 'stream' must be false with 'background' at this endpoint. Poll GET "
        "/v1/responses/{id} until the response has ended."
    )
    return bad_request(message, "stream", "unsupported_value")


def stored_streamed() -> ApiError:
    message = (
        "Unsupported value: 'stream' must be false when a response is retrieved: this endpoint "
        "keeps responses, but not their events."
    )
    return bad_request(message, "stream", "unsupported_value")


def not_in_background() -> ApiError:
    return bad_request("Cannot cancel a synchronous response.", "response_id")


def full() -> ApiError:
    message = (
        f"This endpoint keeps at most {MOST_BYTES} bytes of responses, and what this one goes on "
        "from takes too much of it. Please begin a new conversation, or set 'store' to false."
    )
    return bad_request(message, "store", "storage_limit_exceeded")
