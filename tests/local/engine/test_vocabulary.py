"""How a vocabulary writes its tokens."""

from samplers.local.engine.vocabulary import Vocabulary

VOCABULARY = Vocabulary("", (b"a", b"", b"\x98"), {1: "<end>"})


def test_how_tokens_are_written():
    assert [VOCABULARY.text(i) for i in range(3)] == ["a", "<end>", "bytes:\\x98"]
    assert [VOCABULARY.byte_values(i) for i in range(3)] == [[97], None, [0x98]]
