"""The logprobs of tokens that the real model seldom has among its first."""

import json

from openai.types.responses.response_output_text import Logprob
from responses_drafts import NAMES, VOCABULARY

from samplers.local.answer.generate.generation import Token
from samplers.local.dialects.responses.answer.logprobs import entries, without_bytes

END = NAMES.index("END")
HALF = NAMES.index("ha")
NEVER = float("-inf")


def test_a_control_token_has_no_bytes_and_half_a_character_has_its_own():
    (entry,) = entries(VOCABULARY, [Token(HALF, -1.5, [(END, -0.5), (HALF, NEVER)])])
    Logprob.model_validate_json(json.dumps(entry), strict=True)
    half = {"token": "bytes:\\xe5\\xa5", "bytes": [0xE5, 0xA5]}
    end = {"token": "<end>", "bytes": [], "logprob": -0.5}
    top = [end, half | {"logprob": -9999.0}]
    assert entry == half | {"logprob": -1.5, "top_logprobs": top}


def test_an_event_has_the_same_without_bytes():
    listed = entries(VOCABULARY, [Token(HALF, -1.5, [(END, -0.5)])])
    assert without_bytes(listed) == [
        {
            "token": "bytes:\\xe5\\xa5",
            "logprob": -1.5,
            "top_logprobs": [{"token": "<end>", "logprob": -0.5}],
        }
    ]
