"""A tree of continuations, grown token by token from any model: by chance, by hand or forced.

Plain data and numbers, no widget. The tree remembers only which tokens were visited. Probabilities
are always those of the present parameters: change them, and every visited text has a new one.
`max_tokens` and `stop` end nothing here, because whoever steps decides when to stop. A stop token
ends a text.
"""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from samplers.chain import Chain
from samplers.checks import instance, is_number, number, shown
from samplers.distribution import Distribution, softmax
from samplers.draw import draw, seeded
from samplers.generate import check_parts, next_logits
from samplers.lab.stepper.step import Chance, Step
from samplers.lab.stepper.vocabulary import Vocabulary
from samplers.params import SamplingParams
from samplers.penalties import as_ids, check_raw_logits


@dataclass(eq=False, repr=False)
class Node:
    """One visited token, or the root, which is no token but the prompt's end."""

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
    """The visited tokens, the current one (`now`), the parameters, and the random generator.

    The arguments are those of `generate`. `model(ids) -> logits (V,)` is called at most once for
    each text, and only when its answer is needed. `params.seed` seeds the generator: the same
    actions give the same tree, and steps by chance alone give the text that `generate` gives with
    that seed. `force` needs `tokenize(text) -> ids`; None: the longest token that fits, each time.
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
        params = SamplingParams() if params is None else params
        chain = Chain.for_engine("openai") if chain is None else chain
        check_parts(model, params, vocabulary, stop_tokens, chain)
        V = len(vocabulary)
        self.model = model
        self.prompt = tuple(as_ids(prompt, V, "prompt tokens").tolist())
        self.vocabulary = Vocabulary(vocabulary, tokenize)
        self.stop_tokens = frozenset(as_ids(list(stop_tokens), V, "stop_tokens").tolist())
        self.chain = chain

        # by path: after a restart the model is not called again
        self._logits: dict[tuple[int, ...], np.ndarray] = {}
        self.params = params
        self.restart(self.params.seed)

    def restart(self, seed: int | None = None) -> None:
        """Forget every visit and seed the generator anew; None: differently each time."""
        self.rng = seeded(seed)
        self.params = self.params.replace(seed=seed)
        self.root = self.now = Node(None, None, 0)
        self.nodes = [self.root]  # in the order of visits

    @property
    def params(self) -> SamplingParams:
        """The sampling parameters. Set new ones, and every probability follows.

        Their seed counts only at the beginning.
        """
        return self._params

    @params.setter
    def params(self, params: SamplingParams) -> None:
        instance(params, "params", SamplingParams, "a SamplingParams")
        check_raw_logits(self.model, params.repetition_penalty)
        self._params = params
        self._processed: dict[Node, np.ndarray] = {}  # logits

    # Where one is

    @property
    def path(self) -> tuple[int, ...]:
        """Token ids from the prompt's end to the current token, a stop token included."""
        return self.now.path

    @property
    def text(self) -> str:
        """The text up to the current token."""
        return self.text_of(self.now)

    def text_of(self, node: Node) -> str:
        """The text up to `node`, without a stop token."""
        instance(node, "node", Node, "a node of this tree")
        return self.vocabulary.text(t for t in node.path if t not in self.stop_tokens)

    def nodes_to(self, node: Node) -> list[Node]:
        """The nodes from the root to `node`, both included."""
        return [*(self.nodes_to(node.parent) if node.parent else ()), node]

    def label(self, token: int, limit: int = 18) -> str:
        """A token as the pictures write it, at most `limit` columns wide."""
        return self.vocabulary.label(self._id(token), limit)

    def ended(self, node: Node | None = None) -> bool:
        """True after a stop token. None: the current node."""
        return (node or self.now).token in self.stop_tokens

    # What can come next, and how probable it is

    def logits(self, node: Node) -> np.ndarray | Distribution:
        """The model's logits (V,) for the token after `node`, or the Distribution that it gave."""
        instance(node, "node", Node, "a node of this tree")
        self._check_not_ended(node)
        path = node.path

        if path not in self._logits:
            V = len(self.vocabulary)
            self._logits[path] = next_logits(self.model, [*self.prompt, *path], V)
        return self._logits[path]

    def counts(self, node: Node) -> dict[str, np.ndarray]:
        """`Chain.counts` at `node`: what this engine's penalties count, each (V,)."""
        return self.chain.counts(self.prompt, node.path, len(self.vocabulary))

    def processed(self, node: Node) -> np.ndarray:
        """The logits (V,) that the token after `node` is drawn from."""
        instance(node, "node", Node, "a node of this tree")
        if node not in self._processed:
            logits = self.logits(node)
            self._processed[node] = self.chain.apply(logits, self.params, self.counts(node))
        return self._processed[node]

    def current_step(self) -> Step:
        """What can come next now: the model's distribution, the counts, and every stage."""
        logits = self.logits(self.now)
        counts = self.counts(self.now)
        stages = self.chain.trace(logits, self.params, counts)
        raw = all(getattr(source, "raw_logits", True) for source in (self.model, logits))
        return Step(self.vocabulary.distribution(logits, raw), counts, stages)

    def chance(self, node: Node) -> Chance:
        """The probability of `node`'s token after its parent; 1 for the root."""
        if node.parent is None:
            return Chance(1.0, 1.0)
        return self.chance_of(node.parent, node.token)

    def chance_of(self, node: Node, token: int) -> Chance:
        """The probability of `token` after `node`."""
        token = self._id(token)
        processed = softmax(self.processed(node))
        raw = softmax(self.logits(node))
        return Chance(float(processed[token]), float(raw[token]))

    def text_chance(self, node: Node | None = None) -> Chance:
        """The probability of the whole text up to `node`: the product along its path.

        None: the current node.
        """
        chances = [self.chance(n) for n in self.nodes_to(node or self.now)]
        return Chance(math.prod(c.processed for c in chances), math.prod(c.raw for c in chances))

    def best(self, node: Node, n: int, unvisited: bool = False) -> list[int]:
        """The `n` tokens after `node` that are most likely to be drawn.

        Removed tokens come after all others, in the order of the model's own probabilities.
        """
        n = number(n, "n", int, 0)
        raw = np.asarray(self.logits(node))
        processed = self.processed(node)
        count = min(n + len(node.children), len(raw))

        # sorting the whole vocabulary would take ten times as long
        first = _among_highest(processed, count) & (processed > -np.inf)
        first = np.flatnonzero(first | _among_highest(raw, count))
        order = first[np.lexsort((-raw[first], -processed[first]))]
        if unvisited:
            order = [i for i in order if i not in node.children]
        return [int(i) for i in order[:n]]

    # Moves

    def step_by_chance(self) -> Node:
        """Draw the next token from the processed distribution and go there."""
        return self._go_on(int(draw(self.processed(self.now), self.rng)))

    def pick(self, token: int | str) -> Node:
        """Go on with a token, by its id or its exact text, even if the chain removed it."""
        if isinstance(token, str):
            return self._go_on(self.vocabulary.id_of(token))

        return self._go_on(self._id(token))

    def force(self, text: str) -> Node:
        """Go on with `text`, whatever its probability, in the tokens of the tokenizer."""
        for token in self.vocabulary.ids_of(text):
            self.pick(token)
        return self.now

    def back(self) -> Node:
        """Go one token back; the tree remembers the token."""
        if self.now.parent is None:
            raise ValueError("this is the start: there is nothing to go back to")
        return self.branch(self.now.parent)

    def branch(self, node: Node | int) -> Node:
        """Go to any visited node, or to its number; the next step from there makes a branch."""
        is_number = isinstance(node, int) and not isinstance(node, bool)
        if is_number and 0 <= node < len(self.nodes):
            node = self.nodes[node]
        if not isinstance(node, Node) or node not in self.nodes:
            numbers = f"[0, {len(self.nodes) - 1}]"
            raise ValueError(
                f"node must be a node of this tree or its number in {numbers}, got {node!r}"
            )

        self.now = node
        return node

    def _id(self, token) -> int:
        """`token` as an id; ValueError for what is none."""
        last = len(self.vocabulary) - 1
        if not is_number(int, token) or not 0 <= token <= last:
            words = f"an id in [0, {last}] or a token's text"
            raise ValueError(f"token must be {words}, got {shown(token)}")
        return int(token)

    def _go_on(self, token: int) -> Node:
        self._check_not_ended(self.now)
        if token not in self.now.children:
            child = Node(token, self.now, len(self.nodes))
            self.now.children[token] = child
            self.nodes.append(child)
        self.now = self.now.children[token]
        return self.now

    def _check_not_ended(self, node: Node) -> None:
        if self.ended(node):
            label = self.label(node.token)
            raise ValueError(f"the text has ended with {label}: go back or branch")

    def __repr__(self) -> str:
        return f"<Tree of {len(self.nodes) - 1} tokens, now at {self.text!r}>"


def _among_highest(values: np.ndarray, count: int) -> np.ndarray:
    """Which of `values` (V,) are among the `count` highest, ties included: bool, (V,)."""
    return values >= np.partition(values, -count)[-count]
