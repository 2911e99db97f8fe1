"""vLLM: /tokenize and /detokenize beside /v1, and /v1/completions with a prompt of token ids.

Source: vllm/entrypoints of 0.32.0, run on 2026-11-29.
"""

import re
from dataclasses import replace

import numpy as np

from samplers.api.abilities import VLLM, Abilities
from samplers.api.adapters import listed, token_bytes
from samplers.api.adapters.calls import Calls, is_text, unless_refused
from samplers.api.deviations import count_of, dict_of, dicts_of
from samplers.api.errors import APIError, unsupported
from samplers.api.next_token import top_distribution
from samplers.api.results import Tokens, label_of
from samplers.distribution import Distribution
from samplers.wire.logprobs import MAX_TOP_LOGPROBS, UNSEEN_LOGPROB

TOO_MANY = 10**9  # logprobs; the refusal names the most that the server allows
ALLOWED = re.compile(r"max allowed: (\d+)")
FORCED = 0  # a token id that is drawn because of its bias
CERTAIN = -0.01  # nats; the logprob of a forced token is above this after its bias, below before it
BY_ID = {"return_tokens_as_token_ids": True}  # tokens are named token_id:7
# Everything that vLLM otherwise takes from the model's generation_config.json.
PLAIN = {
    "max_tokens": 1,
    "temperature": 1,
    "top_p": 1,
    "top_k": 0,
    "min_p": 0,
    "repetition_penalty": 1,
    **BY_ID,
}


def abilities(calls: Calls) -> Abilities:
    """The table's, with the version, `--max-logprobs` and `--logprobs-mode` of this server."""
    version = unless_refused(lambda: calls.get("/version", lambda a: str(a["version"]), root=True))
    most = _most_logprobs(calls)
    shown = _shown(calls, -1) if most > MAX_TOP_LOGPROBS else {}
    if shown and len(shown) == most:
        calls.kept["vocabulary size"] = most
        most = None
    shown = shown or _shown(calls, 1)
    raw = shown[FORCED] < CERTAIN if FORCED in shown else None
    # A proxy may let /v1 through alone.
    named = unless_refused(lambda: token_bytes.separator(calls)) is not None
    return replace(
        VLLM,
        version=version,
        top_logprobs=most,
        raw_logprobs=raw,
        tokenizes=named,
        continues=named,
        scores=named,
    )


def _most_logprobs(calls: Calls) -> int:
    """`--max-logprobs`. This asks for too many, which costs nothing; -1 reads as V there."""
    body = {"prompt": "a", **PLAIN, "logprobs": TOO_MANY}
    try:
        calls.post("/completions", body, _logprobs)
    except APIError as error:
        allowed = ALLOWED.search(error.message)
        if allowed:
            return int(allowed[1])
    return MAX_TOP_LOGPROBS


def _shown(calls: Calls, count: int) -> dict[int, float]:
    """What is shown beside a token that a bias forces; {} where so many are refused. -1: all."""
    body = {"prompt": "a", **PLAIN, "logprobs": count, "logit_bias": {str(FORCED): 100}}
    return unless_refused(lambda: calls.post("/completions", body, _logprobs), {})


def tokenize(calls: Calls, text: str | list[dict], known: Abilities) -> Tokens:
    """A text's tokens, or those of messages in the model's template.

    An unsupported APIError where /tokenize cannot be reached. Marks such as <|im_end|> in a text
    become the tokens that they name: vLLM has no switch for it.
    """
    if not known.tokenizes:
        raise unsupported(404)
    if isinstance(text, str):
        ids, context = _ids(calls, {"prompt": text, "add_special_tokens": False})
    else:
        ids, context = _ids(calls, {"messages": text})
    answer = {
        "ids": ids,
        "tokens": token_bytes.entries(calls, ids),
        "vocabulary_size": calls.kept.get("vocabulary size"),
        "context_length": context,
        "stop_ids": _stop_ids(calls),
    }
    return Tokens.from_wire(answer)


