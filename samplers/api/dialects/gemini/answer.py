"""Gemini's answer as a chat.completion.

The form: google-genai 3.6.1 (read 2026-11-28). Gemini says STOP where it called functions, counts
thoughts beside the answer's tokens, and sends no candidate at all where it blocks the prompt.
"""

import datetime
import hashlib

from samplers.api.deviations import count_of, dict_of, dicts_of, number_of, string_of
from samplers.api.dialects.checks import as_text, tell_rest
from samplers.api.dialects.dialect import Translated
from samplers.api.dialects.gemini.messages import openai_call
from samplers.api.dialects.gemini.signatures import keep_signature
from samplers.wire.secret import shown

FINISHED = {"STOP": "stop", "MAX_TOKENS": "length"}
FILTERED = (
    *("SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"),
    *("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "MODEL_ARMOR"),
    *("ESCALATION", "PUP_LIMITED_DISABLED"),
)
CUT = ("CONTINUATION", "TOO_MANY_TOOL_CALLS")  # no end of the model's own
PART = ("text", "thought", "thoughtSignature", "functionCall")
COUNTS = (
    *("promptTokenCount", "candidatesTokenCount", "totalTokenCount", "thoughtsTokenCount"),
    *("toolUsePromptTokenCount", "cachedContentTokenCount"),
    *("promptTokensDetails", "candidatesTokensDetails"),
)
CANDIDATE = ("content", "finishReason", "index", "logprobsResult", "tokenCount")
ANSWER = (
    *("candidates", "createTime", "modelVersion", "promptFeedback", "responseId"),
    "usageMetadata",
)


def answer(body: dict) -> Translated:
    """Gemini's whole answer as a chat.completion.

    A call without an id gets one that is made of the answer, so the same answer gives the same id.
    Thoughts become `reasoning_content`, and signatures stay in `extra_content`. A blocked prompt is
    one empty choice with finish_reason "content_filter". `created` is 0, as Gemini rarely tells
    the time. ValueError for an error's body.
    """
    if "error" in body:
        raise ValueError(f"body must be an answer, got an error: {shown(body['error'])}")

    lost: list[str] = []
    digest = hashlib.sha256(as_text(body).encode(errors="surrogatepass")).hexdigest()[:16]
    candidates = dicts_of(body.get("candidates"))
    made = {
        "id": body.get("responseId") or f"chatcmpl-{digest}",
        "object": "chat.completion",
        "created": _seconds(body.get("createTime")),
        "model": body.get("modelVersion") or "",
        "choices": [
            _choice(candidate, i, f"call_{digest}_{i}", lost)
            for i, candidate in enumerate(candidates)
        ],
    }
    feedback = dict_of(body.get("promptFeedback"))
    known = ("blockReason", "blockReasonMessage")
    tell_rest(feedback, known, "promptFeedback", "a chat.completion has no such field.", lost)
    if not candidates:
        made["choices"] = [_without_candidate(feedback, lost)]
    if isinstance(body.get("usageMetadata"), dict):
        made["usage"] = _usage(body["usageMetadata"], lost)

    lost += [f"{name}: a chat.completion has no such field." for name in body if name not in ANSWER]
    return Translated(made, tuple(lost))


def _usage(counts: dict, lost: list[str]) -> dict:
    """usageMetadata as OpenAI's usage: thoughts are part of the completion.

    Where the answer's own count is missing, what the total has more than the prompt is counted, so
    that no answer looks cheaper than it was.
    """

    def count(name: str) -> int:
        return count_of(counts.get(name)) or 0

    tell_rest(counts, COUNTS, "usageMetadata", "OpenAI has no such count.", lost)
    prompt = count("promptTokenCount") + count("toolUsePromptTokenCount")
    thoughts = count("thoughtsTokenCount")
    completion = count("candidatesTokenCount") + thoughts
    if "candidatesTokenCount" not in counts:
        completion = max(completion, count("totalTokenCount") - prompt)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {
            "cached_tokens": count("cachedContentTokenCount"),
            "audio_tokens": _sound(counts, "promptTokensDetails", lost),
        },
        "completion_tokens_details": {
            "reasoning_tokens": thoughts,
            "audio_tokens": _sound(counts, "candidatesTokensDetails", lost),
        },
    }


