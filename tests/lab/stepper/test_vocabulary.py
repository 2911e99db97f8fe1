"""The tokenizer of a vocabulary that brings none."""

from samplers.lab.stepper.vocabulary import Vocabulary


def test_the_longest_token_is_taken():
    assert Vocabulary(["a", "ab", "b", "c"]).ids_of("aabc") == [0, 1, 3]


def test_of_equal_tokens_the_lowest_id_is_taken():
    vocabulary = Vocabulary(["b", "a", b"a"])
    assert vocabulary.ids_of("ab") == [1, 0]
    assert vocabulary.id_of("a") == 1
