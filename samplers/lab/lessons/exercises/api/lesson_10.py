"""Lesson 10: pictures in a request and what they cost, speech as text, a Realtime session."""

from collections.abc import Callable

from samplers.checks import shown
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.functions import returned
from samplers.lab.lessons.exercises.guesses import wrong_guesses
from samplers.lab.lessons.exercises.plain import AnswerError, number, numbers, whole
from samplers.wire.images import image_tokens

MODEL = "gpt-4o"
SIZES = (  # width and height in pixels, and what a wrong result at this size shows
    (1920, 1080, "1920×1080 is to be scaled down to 1365×768 first, and then has 3 × 2 tiles"),
    (1024, 1024, "1024×1024 becomes 768×768"),
    (2048, 4096, "what is larger than 2048×2048 is fitted into it first"),
    (4000, 500, "the shorter side can be less than 768, and the longer still too long"),
    (1000, 600, "a picture that is small enough is not enlarged"),
    (100, 100, "one tile that is nearly empty is a tile, and the 85 are always there"),
    (512, 513, "one pixel more begins another tile"),
)
WRONG_TOKENS = {
    765: "That is the document's number: it is right for 1024×1024.",
    85: 'That is detail "low". This is "high".',
    1020: "The tiles are right. The picture as a whole costs something, too.",
    1190: "The 85 are counted once, and are no tile.",
    2125: "Scale it down first: until it fits into 2048×2048, and its shorter side is 768.",
}
SEEN = {
    "the button's words": True,
    "the button's colour": False,
    "design 2 is centred, design 1 is on the left": False,
    "design 2 has the total before the delivery": True,
    "the button is larger in design 2": False,
}
REFUSED = {
    "a PNG that says it is a JPEG": False,
    "the first half of a PNG": True,
    "a GIF of two frames": True,
    "a transparent PNG": False,
    "the address of a picture, http://…": True,
}
SEEN_HINT = "What reaches the model is what OCR read: lines of text, and no more."
REFUSED_HINT = "What counts is the content: one picture, whole, in the request itself."
STAMPS = (  # seconds, and their time stamp
    (0, "00:00:00,000"),
    (3.4, "00:00:03,400"),
    (8.04, "00:00:08,040"),
    (75.25, "00:01:15,250"),
    (3661.5, "01:01:01,500"),
    (59.9996, "00:01:00,000"),
    (4.35, "00:00:04,350"),
    (36_000.001, "10:00:00,001"),
)


def _tokens(answer) -> bool | str:
    tokens = whole(answer)
    return WRONG_TOKENS.get(tokens, tokens == 1105)


def _tiles(tile_tokens: Callable) -> bool | str:
    for width, height, problem in SIZES:
        tokens = returned(tile_tokens, width, height)
        right = image_tokens(MODEL, width, height, "high").tokens
        if not _is_number(tokens, right):
            size = f"{width}×{height}"
            return f"{size}: yours gives {shown(tokens)}, and {right} is right: {problem}."
    return True


def _is_number(result, right: int) -> bool:
    try:
        return number(result) == right
    except AnswerError:
        return False


def _which(answer, right: dict, hint: str) -> bool | str:
    wrong = wrong_guesses(answer, right)
    if not wrong:
        return True
    # which of them would be the answer, as each has only two
    return f"Not right yet: {len(wrong)} of {len(right)}. {hint}"


def _stamp(stamp: Callable) -> bool | str:
    for seconds, right in STAMPS:
        answer = returned(stamp, seconds)
        if not isinstance(answer, str) or answer != right:
            problem = _why(answer, right)
            return f"stamp({seconds}) gives {shown(answer)}, and {right!r} is right. {problem}"
    return True


def _why(answer, right: str) -> str:
    """What is wrong with a time stamp."""
    if not isinstance(answer, str):
        return "Give a text."
    if answer == right.replace(",", "."):
        return "With a point it is a stamp of WebVTT. SRT has a comma."
    if ":60," in answer:
        return "Round to whole milliseconds first, and then divide."
    if len(answer) != len(right):
        return "Two digits for hours, minutes and seconds, and three after the comma."
    return "Divide the whole milliseconds: by 1,000, by 60, and by 60 again."


def _pcm(answer) -> bool | str:
    raw, encoded = numbers(answer, 2)
    if raw == 24_000:
        return "A sample has 16 bits: how many bytes is that?"
    if raw == 384_000:
        return "Those are bits. A byte has eight."
    if raw == 48_000 and encoded != 64_000:
        return "The first is right. Base64 writes four characters for every three bytes."
    return (raw, encoded) == (48_000, 64_000)


EXERCISES = {
    "10-tokens": Exercise(
        ask="write a whole number.",
        test=_tokens,
        hint="Scale, count the tiles in both directions, rounded up, and add.",
        why="1365×768 pixels, 3 × 2 tiles: 85 + 6 · 170.",
    ),
    "10-tiles": Exercise(
        ask="write tile_tokens(width, height): a whole number.",
        test=_tiles,
        hint="Keep the order: into the square, then the shorter side, then the tiles, rounded up.",
        why="It is the rule, at seven sizes.",
    ),
    "10-seen": Exercise(
        ask="write True or False for each difference.",
        test=lambda answer: _which(answer, SEEN, SEEN_HINT),
        hint=SEEN_HINT,
        why="Words and their order reach the model. Colours, positions and sizes do not.",
    ),
    "10-refused": Exercise(
        ask="write True for each that is refused, False for the others.",
        test=lambda answer: _which(answer, REFUSED, REFUSED_HINT),
        hint=REFUSED_HINT,
        why="The content decides, not the label; and no server of ours fetches an address.",
    ),
    "10-stamp": Exercise(
        ask="write stamp(seconds): a text.",
        test=_stamp,
        hint="Whole milliseconds first: round(1000 * seconds). Then divmod, three times.",
        why="Rounded before it is divided, so that no stamp says 60 seconds.",
    ),
    "10-pcm": Exercise(
        ask="write two whole numbers: (bytes, characters).",
        test=_pcm,
        hint="Samples a second times bytes of a sample. Then 3 bytes become 4 characters.",
        why="24,000 · 2 bytes, and a third more as base64.",
    ),
}
