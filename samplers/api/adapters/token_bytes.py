"""The bytes of vLLM's tokens, which it does not tell, from the texts of its /detokenize.

A token that is only part of a character comes out as U+FFFD there. Beside tokens of single bytes
that make the character whole it comes out as that character, and so its bytes are known.
"""

import re
from collections.abc import Sequence
from itertools import product

from samplers.api.adapters.calls import Calls, unless_refused
from samplers.api.results import is_control

BROKEN = "\ufffd"
# First bytes of characters of 2, 3 and 4 bytes, after which any byte of 80 to bf can follow. A
# token that begins with one, two or three of those needs one of these before it.
FIRST = (range(0xC2, 0xE0), range(0xE1, 0xED), range(0xF1, 0xF4))
# What a token that ends inside a character needs after it; not every byte can follow e0 and f0.
LAST = (b"", b"\x80", b"\x80\x80", b"\x80\x80\x80", b"\xa0", b"\xa0\x80", b"\x90\x80\x80")
# Characters that few models have whole tokens for: their tokens are those of single bytes.
RARE = "\u0378\u0530\u0750\u0890\u1250\ua000\ua410\ue800\uef90\U00010410\U000e0800\U00040000"
HEX = re.compile(r"<0x([0-9A-F]{2})>")  # SentencePiece's name of a single byte


def entries(calls: Calls, ids: Sequence[int]) -> list[dict]:
    """The tokens as entries of OpenAI's logprobs: {"id", "token", "bytes"}.

    A token that stands for no text has its name and no bytes. One whose bytes cannot be found out
    is called token_id:7, in its bytes, too: no two tokens may have one name.
    """
    known = calls.kept.setdefault("tokens", {})
    missing = [i for i in dict.fromkeys(ids) if i not in known]
    if missing:
        found = unless_refused(lambda: _bytes_of(calls, missing))
        if found is None:  # for now: it is asked again the next time
            return [known.get(i) or _entry(i, None) for i in ids]
        known.update((i, _entry(i, found.get(i))) for i in missing)
    return [known[i] for i in ids]


def _entry(token: int, raw: bytes | None) -> dict:
    if raw is None:
        raw = f"token_id:{token}".encode()
    text = raw.decode(errors="replace")
    return {"id": token, "token": text, "bytes": [] if is_control(text) else list(raw)}


def _bytes_of(calls: Calls, ids: list[int]) -> dict[int, bytes]:
    """{id: bytes} of the tokens whose bytes can be found out."""
    between, mark = separator(calls)
    others = [i for i in ids if i != between]
    texts = dict(zip(others, _texts(calls, [[i] for i in others]), strict=True))
    if between in ids:
        texts[between] = mark
    found = {i: text.encode() for i, text in texts.items() if text and BROKEN not in text}
    broken = [i for i, text in texts.items() if BROKEN in text]
    if broken:
        found |= unless_refused(lambda: _parts_of_characters(calls, broken), {})
    return found


def _parts_of_characters(calls: Calls, ids: list[int]) -> dict[int, bytes]:
    """{id: bytes} of tokens that begin or end inside a character."""
    single = _single_bytes(calls)
    firsts = [next((bytes([b]) for b in bounds if b in single), None) for bounds in FIRST]
    befores = [b"", *(first for first in firsts if first is not None)]
    afters = [after for after in LAST if all(b in single for b in after)]
    tried = list(product(ids, befores, afters))
    rows = [
        [*(single[b] for b in before), i, *(single[b] for b in after)] for i, before, after in tried
    ]

    found = {}
    for (i, before, after), text in zip(tried, _texts(calls, rows), strict=True):
        if BROKEN not in text:
            raw = text.encode()
            found[i] = raw[len(before) : len(raw) - len(after)]
    return found


def _single_bytes(calls: Calls) -> dict[int, int]:
    """{byte: id} of tokens that are one byte of 80 to ff."""
    _, mark = separator(calls)
    body = {"prompt": mark.join(RARE), "return_token_strs": True}

    def read(answer: dict) -> dict[int, int]:
        named = zip(answer["token_strs"], answer["tokens"], strict=True)
        return {_byte(name): i for name, i in named if _byte(name) is not None}

    return calls.post("/tokenize", body, read, root=True)


def _byte(name: str) -> int | None:
    """The byte of 80 to ff that a token's name in the tokenizer stands for; None for any other."""
    if HEX.fullmatch(name):
        byte = int(HEX.fullmatch(name)[1], 16)
        return byte if byte >= 0x80 else None
    return BYTE_NAMES.get(name)


def _byte_names() -> dict[str, int]:
    """{character: byte} of 80 to ff, as GPT-2 and the tokenizers after it write bytes.

    Bytes that Latin-1 prints are that character. The others are U+0100 and on, in their order.
    Source: bytes_to_unicode in openai/gpt-2, src/encoder.py.
    """
    printed = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printed]
    names = {chr(byte): byte for byte in printed}
    names |= {chr(0x100 + place): byte for place, byte in enumerate(others)}
    return {name: byte for name, byte in names.items() if byte >= 0x80}


BYTE_NAMES = _byte_names()


def _texts(calls: Calls, rows: list[list[int]]) -> list[str]:
    """Each row's text. One call for all of them, with a token between that no text contains.

    ValueError, which is an unreadable answer, where the texts cannot be told apart.
    """
    between, mark = separator(calls)
    joined = [between]
    for row in rows:
        joined += [*row, between]

    def read(answer: dict) -> list[str]:
        _, *texts, _ = answer["prompt"].split(mark)
        if len(texts) != len(rows):
            raise ValueError(f"{len(texts)} texts of {len(rows)} tokens")
        return texts

    return calls.post("/detokenize", {"tokens": joined}, read, root=True)


def separator(calls: Calls) -> tuple[int, str]:
    """The first token of the model's template that stands for no text, and its name.

    ValueError, which is an unreadable answer, for a template without one.
    """
    if "separator" not in calls.kept:
        body = {"messages": [{"role": "user", "content": "a"}], "return_token_strs": True}

        def read(answer: dict) -> tuple[int, str]:
            named = zip(answer["tokens"], answer["token_strs"], strict=True)
            marks = [(i, name) for i, name in named if _is_mark(name)]
            if not marks:
                raise ValueError("the model's template has no control token")
            return marks[0]

        calls.kept["separator"] = calls.post("/tokenize", body, read, root=True)
    return calls.kept["separator"]


def _is_mark(name: str) -> bool:
    """Is this the name of a control token in a template: <|im_start|>, <s>, [INST]?"""
    return len(name) > 2 and name[0] + name[-1] in ("<>", "[]") and not HEX.fullmatch(name)
