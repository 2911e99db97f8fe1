"""A model and a cache of llama.cpp's own, beside the server's: token ids in, logits out.

The model's file is mapped, so its weights are in memory once, however often it is loaded.
"""

import ctypes
import os
from collections.abc import Sequence
from ctypes import c_float, c_int8, c_int32
from pathlib import Path

import numpy as np

from samplers.local.engine.logits.library import Batch, Unavailable, strlen
from samplers.local.engine.server import THREADS
from samplers.local.engine.slots import SLICE, shared

ABORTED = 2  # what llama_decode returns after the abort callback said so


# Tokens that the cache holds at first, a power of two. All of it is in memory from the start, 23 kB
# a token, and most prompts of a lesson are short.
FIRST_SIZE = 512


class Aborted(Exception):
    """`Context.stop` was called while tokens were read."""


class Context:
    """A model with a cache for one prompt. Not for two threads at a time, except `stop`.

    `size` is the most tokens that the cache holds until it grows, `cached` are those that it holds
    now, and `vocabulary_size` is V.
    """

    def __init__(self, library: ctypes.CDLL, path: Path, size: int = FIRST_SIZE):
        self._library = library
        self._model = None
        self._context = None
        self.size = size
        self.cached: list[int] = []
        # C calls strlen of these two bytes between two steps of a computation: 0 is "go on", 1 is
        # "stop". A function of Python would have to wait for its lock each time, a thousand times
        # a token.
        self._flag = ctypes.create_string_buffer(2)
        self._strlen = strlen()

        try:
            self._load(path)
        except Unavailable:
            self.close()
            raise

    def _load(self, path: Path) -> None:
        library = self._library
        no_device = ctypes.c_void_p(None)  # an empty list: the CPU alone, as in `server.load`
        params = library.llama_model_default_params()
        params.devices = ctypes.addressof(no_device)
        self._model = library.llama_model_load_from_file(os.fsencode(path), params)
        if not self._model:
            raise Unavailable("llama.cpp's C interface does not load the model")

        vocabulary = library.llama_model_get_vocab(self._model)
        self.vocabulary_size = library.llama_vocab_n_tokens(vocabulary)
        self._open(self.size)

    def _open(self, size: int) -> None:
        """Makes an empty cache in place of the one that is there. On failure that one stays."""
        library = self._library
        params = library.llama_context_default_params()
        params.n_ctx = size
        params.n_batch = SLICE
        params.n_ubatch = SLICE
        params.n_seq_max = 1
        context = library.llama_init_from_model(self._model, params)
        if not context:
            raise Unavailable(f"llama.cpp's C interface makes no context of {size} tokens")
        sizes = (library.llama_n_ctx(context), library.llama_n_ubatch(context))
        if sizes != (size, SLICE):
            library.llama_free(context)
            raise Unavailable("llama.cpp's C interface has changed: its context has another size")

        if self._context:
            library.llama_free(self._context)
        self._context = context
        self._memory = library.llama_get_memory(context)
        self.size = size
        self.cached = []
        # one thread for one token, as in `server.load`, so that it gives the server's numbers
        library.llama_set_n_threads(context, 1, THREADS)
        library.llama_set_abort_callback(context, self._strlen, ctypes.addressof(self._flag))

    def hold(self, size: int) -> None:
        """Makes a larger cache, which is empty, unless this one can hold `size` tokens.

        RuntimeError if llama.cpp makes none; the cache is then as before.
        """
        larger = self.size
        while larger < size:
            larger *= 2
        if larger == self.size:
            return
        try:
            self._open(larger)
        except Unavailable as why:
            raise RuntimeError(str(why)) from None

    def close(self) -> None:
        """Frees the cache and the model. Nothing else may be called afterwards."""
        if self._context:
            self._library.llama_free(self._context)
            self._context = None
        if self._model:
            self._library.llama_model_free(self._model)
            self._model = None

    def stop(self) -> None:
        """Makes the `read` that runs in another thread, or the next one, end with Aborted."""
        self._flag[0] = 1

    def go_on(self) -> None:
        """Takes `stop` back."""
        self._flag[0] = 0

    def keep(self, tokens: Sequence[int], most: int) -> int:
        """How many of the prompt's first tokens are cached, `most` at most; forgets all others.

        The next `read` begins there.
        """
        begin = min(shared(self.cached, tokens), most)
        if begin < len(self.cached):
            self._forget(begin)
        return len(self.cached)

    def _forget(self, begin: int) -> None:
        """Removes the tokens from place `begin` on, or all where a model cannot remove some."""
        if not self._library.llama_memory_seq_rm(self._memory, 0, begin, -1):
            self._library.llama_memory_clear(self._memory, True)
            begin = 0
        del self.cached[begin:]

    def read(self, tokens: Sequence[int], wanted: Sequence[int] = ()) -> None:
        """Reads more tokens, at most SLICE, after those that are cached.

        `wanted` are indices into `tokens`: `logits` has what the model gives after those, until the
        next `read`. ValueError for a number of tokens that cannot be read, Aborted after `stop`,
        RuntimeError if llama.cpp fails. After an error the cache is as before.
        """
        begin = len(self.cached)
        count = len(tokens)
        if not 1 <= count <= SLICE:
            raise ValueError(f"from 1 to {SLICE} tokens can be read at a time, got {count}")
        if begin + count > self.size:
            raise ValueError(
                f"the context holds {self.size} tokens; {begin} and {count} more are "
                f"{begin + count}"
            )
        if not all(0 <= token < self.vocabulary_size for token in tokens):
            raise ValueError(f"a token's id must be in [0, {self.vocabulary_size - 1}]")

        wants = (c_int8 * count)()
        for index in wanted:
            wants[index] = 1
        batch = Batch(
            n_tokens=count,
            token=(c_int32 * count)(*tokens),
            pos=(c_int32 * count)(*range(begin, begin + count)),
            logits=wants,
        )
        code = self._library.llama_decode(self._context, batch)
        if code != 0:
            self._forget(begin)
            if code == ABORTED:
                raise Aborted
            raise RuntimeError(f"llama_decode returned {code}")

        self.cached += tokens

    def logits(self, index: int) -> np.ndarray:
        """The logits after a token that was wanted at the last `read`: a copy, float32 of (V,)."""
        row = self._library.llama_get_logits_ith(self._context, index)
        if not row:
            raise RuntimeError(f"llama.cpp has no logits for token {index} of the slice")
        address = ctypes.addressof(row.contents)
        return np.array((c_float * self.vocabulary_size).from_address(address), np.float32)

    def save(self) -> tuple[list[int], np.ndarray]:
        """The cached tokens and what the cache holds of them, for `restore`."""
        state = np.empty(self._library.llama_state_seq_get_size(self._context, 0), np.uint8)
        size = self._library.llama_state_seq_get_data(
            self._context, state.ctypes.data, state.size, 0
        )
        if size != state.size:
            raise RuntimeError(f"llama.cpp saved {size} of {state.size} bytes of its cache")
        return list(self.cached), state

    def restore(self, tokens: list[int], state: np.ndarray) -> None:
        """Makes the cache what it was when it was saved."""
        self._forget(0)
        size = self._library.llama_state_seq_set_data(
            self._context, state.ctypes.data, state.size, 0
        )
        if size != state.size:
            self._forget(0)
            raise RuntimeError(f"llama.cpp restored {size} of {state.size} bytes of its cache")
        self.cached = list(tokens)