def next_token(
    calls: Calls, messages: list[dict], top: int | str, after: list[int], known: Abilities
) -> Distribution:
    """The next token's distribution: the most probable tokens, or the whole vocabulary.

    /v1/completions lists the drawn token beside the K that were asked for, so that nothing is
    displaced. Messages with pictures, and servers without /tokenize, are asked by chat.
    """
    if not known.tokenizes or not is_text(messages):
        if after:
            raise unsupported(404)
        by_id = BY_ID if known.tokenizes else {}
        return listed.next_token(
            calls, messages, top, known, by_id, lambda answer: name_tokens(calls, answer)
        )

    prompt, _ = _ids(calls, {"messages": messages})
    most = known.top_logprobs
    if most == 0:
        message = "this vLLM shows no logprobs: it was started with --max-logprobs 0"
        raise APIError(400, message, code="unsupported")
    is_whole = top == "all" and most is None
    limit = most or calls.kept["vocabulary size"]
    wanted = limit if top == "all" else min(top, limit)
    body = {"prompt": [*prompt, *after], **PLAIN, "logprobs": -1 if is_whole else wanted}
    logprobs = calls.post("/completions", body, _logprobs)
    if is_whole:
        return _whole(calls, logprobs)

    best = sorted(logprobs, key=logprobs.get, reverse=True)[:wanted]
    entries = token_bytes.entries(calls, best)
    listed_here = [entry | {"logprob": logprobs[entry["id"]]} for entry in entries]
    return top_distribution({"top_logprobs": listed_here}, calls.kept.get("vocabulary size"))


def name_tokens(calls: Calls, answer: dict) -> dict:
    """A chat completion's JSON whose tokens are named by id, with each token's text and bytes."""
    places = [
        place
        for choice in answer["choices"]
        for place in dicts_of(dict_of(choice.get("logprobs")).get("content"))
    ]
    named = [entry for place in places for entry in (place, *dicts_of(place.get("top_logprobs")))]
    numbered = [entry for entry in named if _is_id(entry.get("token"))]
    ids = [_id(entry["token"]) for entry in numbered]
    for entry, known in zip(numbered, token_bytes.entries(calls, ids), strict=True):
        entry.update(known)
    return answer


def _whole(calls: Calls, logprobs: dict[int, float]) -> Distribution:
    size = len(logprobs)
    if sorted(logprobs) != list(range(size)):
        raise APIError(200, f"the answer's {size} tokens are not those of a whole vocabulary")

    ids = tuple(range(size))
    values = np.array([logprobs[i] for i in ids])
    values[values <= UNSEEN_LOGPROB] = -np.inf
    if "whole names" not in calls.kept:
        entries = token_bytes.entries(calls, ids)
        names = tuple(map(label_of, entries)), tuple(bytes(entry["bytes"]) for entry in entries)
        calls.kept["whole names"] = names
    tokens, raw = calls.kept["whole names"]
    return Distribution(tokens, values, raw, 0.0, ids, size)


def _ids(calls: Calls, body: dict) -> tuple[list[int], int | None]:
    """A prompt's token ids, and the context's length."""

    def read(answer: dict) -> tuple[list[int], int | None]:
        return answer["tokens"], count_of(answer.get("max_model_len"))

    return calls.post("/tokenize", body, read, root=True)


def _stop_ids(calls: Calls) -> tuple[int, ...]:
    """The token that ends a turn in the model's template; () where it cannot be found out.

    It is what follows the text of a finished message, if an answer really ends with it.
    """
    if "stop ids" not in calls.kept:
        calls.kept["stop ids"] = unless_refused(lambda: _end_of_turn(calls), ())
    return calls.kept["stop ids"]


def _end_of_turn(calls: Calls) -> tuple[int, ...]:
    talk = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "a"}]
    body = {"messages": talk, "add_generation_prompt": False}
    finished, _ = _ids(calls, body)
    begun, _ = _ids(calls, body | {"continue_final_message": True})
    if finished[: len(begun)] != begun or len(finished) == len(begun):
        return ()

    end = finished[len(begun)]
    body = {"prompt": begun, **PLAIN, "max_tokens": 2, "logit_bias": {str(end): 100}}
    reason = calls.post("/completions", body, lambda answer: answer["choices"][0]["finish_reason"])
    return (end,) if reason == "stop" else ()


def _logprobs(answer: dict) -> dict[int, float]:
    """{id: logprob} beside the first token of a completion, the drawn one among them."""
    shown = answer["choices"][0]["logprobs"]["top_logprobs"][0]
    logprobs = {_id(name): logprob for name, logprob in shown.items() if logprob is not None}
    if not logprobs:
        raise ValueError("it shows no token with its logprob")
    return logprobs


def _is_id(name) -> bool:
    return isinstance(name, str) and name.startswith("token_id:")


def _id(name: str) -> int:
    return int(name.removeprefix("token_id:"))
