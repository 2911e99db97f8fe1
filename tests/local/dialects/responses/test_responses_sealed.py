"""The encrypted_content of reasoning items: a token that holds nothing."""

import pytest
from responses_drafts import answered, draft_of

from samplers.local.dialects.responses.sealed import check_sealed, is_sealed, seal
from samplers.local.request.errors import ApiError


def token_of(**asked) -> str | None:
    reasoning, _ = answered(draft_of(["a", "b"], ["b", "END"], thinks=2, **asked))["output"]
    return reasoning.get("encrypted_content")


@pytest.mark.parametrize(
    "asked",
    [{"store": False}, {"include": frozenset(["reasoning.encrypted_content"])}],
)
def test_who_gets_one(asked):
    token = token_of(**asked)
    assert is_sealed(token)
    assert token != token_of(**asked)
    assert len(token) == len(seal())


def test_who_needs_none_gets_none():
    assert token_of() is None
    assert token_of(include=frozenset(["message.output_text.logprobs"])) is None


def changed(token: str) -> list[str]:
    other = "A" if token[20] != "A" else "B"
    return [
        token[:20] + other + token[21:],
        token[:-1],
        token[4:],
        token + "AAAA",
        token[:20] + "!" + token[20:],
        token[:32],
        f" {token}",
    ]


FOREIGN = ["", "A", "gAAAAABo", "好" * 64, "A" * 64, *changed(seal())]


@pytest.mark.parametrize("token", FOREIGN, ids=range(len(FOREIGN)))
def test_another_token_is_refused_as_openai_does(token):
    assert not is_sealed(token)
    with pytest.raises(ApiError) as raised:
        check_sealed(token)
    assert raised.value.status == 400
    error = raised.value.body["error"]
    assert error["code"] == "invalid_encrypted_content"
    assert (error["type"], error["param"]) == ("invalid_request_error", None)
    shown = f"The encrypted content {token[:4]}...{token[-4:]} could not be verified."
    assert error["message"].startswith(shown)


def test_its_own_token_passes():
    check_sealed(seal())
