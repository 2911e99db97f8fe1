"""The words that a model heard, the less sure the darker."""

from samplers.api import Transcript
from samplers.lab.plots import style
from samplers.lab.plots.chips import LEFT, SHADES, WIDTH, draw_chips, draw_key, height_of
from samplers.lab.plots.labels import readable
from samplers.lab.plots.page import HEADING, page, write
from samplers.lab.plots.picture import Picture, picture_of
from samplers.lab.plots.style import styled

# (from this probability on, its name in the key, the shade)
LEVELS = (
    (0.9, "0.90 or more", SHADES[0]),
    (0.75, "0.75 to 0.90", SHADES[1]),
    (0.5, "0.50 to 0.75", SHADES[3]),
    (0.0, "less than 0.50", SHADES[5]),
)
UNKNOWN = ("not reported", style.PALE)


@styled
def plot_words(transcript: Transcript, title: str | None = None) -> Picture:
    """The words of a `Transcript`, each with how sure the model was of it, and their times.

    A darker box, and a smaller number in it, is less sure. Where the endpoint reports no
    probability the box is grey. data: words, probabilities (None where it is not known), starts
    (seconds).
    """
    words = transcript.words
    heading = title or "How sure the model is of each word"
    labels = [readable(word.text) for word in words]
    notes = ["?" if w.probability is None else f"{w.probability:.2f}"[-3:] for w in words]
    notes = [note.replace(".00", "1.0") for note in notes]
    shades = [_level(word.probability)[1] for word in words]

    height = height_of(labels, notes)
    figure, ax = page(WIDTH, 0.95 + height)
    write(ax, LEFT, 0.22, heading, fontsize=HEADING)
    draw_chips(ax, labels, notes, shades, top=0.48)
    key = {name: shade for _, name, shade in LEVELS}
    if any(word.probability is None for word in words):
        key |= dict([UNKNOWN])
    draw_key(ax, key, 0.62 + height, step=1.3)

    said = ", ".join(f"{label} {note}" for label, note in zip(labels, notes, strict=True))
    return picture_of(
        figure,
        heading,
        f"{heading}. {len(words)} words, each with its probability: {said}.",
        words=tuple(word.text for word in words),
        probabilities=tuple(word.probability for word in words),
        starts=tuple(word.start for word in words),
    )


def _level(probability: float | None) -> tuple[str, str]:
    """The name and the shade of a probability."""
    if probability is None:
        return UNKNOWN
    rounded = round(probability, 2)  # as it is written in the box
    return next((name, shade) for least, name, shade in LEVELS if rounded >= least)
