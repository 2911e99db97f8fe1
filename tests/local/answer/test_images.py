"""Images over the wire: OpenAI's SDK in strict validation sends them, and reads what was read."""

import asyncio

import httpx
import openai
import pytest
from example_images import TEXT, file_of, part_of, user, written

import samplers.api
from samplers.local.answer.images import READ, UNSEEN

GOOD = part_of(file_of(written()))
EMPTY = part_of(file_of(written("")))
ASKED = user("What is the number?", GOOD)


@pytest.fixture(scope="module")
def endpoint(shallow):
    return shallow


@pytest.fixture(scope="module")
def client(endpoint):
    with sdk(endpoint) as client:
        yield client


def sdk(endpoint) -> openai.OpenAI:
    options = {"max_retries": 0, "timeout": 120, "_strict_response_validation": True}
    return openai.OpenAI(base_url=endpoint.base_url, api_key=endpoint.key, **options)


def ask(client, messages, **fields):
    fields = {"model": client.models.list().data[0].id, "max_tokens": 3} | fields
    return client.chat.completions.create(messages=messages, **fields)


def test_text_is_read_and_the_answer_says_so(full):
    with sdk(full) as client:
        answer = ask(client, ASKED, max_tokens=20, temperature=0)
    assert answer.choices[0].message.content.startswith(f"[image: {READ}] ")
    assert "4711" in answer.choices[0].message.content
    (seen,) = answer.samplers_images
    assert (seen["read"], seen["text"]) == (READ, TEXT)
    assert 0.9 < seen["confidence"] <= 1
    assert [seen["width"], seen["height"]] == [seen["read_width"], seen["read_height"]] == [300, 60]

    as_text = f'What is the number?\n[image 1: "{TEXT}" (text only, by OCR)]'
    same = full.chat([{"role": "user", "content": as_text}], max_tokens=20, temperature=0)
    assert answer.usage.prompt_tokens == same["usage"]["prompt_tokens"]
    own = same["choices"][0]["message"]["content"]
    assert answer.choices[0].message.content == f"[image: {READ}] {own}"


def test_our_own_client_sends_it(endpoint):
    image = samplers.api.image_part(file_of(written()), "low")
    with samplers.api.Client(endpoint.base_url, endpoint.key) as own:
        whole = own.chat(user("What is the number?", image), max_tokens=2)
        streamed = samplers.api.accumulate(own.stream(user("The number?", image), max_tokens=2))
        list(streamed)
    for answer in (whole, streamed.completion):
        assert answer.raw["samplers_images"][0]["text"] == TEXT
        assert answer.text.startswith(f"[image: {READ}] ")


def test_an_image_without_text_is_said_to_be_unseen(client):
    answer = ask(client, user(EMPTY))
    assert answer.choices[0].message.content.startswith(f"[image: {UNSEEN}] ")
    assert answer.samplers_images[0]["read"] == UNSEEN
    assert answer.samplers_images[0]["confidence"] is None

    answer = ask(client, user(GOOD, EMPTY, GOOD), n=2)
    for choice in answer.choices:
        assert choice.message.content.startswith(f"[3 images: 2 {READ}; 1 {UNSEEN}] ")
    assert [seen["read"] for seen in answer.samplers_images] == [READ, UNSEEN, READ]


def test_no_note_where_each_token_is_the_models(client):
    """The field is there all the same."""
    with_logprobs = ask(client, ASKED, logprobs=True)
    tokens = with_logprobs.choices[0].logprobs.content
    assert with_logprobs.choices[0].message.content == "".join(token.token for token in tokens)
    with_schema = ask(
        client, user("In JSON:", GOOD), response_format={"type": "json_object"}, max_tokens=20
    )
    assert with_schema.choices[0].message.content[0] == "{"
    for answer in (with_logprobs, with_schema):
        assert answer.samplers_images[0]["text"] == TEXT


def test_a_stream_says_it_first_and_once(client):
    chunks = list(ask(client, ASKED, stream=True, stop=["image"], temperature=0))
    assert chunks[0].choices[0].delta.content == f"[image: {READ}] "
    assert chunks[0].samplers_images[0]["text"] == TEXT
    assert not any("samplers_images" in chunk.model_extra for chunk in chunks[1:])
    assert len(chunks) > 2


def test_a_plain_answer_has_neither(client):
    answer = ask(client, user("Hi"))
    assert "samplers_images" not in answer.model_extra
    assert not answer.choices[0].message.content.startswith("[image")


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("tokenize", {}),
        ("samplers/score", {"input": "a"}),
        ("samplers/distributions", {"answer": "a"}),
    ],
)
def test_paths_that_read_no_images_say_so(endpoint, path, more):
    with endpoint.client() as http:
        answer = http.post(f"/{path}", json={"messages": ASKED} | more)
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "messages[0].content[1].image_url.url"
    assert "only /v1/chat/completions reads them" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("part", "param", "code"),
    [
        (part_of(file_of(written())[:200]), "url", "image_parse_error"),
        (part_of(b"no image"), "url", "invalid_image_format"),
        (part_of(file_of(written()), "original"), "detail", "invalid_value"),
        ({"type": "image_url", "image_url": {"url": "http://a.b/c.png"}}, "url", None),
    ],
)
def test_a_wrong_image(client, part, param, code):
    for stream in (False, True):
        with pytest.raises(openai.BadRequestError) as caught:
            ask(client, user("Look:", GOOD, part), stream=stream)
        assert caught.value.param == f"messages[0].content[2].image_url.{param}"
        assert caught.value.code == (code or "invalid_image_url")
        assert caught.value.type == "invalid_request_error"


def test_others_are_answered_while_an_image_is_read(endpoint):
    """An image of many lines takes a second; a short chat does not wait for it."""
    page = written("").resize((640, 640))
    for line in range(0, 600, 60):
        page.paste(written(f"LINE {line + 11}"), (20, line))
    body = endpoint.body(user(part_of(file_of(page))), max_tokens=1)

    async def both():
        headers = {"Authorization": f"Bearer {endpoint.key}"}
        options = {"base_url": endpoint.base_url, "headers": headers, "timeout": 120}
        async with httpx.AsyncClient(**options) as http:
            reading = asyncio.create_task(http.post("/chat/completions", json=body))
            for _ in range(3):
                answer = await http.post("/chat/completions", json=endpoint.body(max_tokens=1))
                assert answer.status_code == 200
            assert not reading.done()
            return (await reading).json()["samplers_images"][0]["text"]

    assert asyncio.run(both()).splitlines()[:2] == ["LINE 11", "LINE 71"]
