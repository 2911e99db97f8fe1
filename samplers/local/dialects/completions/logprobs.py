"""The `logprobs` of a completion: four arrays with an entry for each token."""

import codecs

from samplers.local.answer.generate.generation import Token
from samplers.local.engine.vocabulary import Vocabulary
from samplers.wire.logprobs import UNSEEN_LOGPROB


class Logprobs:
    """Makes the arrays of one choice, piece by piece; each goes on where the last one ended.

    Offsets count characters from the beginning of the prompt. A character that several tokens make
    up is counted with the last of them. `by_id`: "token_id:123" is a token's name, as vLLM can
    name it.
    """

    def __init__(self, vocabulary: Vocabulary, by_id: bool = False):
        self._vocabulary = vocabulary
        self._by_id = by_id
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._characters = 0

    def skip(self, data: bytes) -> None:
        """A text that comes before what is shown."""
        self._offset(data)

    def arrays(self, tokens: list[Token], named: bool) -> dict[str, list]:
        """The arrays for more tokens. `named`: control tokens stand in the text by their names."""
        labels = [self._label(token.id, named) for token in tokens]
        return {
            "tokens": labels,
            "token_logprobs": [_own(token) for token in tokens],
            "top_logprobs": [
                self._top(token, label) for token, label in zip(tokens, labels, strict=True)
            ],
            "text_offset": [self._offset(self._data(token.id, named)) for token in tokens],
        }

    def _name(self, token: int) -> str:
        return f"token_id:{token}" if self._by_id else self._vocabulary.text(token)

    def _label(self, token: int, named: bool) -> str:
        if self._by_id:
            return self._name(token)
        if token in self._vocabulary.control and not named:
            return ""
        return self._vocabulary.text(token)

    def _data(self, token: int, named: bool) -> bytes:
        if token in self._vocabulary.control and named:
            return self._vocabulary.control[token].encode()
        return self._vocabulary.token_bytes[token]

    def _top(self, token: Token, label: str) -> dict[str, float] | None:
        """The most probable tokens, and the token itself, which need not be one of them."""
        if token.logprob is None:
            return None
        others = [(self._name(i), logprob) for i, logprob in token.top_logprobs if i != token.id]
        listed = [(label, token.logprob), *others]
        listed.sort(key=lambda each: -each[1])
        return {name: max(logprob, UNSEEN_LOGPROB) for name, logprob in listed}

    def _offset(self, data: bytes) -> int:
        begin = self._characters
        self._characters += len(self._decoder.decode(data))
        return begin


def _own(token: Token) -> float | None:
    return None if token.logprob is None else max(token.logprob, UNSEEN_LOGPROB)
