"""A text or an answer that is given, not drawn: what the model would have said there is asked for.

The requests of POST /v1/samplers/distributions and /v1/samplers/score, checked.
"""

from dataclasses import dataclass

from samplers.local.engine.model import ServedModel
from samplers.local.request.checks import array, integer, string
from samplers.local.request.errors import (
    bad_request,
    missing,
    unknown,
    wrong_body,
    wrong_type,
)
from samplers.local.request.job import check_logits, chosen
from samplers.local.request.messages import text_messages
from samplers.local.request.prompt import context_exceeded, prompt_ids

MOST_LETTERS = 1 << 20  # of a text
MOST_DISTRIBUTIONS = 64  # tokens of an answer; each token's distribution is 200 kB


@dataclass(frozen=True)
class Given:
    """The tokens `ids` that are given after those of a `prompt`, which can be empty."""

    model: ServedModel
    prompt: list[int]
    ids: list[int]

    @property
    def read(self) -> list[int]:
        """The tokens that the model reads: all but the last, after which nothing is asked."""
        return [*self.prompt, *self.ids][:-1]

    @property
    def first(self) -> int:
        """The place in `read` of the token before the first one that can be predicted."""
        return max(len(self.prompt) - 1, 0)


async def given_answer(models: tuple[ServedModel, ...], body) -> Given:
    """{"messages": […], "answer": text or ids} -> Given. ApiError (400) for what is wrong.

    ApiError (404) for another model, (501) where exact logits cannot be had.
    """
    _check_fields(body, "messages", "answer")
    if "messages" not in body:
        raise missing("messages")
    given = await _given(models, body, "answer")
    if len(given.ids) > MOST_DISTRIBUTIONS:
        message = (
            f"Invalid 'answer': expected at most {MOST_DISTRIBUTIONS} tokens, but got "
            f"{len(given.ids)}."
        )
        raise bad_request(message, "answer", "invalid_value")
    return given


async def given_text(models: tuple[ServedModel, ...], body) -> Given:
    """{"input": text or ids}, perhaps with "messages" before it -> Given. Errors as above."""
    _check_fields(body, "messages", "input")
    return await _given(models, body, "input")


def _check_fields(body, *names: str) -> None:
    if not isinstance(body, dict):
        raise wrong_body(body)
    for name in body:
        if name not in ("model", *names):
            raise unknown(name, names)


async def _given(models: tuple[ServedModel, ...], body: dict, name: str) -> Given:
    """What is given in the field `name`."""
    model = models[0]
    if body.get("model") is not None:
        model = chosen(models, string()("model", body["model"]))
    if name not in body:
        raise missing(name)
    checked = text_messages("messages", body["messages"]) if "messages" in body else None
    ids = await _ids(model, name, body[name])
    if not ids:
        message = f"Invalid '{name}': it is empty. Expected at least 1 token."
        raise bad_request(message, name, "invalid_value")

    await check_logits(model)
    prompt = [] if checked is None else await prompt_ids(model.engine, checked)
    used = len(prompt) + len(ids)
    if used > model.engine.context:
        raise context_exceeded(
            model.engine.context,
            f"you requested {used} tokens ({len(prompt)} in the messages, {len(ids)} in "
            f"'{name}'). Please reduce their length.",
            name,
        )
    return Given(model, prompt, ids)


async def _ids(model: ServedModel, name: str, value) -> list[int]:
    """The token ids of a text, in which names of control tokens are text, or of an array of ids."""
    if isinstance(value, str):
        return await model.engine.tokenize(string(MOST_LETTERS)(name, value), control=False)
    if not isinstance(value, list):
        raise wrong_type(name, "one of a string or array of integers", value)
    if len(value) > model.engine.context:
        raise context_exceeded(
            model.engine.context,
            f"'{name}' has {len(value)} tokens. Please reduce its length.",
            name,
        )
    return array(integer(0, len(model.engine.vocabulary) - 1), 1)(name, value)
