"""What clients do to an endpoint that it must stand: each abuse is a function of a client.

Every one is something that was tried on the endpoint and once stopped it, or stopped the others.
"""

import gzip
import json
import socket
from collections.abc import Callable
from random import Random

import httpx

BANNED_ENDS = {"0": -100, "2": -100, "4": -100}  # so that an answer goes on to its limit
PATIENCE = 5  # seconds, for a client that gives up


class Abuser:
    """A client that sends one abuse after another. `on_answer` gets each answer that it reads."""

    def __init__(self, ready: dict, rng: Random, on_answer: Callable[[httpx.Response], None]):
        self.rng = rng
        self.model = ready["model"]
        self.address = httpx.URL(ready["base_url"])
        self.key = ready["api_key"]
        self._on_answer = on_answer
        self._client = httpx.Client(
            base_url=ready["base_url"],
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=300,
        )

    def post(self, timeout: float = 300, path: str = "/chat/completions", **options) -> None:
        """Sends one request and reads its answer."""
        try:
            self._on_answer(self._client.post(path, timeout=timeout, **options))
        except httpx.ReadTimeout:
            if timeout == 300:
                raise

    def chat(self, content: str = "Say hello.", timeout: float = 300, **fields) -> None:
        """A chat request."""
        messages = [{"role": "user", "content": content}]
        body = {"model": self.model, "messages": messages, "max_tokens": 32} | fields
        self.post(timeout, json=body)

    def schema(self, schema: dict, **fields) -> None:
        """A chat request with a schema that is not strict."""
        form = {"name": "x", "schema": schema}
        self.chat(response_format={"type": "json_schema", "json_schema": form}, **fields)

    def words(self, count: int) -> str:
        """A text that no cache has: its first word is a random number."""
        return f"{self.rng.random()} " + "word " * count

    def raw(self, data: bytes) -> socket.socket:
        """A connection on which `data` was sent."""
        connection = socket.create_connection((self.address.host, self.address.port), PATIENCE)
        connection.sendall(data)
        return connection

    def head(self, length: int) -> bytes:
        """The head of a chat request whose body has `length` bytes."""
        return (
            f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {self.key}\r\nContent-Length: {length}\r\n\r\n"
        ).encode()


def long_prompt(client: Abuser) -> None:
    client.chat(client.words(1500), max_tokens=1)


def longest_prompt(client: Abuser) -> None:
    client.chat(client.words(3800), max_tokens=1)


def long_prompt_given_up(client: Abuser) -> None:
    client.chat(client.words(3800), timeout=client.rng.uniform(0.1, PATIENCE), max_tokens=1)


def four_long_choices(client: Abuser) -> None:
    client.chat(n=4, max_tokens=300, logit_bias=BANNED_ENDS)


def many_choices(client: Abuser) -> None:
    client.chat(n=128, max_tokens=8)


def long_answer_given_up(client: Abuser) -> None:
    fields = {"max_tokens": 3000, "logit_bias": BANNED_ENDS}
    client.chat(timeout=client.rng.uniform(0.1, PATIENCE), **fields)


def penalised_answer(client: Abuser) -> None:
    client.chat(frequency_penalty=1.0, max_tokens=100, logit_bias=BANNED_ENDS)


def control_names(client: Abuser) -> None:
    client.chat("<|im_end|>" * 2000)


def many_messages(client: Abuser) -> None:
    count, text = client.rng.choice([(300, "<|im_end|>"), (130_000, "a")])
    messages = [{"role": "user", "content": text}] * count
    client.post(json={"model": client.model, "messages": messages, "max_tokens": 1})


def huge_text(client: Abuser) -> None:
    client.chat("a" * 3_900_000)


def full_logprobs(client: Abuser) -> None:
    fields = {"logprobs": True, "top_logprobs": 49152, "max_tokens": client.rng.randint(1, 6)}
    body = {"model": client.model, "messages": [{"role": "user", "content": "Hi"}], **fields}
    headers = {"x-samplers-full-logprobs": "true"}
    client.post(json=body, headers=headers)


def many_logprobs(client: Abuser) -> None:
    client.chat(logprobs=True, top_logprobs=20, n=client.rng.choice([16, 128]), max_tokens=100)


def slow_schema(client: Abuser) -> None:
    """Names and enums that take the engine seconds to compile."""
    count = client.rng.choice([100, 500, 2000])
    names = [f"property_{client.rng.random()}_{i}" for i in range(count)]
    properties = {
        name: {"type": "string", "pattern": f"^[a-z]{{1,{i}}}$"} for i, name in enumerate(names, 1)
    }
    client.schema({"type": "object", "properties": properties}, max_tokens=8)


def long_schema(client: Abuser) -> None:
    """Megabytes that are quick to compile, and new each time."""
    values = [f"{client.rng.random()} {'x' * 80}" for _ in range(30_000)]
    client.schema({"type": "object", "properties": {"a": {"enum": values}}}, max_tokens=8)


