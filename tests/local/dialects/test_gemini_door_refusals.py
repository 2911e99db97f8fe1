"""What Gemini refuses, in its words and with its status; and what it takes without effect."""

import base64

import gemini_door
import pytest
from example_images import TEXT, file_of, written
from gemini_door import answer, body_of, chunks, content, model_turn, refusal, tokens, user
from google.genai import errors

SHORT = {"maxOutputTokens": 1}
PLACE = "* GenerateContentRequest.generation_config."


def generating(**config) -> dict:
    return body_of("Hi", generationConfig=config)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"temperature": 2.1}, "temperature: must be at least 0 and at most 2, got 2.1."),
        ({"temperature": -1}, "temperature: must be"),
        ({"topP": 1.5}, "top_p: must be at least 0 and at most 1, got 1.5."),
        ({"topK": 0}, "top_k: must be at least 1, got 0."),
        ({"candidateCount": 9}, "candidate_count: must be at least 1 and at most 8"),
        ({"maxOutputTokens": 0}, "max_output_tokens: must be at least 1, got 0."),
        ({"presencePenalty": 3}, "presence_penalty: must be at least -2 and at most 2"),
        ({"frequencyPenalty": -3}, "frequency_penalty: must be"),
        ({"stopSequences": list("abcdef")}, "stop_sequences: at most 5 are allowed."),
        ({"stopSequences": ["a", ""]}, "stop_sequences[1]: cannot be empty"),
        ({"logprobs": 1}, "logprobs: only allowed if response_logprobs is true."),
        ({"responseLogprobs": True, "logprobs": 21}, "logprobs: must be at least 0 and at most 20"),
        ({"responseModalities": ["TEXT", "IMAGE"]}, "response_modalities: this model does not"),
        ({"speechConfig": {}}, "speech_config: this model does not support it."),
    ],
)
def test_a_config_that_is_refused(endpoint, config, said):
    assert refusal(endpoint, generating(**config)).startswith(PLACE + said)


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        ([], "* GenerateContentRequest.contents: contents is not specified"),
        ([{"role": "user"}], "contents[0].parts: contents.parts must not be empty."),
        ([user("a"), {"role": "model"}, user("b")], "contents[1].parts: contents.parts must not"),
        ([user({})], "contents[0].parts[0].data: required oneof field 'data' must have one"),
        ([user("a"), model_turn("b")], "Requests ending with a model turn are not supported."),
        ([content("assistant", "a")], "Please use a valid role: user, model."),
        ([content("system", "a")], "Please use a valid role: user, model."),
        (
            [user({"inlineData": {"mimeType": "audio/wav", "data": "QUJD"}})],
            "Unsupported MIME type: audio/wav",
        ),
        ([user({"inlineData": {"mimeType": "image/png"}})], "inline_data.data: cannot be empty"),
        (
            [model_turn({"inlineData": {"mimeType": "image/png", "data": "QUJD"}}), user("a")],
            "contents[0].parts[0].inline_data: not allowed in a content of the role 'model'",
        ),
    ],
)
def test_contents_that_are_refused(endpoint, contents, said):
    assert said in refusal(endpoint, {"contents": contents})


@pytest.mark.parametrize("parts", [[], [{"inlineData": {"data": "QUJD"}}]])
def test_an_instruction_without_text(endpoint, parts):
    body = body_of("Hi", systemInstruction={"parts": parts})
    assert "* GenerateContentRequest.system_instruction" in refusal(endpoint, body)


def test_a_body_that_is_no_json(endpoint):
    address = f"{gemini_door.root(endpoint)}/v1beta/models/{endpoint.model}:countTokens"
    headers = {"x-goog-api-key": endpoint.key}
    response = gemini_door.http().post(address, content=b"{'a'", headers=headers)
    said = response.json()["error"]["message"]
    assert (response.status_code, said[:30]) == (400, "Invalid JSON payload received.")


def test_a_cache_that_is_not_there(endpoint):
    body = body_of("Hi", cachedContent="cachedContents/abc")
    said = refusal(endpoint, body, 403, "PERMISSION_DENIED")
    assert said == "CachedContent not found (or permission denied)"


@pytest.mark.parametrize("method", ["generateContent", "countTokens"])
def test_a_prompt_that_is_too_long(endpoint, method):
    body = body_of("word " * 5000)
    said = refusal(endpoint, body, method=method)
    assert said.startswith("The input token count exceeds the maximum number of tokens allowed.")
    assert "4096 tokens" in said


def test_more_tokens_than_the_context_has_are_no_error(endpoint):
    asked = body_of("Hi", generationConfig={"maxOutputTokens": 65536})
    assert tokens(endpoint, {"generateContentRequest": asked}) == tokens(endpoint, body_of("Hi"))


@pytest.mark.parametrize(
    "contents",
    [
        [{"parts": [{"text": "Hi"}]}],  # no role
        [user("a"), user("b")],
        [model_turn("a"), user("b")],
        [user(""), user("b", "")],
        [{"role": "", "parts": [{"text": "a"}]}],
    ],
)
def test_contents_that_are_taken(endpoint, contents):
    assert answer(endpoint, contents, generationConfig=SHORT).candidates


