"""A prompt that each choice repeats: its arrays are made once, and not in the event loop."""

import asyncio
import threading
from types import SimpleNamespace

from samplers.local.answer.generate.generation import Token
from samplers.local.dialects.completions import answer
from samplers.local.dialects.completions.logprobs import Logprobs
from samplers.local.dialects.completions.pieces import Piece
from samplers.local.dialects.completions.prompts import Prompt
from samplers.local.engine.vocabulary import Vocabulary

VOCABULARY = Vocabulary("", (b"a", b"bc", "é".encode()[:1], "é".encode()[1:]), {})
PROMPT = [Token(0), Token(1, -1.0, [(1, -1.0)]), Token(2, -2.0, [])]
N = 3


def test_once_for_all_choices(monkeypatch):
    threads = []
    real = Logprobs.arrays

    def arrays(self, tokens, named):
        if tokens == PROMPT:
            threads.append(threading.current_thread())
        return real(self, tokens, named)

    async def pieces(completion):
        for index in range(N):
            yield Piece(index, "abc", PROMPT, is_prompt=True)
        for index in range(N):
            yield Piece(index, "é", [Token(3, -3.0, [])])
            yield Piece(index, "a", [Token(0, -4.0, [])], finish_reason="length")
        yield {"total_tokens": 5}

    monkeypatch.setattr(Logprobs, "arrays", arrays)
    monkeypatch.setattr(answer, "pieces", pieces)
    engine = SimpleNamespace(vocabulary=VOCABULARY)
    extensions = SimpleNamespace(return_tokens_as_token_ids=False, prompt_logprobs=None)
    sampling = SimpleNamespace(extensions=extensions)
    completion = SimpleNamespace(
        asked=SimpleNamespace(logprobs=1, n=N, sampling=sampling),
        jobs=[
            SimpleNamespace(
                model=SimpleNamespace(engine=engine, id="m", fingerprint="f"),
                request=sampling,
            )
        ],
        prompt=lambda number: Prompt([0, 1, 2], None),
    )
    body = asyncio.run(answer.whole(completion, lambda usage: None))

    assert len(threads) == 1
    assert threads[0] is not threading.main_thread()
    for choice in body["choices"]:
        assert choice["text"] == "abcéa"
        # a character that two tokens make up is counted with the second, which is a choice's own
        assert choice["logprobs"]["text_offset"] == [0, 1, 3, 3, 4]
        assert choice["logprobs"]["token_logprobs"] == [None, -1.0, -2.0, -3.0, -4.0]
