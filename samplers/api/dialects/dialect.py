"""What is known of a provider's own form of a chat: where it is sent, and how it is translated."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Translated:
    """A body in another form; `lost` has a sentence for each thing that the form cannot say."""

    body: dict
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dialect:
    """One provider's form of a chat, beside OpenAI's Chat Completions.

    `address` is the provider's own root. `path(model, stream)` is where a request is sent below
    the root, `headers(key)` are its headers. `request` makes the provider's request of OpenAI's,
    `answer` makes a chat.completion of the provider's whole answer, and `whole` makes that answer
    of a stream's events, each of them parsed JSON. None of them changes what it is given.
    """

    name: str
    provider: str
    address: str
    path: Callable[[str, bool], str]
    headers: Callable[[str], dict[str, str]]
    request: Callable[[dict], Translated]
    answer: Callable[[dict], Translated]
    whole: Callable[[Iterable[dict]], dict]