def test_what_is_taken_without_effect(endpoint):
    safety = [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]
    fields = {
        "safetySettings": safety,
        "labels": {"team": "a"},
        "store": False,
        "serviceTier": "flex",
        "systemInstruction": {"role": "system", "parts": [{"text": "Be brief."}]},
    }
    assert answer(endpoint, "Hi", **fields, generationConfig=SHORT).candidates


def test_count_tokens_has_one_of_two_forms(endpoint):
    both = body_of("Hi", generateContentRequest=body_of("Hi"))
    assert "only one of contents and" in refusal(endpoint, both, method="countTokens")
    other = {"generateContentRequest": body_of("Hi", model="models/gemini-4-carbon")}
    assert "model: it is not the model of the path" in refusal(
        endpoint, other, method="countTokens"
    )
    assert tokens(endpoint, {"generateContentRequest": body_of("Hi")}) > 1


@pytest.mark.parametrize(
    ("model", "method"),
    [
        ("gemini-4-carbon", "generateContent"),
        ("gemini-4-carbon", "countTokens"),
        ("models/{}", "generateContent"),
        ("{}", "embedContent"),
        ("{}", "generate"),
    ],
)
def test_what_is_not_there(endpoint, model, method):
    options = {"model": model.format(endpoint.model), "method": method}
    said = refusal(endpoint, body_of("Hi"), 404, "NOT_FOUND", **options)
    assert f"is not found for API version v1beta, or is not supported for {method}." in said


def test_a_tuned_model(endpoint):
    address = f"{gemini_door.root(endpoint)}/v1beta/tunedModels/mine:generateContent"
    headers = {"x-goog-api-key": endpoint.key}
    response = gemini_door.http().post(address, json=body_of("Hi"), headers=headers)
    assert response.status_code == 404
    assert response.json()["error"]["message"].startswith("tunedModels/mine is not found")


def test_a_stream_needs_alt_sse(endpoint):
    said = refusal(endpoint, body_of("Hi"), method="streamGenerateContent")
    assert "?alt=sse" in said
    assert chunks(endpoint, "Hi", generationConfig=SHORT)


def test_the_errors_of_a_key(endpoint):
    body = body_of("Hi")
    wrong = {"x-goog-api-key": "wrong"}
    said = refusal(endpoint, body, headers=wrong)
    assert said.startswith("API key not valid. Please pass a valid API key.")
    error = gemini_door.post(endpoint, body, headers=wrong).json()["error"]
    assert error["details"][0]["reason"] == "API_KEY_INVALID"

    token = {"Authorization": "Bearer wrong"}
    said = refusal(endpoint, body, 401, "UNAUTHENTICATED", headers=token)
    assert said.startswith("Request had invalid authentication credentials.")
    said = refusal(endpoint, body, 403, "PERMISSION_DENIED", headers={})
    assert said.startswith("Method doesn't allow unregistered callers")
    bearer = {"Authorization": f"Bearer {endpoint.key}"}
    assert gemini_door.post(endpoint, generating(**SHORT), headers=bearer).status_code == 200


@pytest.mark.parametrize(
    ("options", "kind", "code", "status"),
    [
        ({"key": "wrong"}, errors.ClientError, 400, "INVALID_ARGUMENT"),
        ({"fault": "403"}, errors.ClientError, 403, "PERMISSION_DENIED"),
        ({"fault": "429"}, errors.ClientError, 429, "RESOURCE_EXHAUSTED"),
        ({"fault": "500"}, errors.ServerError, 500, "INTERNAL"),
        ({"fault": "503"}, errors.ServerError, 503, "UNAVAILABLE"),
        ({"fault": "error_data", "stream": True}, errors.ServerError, 500, "INTERNAL"),
    ],
)
def test_the_sdks_error_classes(endpoint, options, kind, code, status):
    headers = {"x-samplers-fault": options["fault"]} if "fault" in options else {}
    with gemini_door.client(endpoint, options.get("key"), headers=headers) as client:
        asked = {"model": endpoint.model, "contents": "Hi", "config": {"max_output_tokens": 9}}
        ask = client.models.generate_content
        if options.get("stream"):
            ask = lambda **asked: list(client.models.generate_content_stream(**asked))  # noqa: E731
        with pytest.raises(kind) as caught:
            ask(**asked)
    assert (caught.value.code, caught.value.status) == (code, status)


def test_the_simulated_content_filter(endpoint):
    headers = {"x-goog-api-key": endpoint.key, "x-samplers-fault": "content_filter"}
    response = gemini_door.post(endpoint, body_of("Hi"), headers=headers)
    assert response.json()["candidates"][0]["finishReason"] == "SAFETY"


def test_an_image_is_read(endpoint):
    data = base64.b64encode(file_of(written())).decode()
    image = {"inlineData": {"mimeType": "image/png", "data": data}}
    contents = [user("What is the number?", image)]
    body = {"contents": contents, "generationConfig": {"temperature": 0, "maxOutputTokens": 3}}
    made = gemini_door.post(endpoint, body).json()
    assert made["samplers_images"][0]["text"] == TEXT
    assert made["candidates"][0]["content"]["parts"][0]["text"].startswith("[image: text only")
    as_text = f'What is the number?\n[image 1: "{TEXT}" (text only, by OCR)]'
    assert made["usageMetadata"]["promptTokenCount"] == tokens(endpoint, body_of(as_text))
    broken = user({"inlineData": {"mimeType": "image/png", "data": "QUJD"}})
    assert "image" in refusal(endpoint, {"contents": [broken]})
