"""Google's own SDK asks the endpoint: chats, streams, structured answers, counts, models."""

import asyncio
from typing import Literal

import gemini_door
import pytest
from gemini_door import answer, chunks, tokens
from google.genai import errors, types
from pydantic import BaseModel

FRANCE = "What is the capital of France?"
GREEDY = {"temperature": 0, "max_output_tokens": 8}


@pytest.fixture(scope="module")
def sdk(endpoint):
    with gemini_door.client(endpoint) as client:
        yield client


def asking(sdk, model: str):
    """A function that gives the SDK's whole answer."""

    def one(contents=FRANCE, **config):
        config = GREEDY | config
        return sdk.models.generate_content(model=model, contents=contents, config=config)

    return one


@pytest.fixture(scope="module")
def ask(endpoint, sdk):
    return asking(sdk, endpoint.model)


@pytest.fixture(scope="module")
def ask_full(full):
    """The same for the whole model, whose words are known."""
    with gemini_door.client(full) as client:
        yield asking(client, full.model)


def test_a_text(full, ask_full):
    response = ask_full()
    assert response.text == "The capital of France is Paris."
    assert response.candidates[0].content.role == "model"
    assert response.candidates[0].finish_reason == types.FinishReason.STOP
    assert response.model_version == full.model
    assert response.response_id
    usage = response.usage_metadata
    counts = usage.prompt_token_count + usage.candidates_token_count
    assert usage.total_token_count == counts
    assert usage.thoughts_token_count is None


@pytest.mark.parametrize("version", ["v1beta", "v1"])
def test_both_versions_of_the_api(endpoint, version):
    with gemini_door.client(endpoint, api_version=version) as client:
        models = client.models
        assert models.generate_content(model=endpoint.model, contents="Hi", config=GREEDY).text
        assert models.get(model=endpoint.model).input_token_limit == 4096
        names = [model.name for model in models.list()]
        assert names == [f"models/{endpoint.model}", f"models/{endpoint.model}-reasoning"]
        with pytest.raises(errors.ClientError, match=f"API version {version},"):
            models.get(model="gemini-4-carbon")


def test_models_by_pages(endpoint, sdk):
    pager = sdk.models.list(config={"page_size": 1})
    assert len(pager.page) == 1
    assert len(list(pager)) == 2
    # the same path without Google's header is OpenAI's
    bearer = {"Authorization": f"Bearer {endpoint.key}"}
    openai = gemini_door.http().get(f"{endpoint.base_url}/models", headers=bearer)
    assert openai.json()["object"] == "list"


def test_history_and_system_are_what_openais_path_makes_of_them(endpoint, ask):
    said = [("user", "My name is Ada."), ("model", "Hello Ada!"), ("user", "And yours?")]
    history = [types.Content(role=role, parts=[types.Part(text=text)]) for role, text in said]
    response = ask(history, system_instruction=["You are a poet.", "Be brief."])

    roles = {"user": "user", "model": "assistant"}
    messages = [{"role": roles[role], "content": text} for role, text in said]
    system = {"role": "system", "content": "You are a poet.\nBe brief."}
    same = endpoint.chat([system, *messages], temperature=0, max_tokens=8)
    assert response.text == same["choices"][0]["message"]["content"]
    assert response.usage_metadata.total_token_count == same["usage"]["total_tokens"]


def test_stop_and_max_tokens(ask_full):
    stopped = ask_full(stop_sequences=["zebra", " France", "a", "b", "c"][:2])
    assert stopped.text == "The capital of"
    assert stopped.candidates[0].finish_reason == types.FinishReason.STOP
    cut = ask_full(max_output_tokens=2)
    assert cut.text == "The capital"
    assert cut.candidates[0].finish_reason == types.FinishReason.MAX_TOKENS


def test_sampling_parameters_change_what_is_drawn(ask):
    hot = {"temperature": 2, "seed": 3}
    drawn = [ask(**hot).text for _ in range(2)]
    assert drawn[0] == drawn[1] != ask().text
    assert ask(**hot, top_k=1).text == ask().text
    assert ask(**hot, top_p=0.001).text == ask().text
    once = ask("Repeat: no no no no no", frequency_penalty=2, presence_penalty=1.9)
    assert once.text != ask("Repeat: no no no no no").text


def test_candidates(ask):
    response = ask(candidate_count=3, temperature=1.5, seed=5)
    assert [candidate.index for candidate in response.candidates] == [0, 1, 2]
    texts = {candidate.content.parts[0].text for candidate in response.candidates}
    assert len(texts) == 3
    alone = ask(temperature=1.5, seed=6)  # choice i is what seed + i gives
    assert alone.text in texts


def test_a_stream_is_the_whole_in_pieces(endpoint, sdk, ask):
    stream = sdk.models.generate_content_stream(
        model=endpoint.model, contents=FRANCE, config=GREEDY
    )
    pieces = list(stream)
    assert len(pieces) > 4
    assert "".join(piece.text for piece in pieces) == ask().text
    assert len({piece.response_id for piece in pieces}) == 1
    reasons = [piece.candidates[0].finish_reason for piece in pieces]
    assert reasons == [None] * (len(pieces) - 1) + [ask().candidates[0].finish_reason]
    assert pieces[-1].usage_metadata == ask().usage_metadata
    assert pieces[0].usage_metadata.candidates_token_count is None