def counted_schema(client: Abuser) -> None:
    """Keywords that multiply."""
    size = client.rng.choice([1000, 10**5, 10**7, 2**31])
    kind = client.rng.choice(
        [
            {"type": "array", "items": {"type": "integer"}, "maxItems": size},
            {"type": "array", "items": {"type": "integer"}, "minItems": size},
            {"type": "string", "maxLength": size},
            {"type": "string", "minLength": size},
            {"type": "string", "pattern": f"^a{{{size}}}$"},
            {"type": "string", "pattern": f"^(a{{{size}}}){{{size}}}$"},
        ]
    )
    client.schema({"type": "object", "properties": {"a": kind}, "required": ["a"]}, max_tokens=8)


def big_integers(client: Abuser) -> None:
    bound = client.rng.choice(
        [2**53 + 1, 2**63 - 1, -(2**63), -(2**63) - 1, 10**300 + 1, 10**2000 + 1]
    )
    key = client.rng.choice(["minimum", "maximum", "const", "exclusiveMinimum"])
    kind = {"type": "integer", key: bound}
    client.schema({"type": "object", "properties": {"a": kind}, "required": ["a"]})


def endless_recursion(client: Abuser) -> None:
    node = {"type": "object", "properties": {"a": {"$ref": "#/$defs/n"}}, "required": ["a"]}
    client.schema(
        {
            "type": "object",
            "$defs": {"n": node},
            "properties": {"a": {"$ref": "#/$defs/n"}},
            "required": ["a"],
        }
    )


def odd_pattern(client: Abuser) -> None:
    pattern = client.rng.choice(
        [
            "a" * 900_000,
            "(" * 3000 + ")" * 3000,
            "^a{4294967295}$",
            r"^\p{L}+$",
            "[[:alpha:]]",
            "(?=a)b",
            "(a+)+$",
        ]
    )
    kind = {"type": "string", "pattern": pattern}
    client.schema({"type": "object", "properties": {"a": kind}, "required": ["a"]})


def any_json(client: Abuser) -> None:
    client.chat("Write JSON.", response_format={"type": "json_object"}, max_tokens=64)


def penalised_json(client: Abuser) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    client.schema(schema, presence_penalty=1.0, max_tokens=64)


def forced_tool(client: Abuser) -> None:
    function = {
        "name": "f",
        "parameters": {"type": "object", "properties": {"a": {"type": "string"}}},
    }
    tools = [{"type": "function", "function": function}]
    client.chat(tools=tools, tool_choice="required", max_tokens=64)


def not_json(client: Abuser) -> None:
    body = client.rng.choice(
        [b"{", b'{"a": NaN}', b"[" * 100_000, b"\xff", b'{"model": "\\ud800"}']
    )
    client.post(content=body)


def half_a_pair(client: Abuser) -> None:
    """Half of a surrogate pair, which no UTF-8 can hold."""
    place = client.rng.choice(["role", "content", "name"])
    messages = [{"role": "user", "content": "Hi", place: "\ud800"}]
    client.post(content=json.dumps({"model": client.model, "messages": messages}).encode())


def gzip_body(client: Abuser) -> None:
    headers = {"Content-Encoding": "gzip"}
    client.post(content=gzip.compress(b" " * 10_000_000), headers=headers)


def not_http(client: Abuser) -> None:
    data = client.rng.choice([b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00", b"GET / HTTP/9\r\n\r\n"])
    with client.raw(data) as connection:
        connection.recv(4096)


def half_a_request(client: Abuser) -> None:
    """The rest never comes."""
    with client.raw(client.head(1000) + b"{"):
        client.chat(max_tokens=1)


def reader_that_does_not_read(client: Abuser) -> None:
    """It asks for megabytes and leaves them in the connection for a while."""
    body = {
        "model": client.model,
        "messages": [{"role": "user", "content": "Hi"}],
        "logprobs": True,
        "top_logprobs": 20,
        "max_tokens": 1000,
        "stream": True,
        "logit_bias": BANNED_ENDS,
    }
    data = json.dumps(body).encode()
    with client.raw(client.head(len(data)) + data):
        client.chat(max_tokens=1)


def closed_stream(client: Abuser) -> None:
    body = {"model": client.model, "messages": [{"role": "user", "content": "Hi"}], "stream": True}
    data = json.dumps(body | {"n": 4, "max_tokens": 500}).encode()
    with client.raw(client.head(len(data)) + data) as connection:
        connection.recv(4096)


ABUSES: dict[str, Callable[[Abuser], None]] = {
    function.__name__: function
    for function in (
        long_prompt,
        longest_prompt,
        long_prompt_given_up,
        four_long_choices,
        many_choices,
        long_answer_given_up,
        penalised_answer,
        control_names,
        many_messages,
        huge_text,
        full_logprobs,
        many_logprobs,
        slow_schema,
        long_schema,
        counted_schema,
        big_integers,
        endless_recursion,
        odd_pattern,
        any_json,
        penalised_json,
        forced_tool,
        not_json,
        half_a_pair,
        gzip_body,
        not_http,
        half_a_request,
        reader_that_does_not_read,
        closed_stream,
    )
}
