"""The scratchpad: how the thoughts begin, how long they may be, and where the answer finds them."""

import asyncio

from samplers.local.request.scratchpad import NOTES, OPENING, scratchpad, with_notes


class Engine:
    """A token is a character."""

    async def tokenize(self, text, *, control):
        return [(letter, control) for letter in text]


def test_more_effort_has_more_room():
    assert asyncio.run(scratchpad(Engine(), "none")) is None
    efforts = ("low", "medium", "high", "xhigh")
    pads = [asyncio.run(scratchpad(Engine(), effort)) for effort in efforts]
    assert [pad.opening for pad in pads] == [[(letter, False) for letter in OPENING]] * 4
    most = [pad.most for pad in pads]
    assert most == sorted(set(most))


def test_the_notes_stand_before_the_last_message():
    brief, question = [{"role": role, "content": role} for role in ("system", "user")]
    notes = {"role": "system", "content": f"{NOTES} It is Paris."}
    assert with_notes([question], " It is Paris.") == [notes, question]
    assert with_notes([brief, question], " It is Paris.") == [brief, notes, question]
