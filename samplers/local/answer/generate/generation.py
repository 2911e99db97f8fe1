"""One primitive: a choice's tokens as the engine draws them.

Plain and streamed answers are both made from it.
"""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from math import inf, log
from secrets import token_hex

from samplers.local.answer.generate import recover
from samplers.local.answer.generate.given_up import given_up, is_whole
from samplers.local.answer.generate.sampling import (
    all_penalty_biases,
    engine_body,
    grammar_body,
    guarded,
    listed,
    penalty_biases,
)
from samplers.local.engine.grammars.grammar import of_token
from samplers.local.engine.grammars.guard import GUARD, guard_id
from samplers.local.engine.logits.reader import Row
from samplers.local.engine.seed import engine_seed
from samplers.local.engine.slots import Slot
from samplers.local.request.job import Choice, Job

AT_ONCE = 64  # the most tokens of an answer that the engine is asked for in one piece


@dataclass(slots=True)
class Token:
    """A drawn token.

    `top_logprobs` lists (id, logprob), the most probable first. It and `logprob` are None if the
    request does not ask for them. `row` are the logits before it, where the request asks for those.
    """

    id: int
    logprob: float | None = None
    top_logprobs: list[tuple[int, float]] | None = None
    row: Row | None = None


class Generation:
    """A choice while it is generated: `ids` are its tokens so far, with the continued ones.

    `cached` is the number of the prompt's tokens that the slot had already read; None at first.
    """

    def __init__(self, job: Job, choice: Choice, slot: Slot):
        self.job = job
        self.choice = choice
        self.slot = slot
        self.cached: int | None = None
        self.engine = job.model.engine
        self.ids = list(job.request.continued)
        self._name = token_hex(8)  # of this answer, for the trial of grammars
        self.body = engine_body(job.request, job.model.settings)
        if choice.grammar is not None:
            self.body |= grammar_body(job, choice.grammar)

    async def tokens(self) -> AsyncIterator[Token]:
        """Draws at most `job.limit` tokens, or none; the last may be one of `job.ends`.

        Close it to stop the engine. The same seed gives the same tokens. With a grammar the choice
        keeps to it. The engine may give up a very complex grammar: ApiError (500).
        """
        if self.job.limit < 1:
            return
        self.cached = await self.engine.read(self.slot, self.job.prompt + self.ids)
        try:
            async with aclosing(self._drawn()) as drawn:
                async for token in drawn:
                    if self.choice.grammar is not None:
                        self._check_grammar(token)
                    yield token
                    if token.id in self.job.ends:
                        return
        finally:
            self.slot.tokens = self.job.prompt + self.ids

    def _check_grammar(self, token: Token) -> None:
        """ApiError if `token` shows that the grammar is no longer in force."""
        ends = token.id in self.engine.stop_ids
        if not ends and token.id != guard_id(self.engine):
            return
        text = self.text().removesuffix(GUARD.decode())
        if not (ends and is_whole(text)):
            raise given_up(text)

    def _drawn(self) -> AsyncIterator[Token]:
        """The tokens, by the quickest kind of call that the request allows."""
        request = self.job.request
        extensions = request.extensions
        changes = extensions.ignore_eos or extensions.min_tokens  # the engine's own would differ
        if self.job.limit == 1 or self._penalised() or changes:
            return self._one_by_one()
        stops = self.choice.stops or extensions.stop_token_ids
        long = self.job.limit > AT_ONCE
        if long or request.stream or stops or request.top_logprobs is not None:
            return self._streamed()
        return self._at_once()

    async def _one_by_one(self) -> AsyncIterator[Token]:
        """One call to the engine for each token."""
        for step in range(self.job.limit):
            body = self._request(1, step)
            banned = self.job.banned(len(self.ids))
            if self._penalised() or banned:
                body |= await self._penalties(banned)
            answer = await self.engine.complete(body)
            yield await self._add(answer["tokens"][0], answer)

    def _penalised(self) -> bool:
        """Whether the answer has OpenAI's penalties, which the engine's own are not."""
        request = self.job.request
        penalised = request.frequency_penalty or request.presence_penalty
        return bool(penalised) and self.job.model.settings.order != "llama.cpp"

    async def _penalties(self, banned: frozenset[int]) -> dict:
        """What OpenAI's penalties, which count the answer only, change in a request for a token.

        They become biases, and so does what is `banned`. A repetition penalty that comes before
        them does, too. A grammar begins anew at each call, so it becomes that of one token.
        """
        changes = {}
        if self._penalised() and self.job.needs_logits:
            row = await self.job.model.logits.after(self.job.prompt + self.ids)
            biases = all_penalty_biases(self.job, self.ids, row.logits)
            changes["repeat_penalty"] = 1.0
        else:
            biases = penalty_biases(self.job.request, self.ids)
        biases |= dict.fromkeys(banned, -inf)
        if self.choice.grammar is None:
            return changes | {"logit_bias": listed(biases)}
        try:
            allowed, ends = await self.engine.trials.allowed(
                self.choice.grammar, self._name, self.ids
            )
        except ValueError:
            raise given_up(self.text()) from None
        mask = {"grammar": of_token(allowed, ends), "logit_bias": guarded(self.job, biases)}
        return changes | mask

    def text(self) -> str:
        """The text of the tokens so far; bytes that are no whole character are U+FFFD."""
        token_bytes = self.engine.vocabulary.token_bytes
        return b"".join(token_bytes[token] for token in self.ids).decode(errors="replace")

    async def _at_once(self) -> AsyncIterator[Token]:
        """One call for the whole answer, which comes at its end, without logprobs.

        This is 1 to 3 % quicker than a stream, and more where a stream's lost tokens need second
        calls (a third less time for a Japanese prompt). But the engine stops for a client that has
        gone only after a second in which it answered nobody else.
        """
        answer = await self.engine.complete(self._request(self.job.limit))
        for token in answer["tokens"]:
            yield await self._add(token, answer)

    async def _streamed(self) -> AsyncIterator[Token]:
        """One call for the whole answer, token by token.

        The engine's events leave out a token that ends inside a character, and the next ones up to
        the character's end. They are recovered when the next event comes: from its text or, where
        the text is ambiguous, by a second call. This is the same call but not streamed, so it lists
        all tokens. It asks for twice as many as are needed now, so that few such calls are made.
        """
        start = len(self.ids)
        body = self._request(self.job.limit)
        listed: list[int] = []  # the tokens of the last such call

        async with aclosing(self.engine.stream(body)) as events:
            async for event in events:
                last = event["tokens"]  # the final event brings no token
                known = len(self.ids) - start
                end = event["tokens_predicted"] - len(last)
                lost = recover.tokens_from_text(
                    self.engine.vocabulary, event["content"], last, end - known
                )
                if lost is None:
                    if len(listed) < end:
                        listed = await self._listed(body, 2 * event["tokens_predicted"])
                    lost = listed[known:end]
                for token in [*lost, *last[:1]]:
                    yield await self._add(token, event)

    async def _listed(self, body: dict, count: int) -> list[int]:
        """The first `count` tokens of the answer to `body`."""
        count = min(self.job.limit, count)
        async with self.engine.slots.side() as slot:
            await self.engine.read(slot, body["prompt"])
            call = {"id_slot": slot.id, "n_predict": count, "n_probs": 0}
            answer = await self.engine.complete(body | call)
            slot.tokens = body["prompt"] + answer["tokens"]
        return answer["tokens"]

    def _request(self, count: int, step: int = 0) -> dict:
        """The engine's request for the next `count` tokens."""
        return self.body | {
            "prompt": self.job.prompt + self.ids,
            "id_slot": self.slot.id,
            "n_predict": count,
            "seed": engine_seed(self.choice.seed, step),
        }

    async def _add(self, token: int, answer: dict) -> Token:
        """The Token for an id in the engine's answer; appends the id to `ids`."""
        if self.cached is None:
            self.cached = answer["timings"]["cache_n"]
        result = Token(token)
        top = self.job.request.top_logprobs
        if top is not None:
            result.logprob, result.top_logprobs = await self._logprobs(token, answer)
            del result.top_logprobs[top:]
        self.ids.append(token)
        return result

    async def _logprobs(self, token: int, answer: dict) -> recover.Logprobs:
        """From the engine's answer if it has them, else recovered."""
        for entry in answer.get("completion_probabilities", ()):
            if entry["id"] == token:
                return entry_logprobs(entry)
        if self.choice.grammar is not None and self.job.model.settings.processed:
            # Only the engine knows the grammar's mask, so these cannot be recovered.
            return float("-inf"), []
        return await recover.token_logprobs(self.job, self.ids, token)


def entry_logprobs(entry: dict) -> recover.Logprobs:
    """The logprobs in the engine's entry for one token.

    After the chain the entry has probabilities; tokens that the chain removed are left out.
    """
    if "prob" not in entry:
        top = [(item["id"], item["logprob"]) for item in entry["top_logprobs"]]
        return entry["logprob"], top
    top = [(item["id"], log(item["prob"])) for item in entry["top_probs"] if item["prob"] > 0]
    return log(entry["prob"]) if entry["prob"] > 0 else float("-inf"), top
