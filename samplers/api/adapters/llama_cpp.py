"""llama.cpp's own server: /tokenize, /apply-template and /completion, beside /v1.

Source: tools/server/README.md of llama.cpp; b11549, run on 2026-11-28.
"""

from dataclasses import replace

from samplers.api.abilities import LLAMA_CPP, Abilities
from samplers.api.adapters import listed
from samplers.api.adapters.calls import Calls, is_text, unless_refused
from samplers.api.deviations import count_of, dict_of, dicts_of
from samplers.api.errors import unsupported
from samplers.api.next_token import entries_of, full_distribution, top_distribution
from samplers.api.results import Tokens, is_control
from samplers.distribution import Distribution
from samplers.wire.logprobs import MAX_TOP_LOGPROBS

MORE_THAN_ALL = 1 << 20  # tokens to list: the server lists its whole vocabulary


def abilities(calls: Calls) -> Abilities:
    """The table's, with the version and the number of slots that /props tells."""
    props = unless_refused(lambda: calls.get("/props", dict_of, root=True), {})
    settings = dict_of(props.get("default_generation_settings"))
    calls.kept["context"] = count_of(settings.get("n_ctx"))
    build = props.get("build_info")
    if not isinstance(build, str) or build.startswith("b0-"):
        build = None  # built outside llama.cpp's own repository
    slots = count_of(props.get("total_slots")) or None
    known = replace(LLAMA_CPP, version=build, most_choices=slots)

    # A proxy may let /v1 through alone.
    body = {"content": "a", "with_pieces": True}
    whole = unless_refused(lambda: calls.post("/tokenize", body, _last_id, root=True))
    calls.kept["whole character"] = whole
    if whole is None:
        return replace(known, top_logprobs=MAX_TOP_LOGPROBS, tokenizes=False, continues=False)
    return known


def tokenize(calls: Calls, text: str | list[dict], known: Abilities) -> Tokens:
    """A text's tokens as they are, or those of messages in the model's template.

    An unsupported APIError where /tokenize cannot be reached.
    """
    if not known.tokenizes:
        raise unsupported(404)
    is_text = isinstance(text, str)
    if not is_text:
        text = calls.post("/apply-template", {"messages": text}, _prompt, root=True)
    body = {
        "content": text,
        "with_pieces": True,
        "add_special": not is_text,  # as in a chat: a token that begins the text, if there is one
        "parse_special": not is_text,
    }
    tokens = calls.post("/tokenize", body, _tokens, root=True)
    if "stop ids" not in calls.kept:
        calls.kept["stop ids"] = unless_refused(lambda: _stop_ids(calls), ())

    answer = tokens | {
        "vocabulary_size": calls.kept.get("vocabulary size"),
        "context_length": calls.kept.get("context"),
        "stop_ids": calls.kept["stop ids"],
    }
    return Tokens.from_wire(answer)


def next_token(
    calls: Calls, messages: list[dict], top: int | str, after: list[int], known: Abilities
) -> Distribution:
    """The next token's distribution: the `top` most probable tokens, or the whole vocabulary.

    Messages with pictures, and servers without /tokenize, are asked by chat.
    """
    if not known.tokenizes or not is_text(messages):
        if after:
            raise unsupported(404)
        return listed.next_token(calls, messages, top, known)
    prompt = [*tokenize(calls, messages, known).ids, *after]
    body = {
        "prompt": prompt,
        "n_predict": 1,
        "n_probs": MORE_THAN_ALL if top == "all" else top,
        "post_sampling_probs": False,
        "samplers": [],
        # The answer has no logprobs where the drawn token ends inside a character. So the draw is
        # forced to a whole one; the model's own logprobs do not change with it.
        "logit_bias": [[calls.kept["whole character"], 1e6]],
        "cache_prompt": True,
    }
    reader = _whole_place if top == "all" else _place
    place = calls.post("/completion", body, reader, root=True)
    size = calls.kept.get("vocabulary size")
    if top != "all":
        _name_control_tokens(calls, place["top_logprobs"])
        return top_distribution(place, size, top)

    entries = place["top_logprobs"]
    whole = calls.kept.get("whole distribution")
    if whole is None:
        _name_control_tokens(calls, entries)
        calls.kept["vocabulary size"] = len(entries)
    distribution = full_distribution(entries, len(entries), whole)
    calls.kept.setdefault("whole distribution", distribution)
    return distribution


def _prompt(answer: dict) -> str:
    return answer["prompt"]


def _tokens(answer: dict) -> dict:
    pieces = answer["tokens"]
    return {"ids": [piece["id"] for piece in pieces], "tokens": [_entry(piece) for piece in pieces]}


def _last_id(answer: dict) -> int:
    return answer["tokens"][-1]["id"]


def _place(answer: dict) -> dict:
    place = answer["completion_probabilities"][0]
    if not entries_of(place):
        raise ValueError("it lists no token with its logprob")
    return place


def _whole_place(answer: dict) -> dict:
    place = _place(answer)
    ids = sorted(entry["id"] for entry in place["top_logprobs"])
    if ids != list(range(len(ids))):
        raise ValueError(f"its {len(ids)} tokens are not those of a whole vocabulary")
    return place


def _entry(piece: dict) -> dict:
    """A token's piece (a text, or the bytes of half a character) as an entry of logprobs."""
    text = piece["piece"]
    if isinstance(text, list):
        return {"token": bytes(text).decode(errors="replace"), "bytes": text}
    return {"token": text, "bytes": [] if is_control(text) else list(text.encode())}


def _stop_ids(calls: Calls) -> tuple[int, ...]:
    """The tokens that end a turn: ignore_eos bans just these, and the answer lists the bans."""
    body = {"prompt": [0], "n_predict": 1, "ignore_eos": True, "cache_prompt": False}

    def bans(answer: dict) -> tuple[int, ...]:
        banned = dicts_of(answer["generation_settings"]["logit_bias"])
        return tuple(sorted(ban["token"] for ban in banned))

    return calls.post("/completion", body, bans, root=True)


def _name_control_tokens(calls: Calls, entries: list[dict]) -> None:
    """Gives the tokens that stand for no text their names; the server leaves them out."""
    nameless = [entry for entry in entries if not entry.get("token") and not entry.get("bytes")]
    if not nameless:
        return

    line_end = tokenize(calls, "\n", LLAMA_CPP).ids[-1]
    ids = [i for entry in nameless for i in (entry["id"], line_end)]

    def text(answer: dict) -> str:
        return answer["content"]

    names = calls.post("/detokenize", {"tokens": ids}, text, root=True).split("\n")
    for entry, name in zip(nameless, names, strict=False):
        entry["token"] = name
