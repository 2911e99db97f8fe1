"""The file of answers: what a crash leaves in it, and files that are others'."""

import json
import os

import pytest
from fake_endpoint import completion

from samplers.api import Completion, gather
from samplers.api.gathering.saved_answers import append, load

NAMES = [f"p{number}" for number in range(1, 7)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "answers.jsonl"


@pytest.fixture
def three(path):
    """A file with three answers of six."""
    assert load(path, NAMES) == {}
    for number in range(3):
        append(path, number, f"of {number}")
    return path.read_bytes()


def resumed(path) -> list:
    """What is asked when it is run again, one after the other."""
    asked = []
    results = gather(
        lambda name: asked.append(name) or f"of {name}", NAMES, 1, save=path, progress=False
    )
    assert all(result.answer.startswith("of ") for result in results)
    lines = path.read_bytes().split(b"\n")
    assert lines.pop() == b""
    assert sorted(json.loads(line)["number"] for line in lines[1:]) == list(range(6))
    return asked


TORN = b'{"number": 3, "value": "hal'


@pytest.mark.parametrize(
    "tail",
    [
        b"",
        TORN,
        TORN + b"\n\n",
        b"\n\n",
        b"\xe4\xbd",
        b"null\n",
        b"[1]\n3",
        b'{"number": 3}\n',
        b'{"number": []}\n',
        b'{"number": 6, "value": "of a seventh"}\n',
    ],
)
def test_a_torn_end_is_asked_again(path, three, tail):
    path.write_bytes(three + tail)
    assert resumed(path) == ["p4", "p5", "p6"]
    assert resumed(path) == []


def test_a_crash_at_any_byte(path, three):
    """Whole lines count, and no new line is glued to a fragment."""
    ends = [i for i, byte in enumerate(three) if byte == ord("\n")][1:]
    for size in range(len(three)):
        path.write_bytes(three[:size])
        answers = load(path, NAMES)
        assert answers == {number: f"of {number}" for number, end in enumerate(ends) if end <= size}
        append(path, 5, "new")
        assert path.read_bytes().endswith(b'}\n{"number": 5, "value": "new"}\n')


def test_a_crash_twice(path, three):
    path.write_bytes(three + TORN)
    load(path, NAMES)
    append(path, 3, "of p4")
    path.write_bytes(path.read_bytes() + TORN.replace(b"3", b"4"))
    assert resumed(path) == ["p5", "p6"]


def test_what_a_file_can_hold(path):
    texts = ["a\u2028b\u0085c\r\n", "\ud800", "你好", "\x00"]
    values = [*texts, None, 1.5, [1, {"a": []}], True]
    requests = texts[::2] * 4
    load(path, requests)
    for number, value in enumerate(values):
        append(path, number, value)
    assert load(path, requests) == dict(enumerate(values))

    whole = Completion.from_wire(completion("a\u2028b").json())
    load(path.with_name("b"), [1])
    append(path.with_name("b"), 0, whole)
    assert load(path.with_name("b"), [1]) == {0: whole}


def test_the_first_of_two_answers_to_one_request(path, three):
    append(path, 0, "again")
    assert load(path, NAMES)[0] == "of 0"


def test_an_editors_line_ends(path, three):
    path.write_bytes(three.replace(b"\n", b"\r\n"))
    assert len(load(path, NAMES)) == 3


OTHERS = [NAMES[:5], [*NAMES, "p7"], NAMES[::-1], [*NAMES[:5], "p7"], [], [{"messages": "p1"}]]


@pytest.mark.parametrize("others", OTHERS)
def test_another_list_of_requests(path, three, others):
    message = rf"save must name a file of these {len(others)} .* another list of 6 requests"
    with pytest.raises(ValueError, match=message):
        gather(print, others, save=path, progress=False)
    assert path.read_bytes() == three


@pytest.mark.parametrize("content", [b"Dear diary\n", b"{}\n", b"\n", b"[]", b'{"purpose": 1}\n'])
def test_a_file_of_something_else(path, content):
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"holds something else\. Name another file"):
        load(path, NAMES)
    assert path.read_bytes() == content


is_root = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.mark.skipif(is_root, reason="root may write any file")
def test_a_file_that_cannot_be_written(path, three):
    """Nothing is asked in vain. Where nothing is missing, it need not be written."""
    asked = []
    path.chmod(0o400)
    with pytest.raises(PermissionError):
        gather(asked.append, NAMES, save=path, progress=False)
    assert asked == []

    path.chmod(0o600)
    resumed(path)
    path.chmod(0o400)
    assert resumed(path) == []


def test_a_full_disk(path, three):
    """The error names the file, and what is in it counts."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(three) + 100, hard))
    try:
        with pytest.raises(OSError, match=r"answers\.jsonl"):
            gather(lambda name: f"of {name}" + 50 * " ", NAMES, 1, save=path, progress=False)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert resumed(path) == ["p5", "p6"]


def test_the_order_of_a_requests_fields_does_not_matter(path):
    load(path, [{"a": 1, "b": 2}])
    append(path, 0, "x")
    assert load(path, [{"b": 2, "a": 1}]) == {0: "x"}


@pytest.mark.parametrize("request_", [object(), float("nan"), {1, 2}])
def test_requests_that_json_cannot_hold(path, request_):
    with pytest.raises(ValueError, match="requests must be something that JSON can hold"):
        load(path, [request_])
    assert not path.exists()
