"""One primitive: an answer's tokens as the engine draws them. Plain and streamed answers are both
made from it.
"""

import hashlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from math import log

from samplers.local.answer import recover
from samplers.local.engine.grammar import GUARD_BIAS, guard
from samplers.local.engine.llama_cpp import Engine
from samplers.local.request.chat import ChatRequest

# OpenAI's order, as far as the endpoint shows it: what the engine calls these stages, temperature
# first.
OPENAI_ORDER = ["temperature", "top_p"]
LLAMA_CPP_ORDER = [
    "penalties",
    "dry",
    "top_n_sigma",
    "top_k",
    "typ_p",
    "top_p",
    "min_p",
    "xtc",
    "temperature",
]
GREEDY_BELOW = 1e-5  # as vLLM has it: a smaller temperature would overflow the engine's float32


@dataclass(frozen=True)
class Settings:
    """How this endpoint samples: `order` is "openai" or "llama.cpp"; `processed` returns logprobs
    after the chain.
    """

    order: str = "openai"
    processed: bool = False


@dataclass(slots=True)
class Token:
    """A drawn token. `logprob` and `top` ((id, logprob), most probable first) are None if nobody
    asked for them; `cached` is the number of prompt tokens that the engine had already read.
    """

    id: int
    logprob: float | None = None
    top: list[tuple[int, float]] | None = None
    cached: int = 0