def _sound(counts: dict, name: str, lost: list[str]) -> int:
    """The tokens of sound among the details of a count; those of pictures are lost."""
    tokens = 0
    for entry in dicts_of(counts.get(name)):
        if entry.get("modality") == "AUDIO":
            tokens += count_of(entry.get("tokenCount")) or 0
        elif entry.get("modality") != "TEXT":
            lost.append(
                f"usageMetadata.{name}: OpenAI counts no tokens of {entry.get('modality')}."
            )
    return tokens


def _seconds(time) -> int:
    """A time such as 2026-11-28T12:00:00Z in seconds since 1970; 0 for none."""
    try:
        return int(datetime.datetime.fromisoformat(time).timestamp())
    except (TypeError, ValueError):
        return 0


def _without_candidate(feedback: dict, lost: list[str]) -> dict:
    message = {"role": "assistant", "content": "", "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": None}
    if feedback.get("blockReason"):
        said = feedback.get("blockReasonMessage")
        why = f"{feedback['blockReason']}{f' ({said})' if said else ''}"
        lost.append(f"promptFeedback.blockReason: {why} became content_filter.")
        return choice | {"finish_reason": "content_filter"}
    lost.append("candidates: none came, and no reason; the choice is empty and has not finished.")
    return choice


def _choice(candidate: dict, i: int, call_id: str, lost: list[str]) -> dict:
    place = f"candidates[{i}]"
    message = _message(dict_of(candidate.get("content")), f"{place}.content", call_id, lost)
    index = count_of(candidate.get("index"))
    tell_rest(candidate, CANDIDATE, place, "a chat.completion has no such field.", lost)
    return {
        "index": i if index is None else index,
        "message": message,
        "logprobs": _logprobs(candidate.get("logprobsResult")),
        "finish_reason": _finish(candidate, bool(message.get("tool_calls")), place, lost),
    }


def _finish(candidate: dict, called: bool, place: str, lost: list[str]) -> str | None:
    """OpenAI's finish_reason; where it says less than Gemini's, that is told."""
    reason = string_of(candidate.get("finishReason"))
    if reason is None:
        lost.append(f"{place}.finishReason: none came; the answer has not finished.")
        return None
    if reason in FINISHED:
        return "tool_calls" if called and reason == "STOP" else FINISHED[reason]

    if reason in FILTERED or reason in CUT:
        finish = "content_filter" if reason in FILTERED else "length"
    else:
        finish = "tool_calls" if called else "stop"
    lost.append(f"{place}.finishReason: {reason} became {finish}.")
    return finish


def _message(content: dict, place: str, call_id: str, lost: list[str]) -> dict:
    message: dict = {"role": "assistant", "content": None, "refusal": None}
    texts = []
    thoughts = []
    calls = []
    for i, part in enumerate(dicts_of(content.get("parts"))):
        here = f"{place}.parts[{i}]"
        tell_rest(part, PART, here, "a chat.completion has no such field.", lost)
        if isinstance(part.get("functionCall"), dict):
            own = part["functionCall"].get("id")
            calls.append(openai_call(part, own or f"{call_id}_{len(calls)}"))
            continue
        keep_signature(part, message)
        if isinstance(part.get("text"), str):
            (thoughts if part.get("thought") else texts).append(part["text"])

    text = "".join(texts)
    message["content"] = text if text or not calls else None
    if thoughts:
        message["reasoning_content"] = "".join(thoughts)
    if calls:
        message["tool_calls"] = calls
    return message


def _logprobs(result) -> dict | None:
    """logprobsResult as OpenAI's logprobs, which are natural logarithms in both."""
    chosen = dicts_of(dict_of(result).get("chosenCandidates"))
    if not chosen:
        return None
    tops = [dicts_of(step.get("candidates")) for step in dicts_of(result.get("topCandidates"))]
    tops += [[]] * (len(chosen) - len(tops))
    content = [
        _token(one) | {"top_logprobs": list(map(_token, top))}
        for one, top in zip(chosen, tops, strict=False)
    ]
    return {"content": content, "refusal": None}


def _token(candidate: dict) -> dict:
    token = string_of(candidate.get("token")) or ""
    logprob = number_of(candidate.get("logProbability")) or 0.0  # 0.0 is left out on the wire
    return {"token": token, "logprob": logprob, "bytes": list(token.encode(errors="replace"))}
