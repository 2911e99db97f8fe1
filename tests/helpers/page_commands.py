"""The commands that a page tells its reader to run."""

import re
from typing import NamedTuple

FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
FIRST_WORDS = "make|python3?|py|pip|conda|caddy|export|set|jupyter|docker|ssh|curl|unshare"
COMMAND = re.compile(rf"(\w+=\S+ )*(\S*[/\\])?({FIRST_WORDS}) \S")
INDENTED = re.compile(r"^ {4}(\S.*)$", re.MULTILINE)  # in a page of plain text


class Command(NamedTuple):
    """A command, and the paragraph that it stands in, or that leads to its block."""

    text: str
    paragraph: str

    @property
    def is_marked(self) -> bool:
        """Whether the page says that nobody has tried it."""
        return "untested" in self.paragraph


def commands(page: str, is_markdown: bool = True) -> list[Command]:
    """All commands of a page: in its blocks line by line, and in its sentences."""
    if not is_markdown:
        return [Command(_words(line[1]), line[1]) for line in INDENTED.finditer(page)]

    found = []
    for block in FENCE.finditer(page):
        if block[1] in ("", "bash", "console"):
            leads = page[: block.start()].strip().rpartition("\n\n")[2]
            found += [
                Command(_words(line), leads) for line in block[2].splitlines() if line.strip()
            ]
    for paragraph in re.split(r"\n\s*\n|\n(?=[|-] ?)", FENCE.sub("", page)):
        for span in SPAN.finditer(paragraph):
            if COMMAND.match(_words(span[1])):
                found.append(Command(_words(span[1]), paragraph))
    return found


def _words(text: str) -> str:
    """A command in one line, without the remark after it."""
    return re.split(r"  +(?=on |\()", " ".join(text.split(" ")).strip())[0].replace("\n", " ")