def test_a_stream_of_two_candidates(endpoint):
    config = {"candidateCount": 2, "temperature": 1, "seed": 1, "maxOutputTokens": 6}
    streamed = chunks(endpoint, FRANCE, generationConfig=config)
    texts = ["", ""]
    for chunk in streamed:
        (candidate,) = chunk.candidates
        texts[candidate.index] += candidate.content.parts[0].text
    whole = answer(endpoint, FRANCE, generationConfig=config)
    assert texts == [candidate.content.parts[0].text for candidate in whole.candidates]
    assert streamed[-1].usage_metadata == whole.usage_metadata


def test_async(endpoint, ask):
    async def both():
        client = gemini_door.client(endpoint).aio
        asked = {"model": endpoint.model, "contents": FRANCE, "config": GREEDY}
        whole = await client.models.generate_content(**asked)
        stream = await client.models.generate_content_stream(**asked)
        pieces = [piece.text async for piece in stream]
        await client.aclose()
        return whole.text, "".join(pieces)

    whole, streamed = asyncio.run(both())
    assert whole == streamed == ask().text


def test_a_chat_keeps_its_history(endpoint, sdk):
    chat = sdk.chats.create(model=endpoint.model, config=GREEDY)
    list(chat.send_message_stream("My name is Ada."))  # a content for each chunk
    kept = list(chat.get_history(curated=True))
    assert len(kept) > 4
    second = chat.send_message("What is my name?")
    said = "".join(part.text for content in kept[1:] for part in content.parts)
    as_one = [
        gemini_door.user("My name is Ada."),
        gemini_door.model_turn(said),
        gemini_door.user("What is my name?"),
    ]
    assert second.usage_metadata.prompt_token_count == tokens(endpoint, {"contents": as_one})


def test_both_forms_of_count_tokens(endpoint, sdk, ask):
    counted = sdk.models.count_tokens(model=endpoint.model, contents=FRANCE)
    assert counted.total_tokens == ask().usage_metadata.prompt_token_count
    request = gemini_door.body_of(
        FRANCE,
        model=f"models/{endpoint.model}",
        systemInstruction={"parts": [{"text": "Be brief."}]},
        tools=gemini_door.TOOLS,
    )
    fields = {name: request[name] for name in ("systemInstruction", "tools")}
    whole = answer(endpoint, FRANCE, **fields, generationConfig={"maxOutputTokens": 1})
    of_all = tokens(endpoint, {"generateContentRequest": request})
    assert of_all == whole.usage_metadata.prompt_token_count > counted.total_tokens + 100


class City(BaseModel):
    kind: Literal["town", "city"]
    coast: bool
    size: Literal["small", "large"] | None


FORM = {"response_mime_type": "application/json", "max_output_tokens": 40}


@pytest.mark.parametrize("temperature", [0, 1.5])
def test_structured_answers(ask, temperature):
    drawn = FORM | {"temperature": temperature, "seed": 1}
    one = ask("A city, as JSON.", response_schema=City, **drawn)
    assert isinstance(one.parsed, City)
    other = ask("A city, as JSON.", response_json_schema=City.model_json_schema(), **drawn)
    assert City.model_validate_json(other.text)


def test_a_schema_of_an_array(ask):
    schema = {"type": "ARRAY", "minItems": 2, "maxItems": 2, "items": {"type": "BOOLEAN"}}
    assert [type(item) for item in ask("JSON?", response_schema=schema, **FORM).parsed] == [
        bool
    ] * 2


def test_json_without_a_schema(ask):
    text = ask("Answer with a list in JSON: 1, 2", seed=2, **FORM).text
    assert text[0] in "[{"


def test_property_ordering_is_the_answers_order(ask):
    schema = {
        "type": "OBJECT",
        "properties": {name: {"type": "BOOLEAN"} for name in "abc"},
        "required": ["a", "b", "c"],
        "propertyOrdering": ["c", "a", "b"],
    }
    assert list(ask("JSON?", response_schema=schema, **FORM).parsed) == ["c", "a", "b"]


def test_logprobs_are_those_of_openais_path(endpoint, ask):
    chosen = {"response_logprobs": True, "logprobs": 3}
    candidate = ask(**chosen).candidates[0]
    top = candidate.logprobs_result.top_candidates[0].candidates
    known = endpoint.top([{"role": "user", "content": FRANCE}], top_logprobs=3)
    assert {each.token: each.log_probability for each in top} == pytest.approx(known, abs=1e-3)

    said = candidate.logprobs_result.chosen_candidates
    assert "".join(each.token for each in said) == candidate.content.parts[0].text
    assert [each.token_id for each in said] == endpoint.tokenize(candidate.content.parts[0].text)
    total = sum(each.log_probability for each in said)
    assert candidate.avg_logprobs == pytest.approx(total / len(said))
    alone = ask(response_logprobs=True).candidates[0].logprobs_result
    assert alone.top_candidates is None
    assert len(alone.chosen_candidates) == len(said)


def test_each_chunk_has_its_own_logprobs(endpoint):
    config = {"temperature": 0, "maxOutputTokens": 8, "responseLogprobs": True, "logprobs": 1}
    for chunk in chunks(endpoint, "Say 好😊 twice", generationConfig=config):
        (candidate,) = chunk.candidates
        if candidate.finish_reason is None:
            listed = candidate.logprobs_result
            assert len(listed.chosen_candidates) == len(listed.top_candidates) > 0
        else:
            assert candidate.avg_logprobs < 0
