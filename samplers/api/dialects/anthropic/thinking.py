"""Anthropic's thinking in OpenAI's messages, which have no field for it.

It travels in two fields of others: `thinking_blocks`, the blocks as they came (LiteLLM's name), and
`reasoning_content`, their text (DeepSeek's name). Anthropic wants the blocks back unchanged, and
refuses one without the signature that it gave.
"""

from samplers.api.dialects.checks import dict_at, list_at, one_of

KINDS = ("thinking", "redacted_thinking")


def fields_of(blocks: list[dict]) -> dict:
    """The two fields for the thinking among an answer's blocks; {} without any."""
    thinking = [block for block in blocks if block.get("type") in KINDS]
    if not thinking:
        return {}
    text = "\n\n".join(block["thinking"] for block in thinking if block.get("thinking"))
    return {"thinking_blocks": thinking} | ({"reasoning_content": text} if text else {})


def sendable(message: dict, place: str, lost: list[str]) -> list[dict]:
    """The thinking blocks that go back to Anthropic, unchanged; those without a signature do not.

    A `reasoning_content` alone, as DeepSeek and others send it, has no signature.
    """
    came = list_at(message.get("thinking_blocks") or [], f"{place}.thinking_blocks")
    if not came and message.get("reasoning_content"):
        lost.append(
            f"{place}.reasoning_content: Anthropic takes back only thinking with its own "
            "signature; left out."
        )

    sent = []
    for i, block in enumerate(came):
        here = f"{place}.thinking_blocks[{i}]"
        kind = one_of(dict_at(block, here).get("type"), KINDS, f"{here}.type")
        if block.get("signature" if kind == "thinking" else "data"):
            sent.append(block)
        else:
            lost.append(f"{here}: Anthropic takes back no thinking without a signature; left out.")
    return sent