def seed_for(seed: int, step: int = 0) -> int:
    """The engine's 32-bit seed for an answer's seed (any integer) and step; never its own "random",
    2**32 - 1.
    """
    digest = hashlib.blake2b(f"{seed}/{step}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % (2**32 - 1)


def engine_body(request: ChatRequest, settings: Settings) -> dict:
    """The engine's request, with every sampling parameter named: its own defaults, and a model
    file's, never show.
    """
    llama_cpp = settings.order == "llama.cpp"
    return {
        "samplers": LLAMA_CPP_ORDER if llama_cpp else OPENAI_ORDER,
        "temperature": request.temperature if request.temperature >= GREEDY_BELOW else 0.0,
        "top_p": request.top_p,
        "frequency_penalty": request.frequency_penalty if llama_cpp else 0.0,
        "presence_penalty": request.presence_penalty if llama_cpp else 0.0,
        "repeat_last_n": 64,
        "repeat_penalty": 1.0,
        "logit_bias": list(request.logit_bias.items()),
        "top_k": 0,
        "min_p": 0.0,
        "min_keep": 0,
        "typical_p": 1.0,
        "top_n_sigma": -1.0,
        "xtc_probability": 0.0,
        "dry_multiplier": 0.0,
        "dynatemp_range": 0.0,
        "mirostat": 0,
        "adaptive_target": -1.0,
        "ignore_eos": False,
        "n_keep": 0,
        "n_probs": 0 if request.top is None else max(1, request.top),
        "post_sampling_probs": settings.processed,
        "cache_prompt": True,
        "return_tokens": True,
        "timings_per_token": True,
    }


def grammar_body(
    engine: Engine, settings: Settings, request: ChatRequest, prompt: list[int], grammar: str
) -> dict:
    """What changes in the engine's request for an answer that keeps to a grammar.

    The engine has to make it in one call, so OpenAI's frequency penalty, which counts the answer
    only, is the engine's, which counts the prompt too, with the prompt's part given back as biases.
    (presence_penalty has no such way.)
    """
    biases, changed = dict(request.logit_bias), {}
    if request.frequency_penalty and settings.order == "openai":
        for token, count in Counter(prompt).items():
            biases[token] = biases.get(token, 0.0) + request.frequency_penalty * count
        changed = {"samplers": ["penalties", *OPENAI_ORDER], "repeat_last_n": engine.context}
        changed["frequency_penalty"] = request.frequency_penalty
    biases[guard(engine)] = GUARD_BIAS
    return changed | {"grammar": grammar, "logit_bias": list(biases.items())}


async def tokens(
    engine: Engine,
    settings: Settings,
    request: ChatRequest,
    prompt: list[int],
    limit: int,
    seed: int,
    grammar: str | None = None,
    at_once: bool = False,
) -> AsyncIterator[Token]:
    """Draws at most `limit` tokens after `prompt` + `request.continued`; the last may be one of
    `engine.stop_ids`.

    Close it to stop the engine. `seed` is any integer; the same one gives the same tokens. With a
    `grammar` the answer keeps to it; should the engine give it up, which a very complex one can
    bring about, no more tokens come. `at_once`: nobody waits for the first ones. Then the engine is
    left alone until it has them all, which is quicker, as its threads do not share their processors
    with a reader of each token.
    """
    answer = Answer(engine, settings, request, prompt, seed, grammar)
    penalised = request.frequency_penalty or request.presence_penalty
    one_by_one = limit == 1 or (penalised and settings.order == "openai" and not grammar)
    way = answer.step_by_step if one_by_one else answer.at_once if at_once else answer.streamed
    async with aclosing(way(limit)) as drawn:
        async for token in drawn:
            if grammar and token.id == guard(engine):
                return
            yield token
            if token.id in engine.stop_ids:
                return


class Answer:
    """One answer while it grows: `ids` are its tokens so far, the continued ones included."""

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        request: ChatRequest,
        prompt: list[int],
        seed: int,
        grammar: str | None = None,
    ):
        self.engine, self.settings, self.request, self.prompt, self.seed = (
            engine,
            settings,
            request,
            prompt,
            seed,
        )
        self.grammar = grammar
        self.ids = list(request.continued)
        self.body = engine_body(request, settings)
        if grammar:
            self.body |= grammar_body(engine, settings, request, prompt, grammar)

    async def step_by_step(self, limit: int) -> AsyncIterator[Token]:
        """One call to the engine for each token. OpenAI's penalties, which count the answer only,
        go in as biases.
        """
        for i in range(limit):
            body = self.body | {
                "prompt": self.prompt + self.ids,
                "n_predict": 1,
                "seed": seed_for(self.seed, i),
            }
            if self.settings.order == "openai" and not self.grammar:
                body["logit_bias"] = list(self.biases().items())
            answer = await self.engine.complete(body)
            yield await self.drawn(answer["tokens"][0], answer)

    async def at_once(self, limit: int) -> AsyncIterator[Token]:
        """One call for the whole answer, which comes at its end; without logprobs."""
        answer = await self.engine.complete(self._request(limit))
        for token in answer["tokens"]:
            yield await self.drawn(token, answer)

    async def streamed(self, limit: int) -> AsyncIterator[Token]:
        """One call for the whole answer, token by token.

        The engine's events leave out a token whose text ends inside a character, and those up to
        its end: they are recovered when the next event comes. Where the text alone does not tell
        them a second call does, the same one but not streamed, for that names all tokens: twice as
        many as are needed now, so that repeats stay few.
        """
        start, body, told = len(self.ids), self._request(limit), []
        async with aclosing(self.engine.stream(body)) as events:
            async for event in events:
                known, count = len(self.ids) - start, event["tokens_predicted"]
                last = event["tokens"]  # none in the final event, which brings no token
                end = count - len(last)
                lost = recover.from_text(
                    self.engine.vocabulary, event["content"], last, end - known
                )
                if lost is None:
                    if len(told) < end:
                        again = body | {"n_predict": min(limit, 2 * count), "n_probs": 0}
                        told = (await self.engine.complete(again))["tokens"]
                    lost = told[known:end]
                for token in [*lost, *last[:1]]:
                    yield await self.drawn(token, event)

    def _request(self, limit: int) -> dict:
        return self.body | {
            "prompt": self.prompt + self.ids,
            "n_predict": limit,
            "seed": seed_for(self.seed),
        }

    async def drawn(self, token: int, answer: dict) -> Token:
        """The Token for an id, from the engine's answer if that tells its logprobs, and one more
        place in `ids`.
        """
        result = Token(token, cached=answer.get("timings", {}).get("cache_n", 0))
        if self.request.top is not None:
            told = next(
                (p for p in answer.get("completion_probabilities", ()) if p["id"] == token), None
            )
            if told:
                result.logprob, result.top = read(told)
            elif self.grammar and self.settings.processed:
                # the mask is the engine's: what is not told stays so
                result.logprob, result.top = float("-inf"), []
            else:
                result.logprob, result.top = await recover.logprobs(self, token)
            del result.top[self.request.top :]
        self.ids.append(token)
        return result

    def biases(self) -> dict[int, float]:
        """logit_bias with the frequency and presence penalties of the answer so far taken off."""
        request, biases = self.request, dict(self.request.logit_bias)
        if request.frequency_penalty or request.presence_penalty:
            for token, count in Counter(self.ids).items():
                penalty = request.frequency_penalty * count + request.presence_penalty
                biases[token] = biases.get(token, 0.0) - penalty
        return biases


def read(told: dict) -> tuple[float, list[tuple[int, float]]]:
    """The engine's entry for one token -> its logprob and the top ones. After the chain it names
    probabilities; tokens that the chain removed are left out.
    """
    if "prob" in told:
        top = [(item["id"], log(item["prob"])) for item in told["top_probs"] if item["prob"] > 0]
        return log(told["prob"]) if told["prob"] > 0 else float("-inf"), top
    return told["logprob"], [(item["id"], item["logprob"]) for item in told["top_logprobs"]]
