"""A tree of continuations: token by token from any model, by chance, by hand or forced; back and
branch.

Plain data and numbers, no widget. It only remembers where one has been: every probability is that
of the present parameters, so that changing them shows what the same texts would then have been
worth. `max_tokens` and `stop` end nothing here: whoever steps decides when to stop. A stop token
ends a text.
"""

import math
import operator
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from samplers.chain import Chain
from samplers.distribution import Distribution, log_softmax, softmax
from samplers.draw import draw
from samplers.lab.plots.labels import token_label
from samplers.lab.stepper.step import Chance, Step
from samplers.lab.stepper.text import longest_match
from samplers.params import SamplingParams
from samplers.penalties import token_counts
from samplers.wire.tokens import as_text


@dataclass(eq=False, repr=False)
class Node:
    """One visited token, or the root, which is no token: the prompt's end."""

    token: int | None  # id; None at the root
    parent: "Node | None"
    number: int  # in the order of visits, 0 is the root
    children: dict[int, "Node"] = field(default_factory=dict)  # by token id

    @property
    def path(self) -> tuple[int, ...]:
        """Token ids from the root to here."""
        return () if self.parent is None else (*self.parent.path, self.token)

    def __repr__(self) -> str:
        return f"<Node {self.number}: {list(self.path)}>"


