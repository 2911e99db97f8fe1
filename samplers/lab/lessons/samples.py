"""The two screenshots and the speech of lesson 10, with what is really written and said in them."""

import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from samplers.lab.arguments import checked

DATA = Path(__file__).parent / "data"
LINE = re.compile(r'<p style="font-size: (\d+)px[^>]*>(.*?)</p>')
SPEECH = DATA / "speech.ogg"
SAID = (
    "He was not an ill-disposed young man, unless to be rather cold-hearted and rather selfish is "
    "to be ill-disposed"
)


@dataclass(frozen=True)
class Screenshot:
    """A picture of a page: its file, and each line's size of letters (pixels) and text."""

    path: Path
    lines: tuple[tuple[int, str], ...]

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.lines)


@checked
def screenshot(design: int) -> Screenshot:
    """Design 1 or 2 of a shop's page, 1920 times 1080 pixels. ValueError for another number."""
    if design not in (1, 2):
        raise ValueError(f"design must be 1 or 2, got {design}")
    page = (DATA / f"design_{design}.html").read_text("utf-8")
    lines = tuple(
        (int(size), unescape(re.sub("<.*?>", "", text))) for size, text in LINE.findall(page)
    )
    return Screenshot(DATA / f"design_{design}.png", lines)


@checked
def pcm(path: Path) -> bytes:
    """The sound in a file as Realtime takes it: 24,000 samples a second, 16 bits each, mono.

    It needs what `make senses` installs.
    """
    import av  # here: not every learner has it

    resampler = av.AudioResampler(format="s16", layout="mono", rate=24_000)
    with av.open(str(path)) as container:
        frames = [*container.decode(audio=0), None]  # None asks for what is left
        pieces = [piece for frame in frames for piece in resampler.resample(frame)]
    return b"".join(piece.to_ndarray().astype("<i2").tobytes() for piece in pieces)
