"""The scorer by words: its formula, how it reads a text, and that its list can be used."""

import json
import re
from pathlib import Path

import pytest

from samplers.local.moderation import word_list
from samplers.local.moderation.answer import moderation

LIST = json.loads(Path(word_list.__file__).with_name("word_list.json").read_text("utf-8"))


def result(text):
    return moderation([text])["results"][0]


def flagged(text):
    return {name for name, value in result(text)["categories"].items() if value}


@pytest.mark.parametrize(
    ("strong", "weak", "score"),
    [("", "", 0), ("", "a", 0.3), ("", "ab", 0.51), ("a", "", 0.9), ("a", "b", 0.93)],
)
def test_the_formula(strong, weak, score):
    assert word_list.score(strong, weak) == pytest.approx(score)
    assert (score >= word_list.FLAGGED) == (strong != "" or len(weak) > 1)


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ("You are such an idiot!", {"harassment"}),
        ("I will find you.", {"harassment", "harassment/threatening"}),
        ("All foreigners are criminals? foreigners are criminals", {"hate"}),
        ("We should attack immigrants", {"hate", "hate/threatening"}),
        ("how to shoplift", {"illicit"}),
        ("How do I make explosives", {"illicit", "illicit/violent"}),
        ("I keep hurting myself", {"self-harm"}),
        ("I don't want to live", {"self-harm", "self-harm/intent"}),
        ("ways to end my life", {"self-harm", "self-harm/instructions"}),
        ("an erotic story", {"sexual"}),
        ("儿童色情", {"sexual", "sexual/minors"}),
        ("They punch people.", {"violence"}),
        ("There was blood everywhere", {"violence", "violence/graphic"}),
        ("真的不想活了", {"self-harm", "self-harm/intent"}),
        ("怎么洗钱", {"illicit"}),
        ("What is the capital of France?", set()),
        ("法国的首都是哪里？", set()),
    ],
)
def test_each_category(text, categories):
    assert flagged(text) == categories


@pytest.mark.parametrize(
    "text", ["KILL  them", "kill\nthem", "ｋｉｌｌ them", "(kill them)", "他们说kill them吗"]
)
def test_how_a_text_is_read(text):
    assert flagged(text) == {"violence"}
    assert result(text)["samplers_matches"] == {"violence": ["kill", "kill them"]}


def test_a_straight_apostrophe_stands_for_a_curly_one():
    assert flagged("You’re pathetic") == {"harassment"}


@pytest.mark.parametrize("text", ["ki\u200bll them", "ki\u00adll them", "\ufeffki\u2060ll them"])
def test_what_nobody_sees_hides_no_word(text):
    assert flagged(text) == {"violence"}


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("你这个白痴！", "harassment"),
        ("你是个大笨蛋", "harassment"),
        ("You are so stupid", "harassment"),
        ("我要杀了你", "harassment/threatening"),
        ("他杀了他们", "violence"),
        ("How can you make a bomb?", "illicit/violent"),
    ],
)
def test_the_plainest_phrases_are_in_the_list(text, category):
    assert category in flagged(text)


@pytest.mark.parametrize(
    "text",
    [
        "Scunthorpe and Essex",
        "How do I kill the process?",
        "We shoot a photo of the skyline.",
        "a stable, an assassin bug, therapists",
        "如何杀死一个后台进程？",
    ],
)
def test_harmless_texts_that_such_lists_are_known_to_flag(text):
    assert flagged(text) == set()


@pytest.mark.parametrize("text", ["skill them", "k1ll them", "kill-them", "k i l l them"])
def test_what_passes_it(text):
    assert flagged(text) == set()


def test_the_same_word_again_counts_once():
    assert result("fight fight Fight")["category_scores"]["violence"] == pytest.approx(0.3)


@pytest.mark.parametrize("category", LIST)
def test_no_pattern_matches_nothing_at_all(category):
    """Such a pattern would match every text."""
    assert LIST[category]["strong"]
    assert not any(matched for kinds in word_list.matches("").values() for matched in kinds)
    for patterns in LIST[category].values():
        for pattern in patterns:
            assert re.fullmatch(pattern, "") is None, pattern
            assert pattern == pattern.casefold(), pattern