class Tree:
    """The tree, where one stands in it (`now`), the parameters and the generator of chance.
    Arguments as `generate`.

    `model(ids) -> logits (V,)` is asked once a text, and only when its answer is needed.
    `params.seed` seeds chance: the same actions give the same tree, and steps by chance alone give
    the text of `generate` with that seed. `tokenize(text) -> ids` is for `force`; None takes the
    longest token of the vocabulary that fits, again and again.
    """

    def __init__(
        self,
        model: Callable[[Sequence[int]], np.ndarray],
        prompt: Sequence[int],
        params: SamplingParams | None = None,
        *,
        vocabulary: Sequence[str | bytes],
        stop_tokens: Collection[int] = (),
        chain: Chain | None = None,
        tokenize: Callable[[str], Sequence[int]] | None = None,
    ):
        self.model, self.prompt, self.stop_tokens = model, tuple(prompt), frozenset(stop_tokens)
        self.bytes = tuple(v.encode() if isinstance(v, str) else bytes(v) for v in vocabulary)
        self.tokens = tuple(b.decode("utf-8", "replace") for b in self.bytes)
        token_counts(self.prompt, len(self.bytes))  # an error for what is not an id
        self.chain = chain or Chain.for_engine("openai")
        self.tokenize = tokenize or (lambda text: longest_match(text, self.bytes))
        # by path: a new beginning need not ask again
        self._logits: dict[tuple[int, ...], np.ndarray] = {}
        self.params = params or SamplingParams()
        self.restart(self.params.seed)

    def restart(self, seed: int | None = None) -> None:
        """Forget every visit and seed chance anew (None: differently each time)."""
        self.params = self.params.replace(seed=seed)
        self.rng = np.random.default_rng(None if seed is None else abs(seed))
        self.root = self.now = Node(None, None, 0)
        self.nodes = [self.root]  # in the order of visits

    @property
    def params(self) -> SamplingParams:
        """The sampling parameters; set them and every probability follows. Their seed counts only
        at the beginning.
        """
        return self._params

    @params.setter
    def params(self, params: SamplingParams) -> None:
        self._params = params
        self._processed: dict[Node, np.ndarray] = {}  # logits

    @property
    def path(self) -> tuple[int, ...]:
        """Token ids from the prompt's end to where one stands, a stop token too."""
        return self.now.path

    @property
    def text(self) -> str:
        """The text up to where one stands."""
        return self.text_of(self.now)

    def text_of(self, node: Node) -> str:
        """The text up to `node`, without a stop token. Bytes that make no whole character are
        written ⟨e4 bd⟩.
        """
        return as_text(
            b"".join(self.bytes[token] for token in node.path if token not in self.stop_tokens)
        )

    def nodes_to(self, node: Node) -> list[Node]:
        """The nodes from the root to `node`, both with."""
        return [*(self.nodes_to(node.parent) if node.parent else ()), node]

    def label(self, token: int, limit: int = 18) -> str:
        """A token as the pictures write it: ␣ for a space, ⟨e4⟩ for half a character."""
        return token_label(self.tokens[token], self.bytes[token], limit)

    def ended(self, node: Node | None = None) -> bool:
        """True after a stop token."""
        return (node or self.now).token in self.stop_tokens

    def logits(self, node: Node | None = None) -> np.ndarray:
        """The model's logits (V,) for the token after `node` (None: where one stands); asked once,
        then kept.
        """
        node = node or self.now
        if self.ended(node):
            raise ValueError(f"the text has ended with {self.label(node.token)}: go back or branch")
        path = node.path
        if path not in self._logits:
            # a copy: a model may use its buffer again
            logits = np.array(self.model([*self.prompt, *path]))
            if logits.shape != (len(self.bytes),):
                raise ValueError(
                    f"model must return logits of shape ({len(self.bytes)},), got {logits.shape}"
                )
            self._logits[path] = logits
        return self._logits[path]

    def at(self, node: Node | None = None) -> Step:
        """The model's distribution after `node`, what each stage makes of it, and the counts of the
        penalties.
        """
        node = node or self.now
        logits, counts = self.logits(node), self.counts(node)
        ids, V = tuple(range(len(self.bytes))), len(self.bytes)
        distribution = Distribution(
            self.tokens, log_softmax(logits), self.bytes, ids=ids, vocabulary_size=V
        )
        return Step(distribution, counts, self.chain.trace(logits, self.params, counts))

    def counts(self, node: Node) -> dict[str, np.ndarray]:
        """`Chain.counts` at `node`: what this engine's penalties count, each (V,)."""
        return self.chain.counts(self.prompt, node.path, len(self.bytes))

    def processed(self, node: Node | None = None) -> np.ndarray:
        """The logits (V,) that the token after `node` is drawn from."""
        node = node or self.now
        if node not in self._processed:
            self._processed[node] = self.chain.apply(
                self.logits(node), self.params, self.counts(node)
            )
        return self._processed[node]

    def chance(self, node: Node) -> Chance:
        """The probability of `node`'s token after its parent; 1 for the root."""
        if node.parent is None:
            return Chance(1.0, 1.0)
        return self.chance_of(node.parent, node.token)

    def chance_of(self, node: Node, token: int) -> Chance:
        """The probability of `token` after `node`."""
        return Chance(
            float(softmax(self.processed(node))[token]), float(softmax(self.logits(node))[token])
        )

    def text_chance(self, node: Node | None = None) -> Chance:
        """The probability of the whole text up to `node`: the product along its path."""
        processed, raw = zip(*map(self.chance, self.nodes_to(node or self.now)), strict=True)
        return Chance(math.prod(processed), math.prod(raw))

    def best(self, node: Node, n: int, unvisited: bool = False) -> list[int]:
        """The `n` most probable tokens after `node` as drawn from, removed ones by the model's own
        probability.
        """
        order = np.lexsort((-self.logits(node), -self.processed(node)))
        return [
            int(i)
            for i in order[: n + len(node.children)]
            if not (unvisited and i in node.children)
        ][:n]

    def step_by_chance(self) -> Node:
        """Draw the next token from the processed distribution and go there."""
        return self._go_on(int(draw(self.processed(), self.rng)))

    def pick(self, token: int | str) -> Node:
        """Go on with a token by its id, or by its exact text; one that the chain removed can be
        picked too.
        """
        if isinstance(token, str):
            return self._go_on(self._id_of(token))
        V = len(self.bytes)
        try:
            index = operator.index(token)
        except TypeError:
            index = -1
        if isinstance(token, bool) or not 0 <= index < V:
            raise ValueError(
                f"token must be an id in [0, {V - 1}] or a token's text, got {token!r}"
            )
        return self._go_on(index)

    def force(self, text: str) -> Node:
        """Go on with `text`, whatever its probability: the tokens that the tokenizer makes of it by
        itself.
        """
        for token in self.ids_of(text):
            self.pick(token)
        return self.now

    def ids_of(self, text: str) -> list[int]:
        """The tokens of `text` by itself; ValueError for an empty one, and for one that the
        vocabulary cannot write.
        """
        if not isinstance(text, str) or not text:
            raise ValueError(f"text must be a str that is not empty, got {text!r}")
        return [int(i) for i in self.tokenize(text)]

    def back(self, n: int = 1) -> Node:
        """Go `n` tokens back; the tree remembers what was there."""
        depth = len(self.path)
        if not depth:
            raise ValueError("this is the start: there is nothing to go back to")
        if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= depth:
            raise ValueError(f"n must be an integer in [1, {depth}], got {n!r}")
        return self.branch(self.nodes_to(self.now)[-1 - n])

    def branch(self, node: Node | int) -> Node:
        """Go to any visited node (or its number); the next step from there makes a branch."""
        if isinstance(node, int) and not isinstance(node, bool) and 0 <= node < len(self.nodes):
            node = self.nodes[node]
        if not isinstance(node, Node) or node not in self.nodes:
            raise ValueError(
                f"node must be a node of this tree or its number in [0, {len(self.nodes) - 1}], got {node!r}"
            )
        self.now = node
        return node

    def _go_on(self, token: int) -> Node:
        if self.ended():
            raise ValueError(
                f"the text has ended with {self.label(self.now.token)}: go back or branch"
            )
        if token not in self.now.children:
            child = Node(token, self.now, len(self.nodes))
            self.now.children[token] = child
            self.nodes.append(child)
        self.now = self.now.children[token]
        return self.now

    @cached_property
    def _index(self) -> dict[bytes, int]:
        return {piece: i for i, piece in reversed(list(enumerate(self.bytes)))}

    def _id_of(self, text: str) -> int:
        token = self._index.get(text.encode())
        if token is None:
            pieces = self.ids_of(text)
            made = " | ".join(self.label(i) for i in pieces[:8]) + " …" * (len(pieces) > 8)
            problem = f"{text!r}, which the tokenizer splits into {len(pieces)}: {made}. force(text) takes them all"
            raise ValueError(f"token must be one token of the vocabulary, got {problem}")
        return token

    def __repr__(self) -> str:
        return f"<Tree of {len(self.nodes) - 1} tokens, now at {self.text!r}>"
