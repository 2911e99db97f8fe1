"""A master as one tree: what the edition has, in order, with numbered questions.

The tree is the same for paper and for the page. Divs say what a part is: "cell", "question",
"room" (to write), "turn" (what comes must not be seen beside the question), "output", "answer",
"hints" and "facts".
"""

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from samplers.lab.publish.handouts import markdown, outputs, pictures
from samplers.lab.publish.handouts.editions import Question, is_in, questions
from samplers.lab.publish.handouts.hints import hints
from samplers.lab.publish.handouts.tree import attributes, code, div, node, paragraph, plain, walk
from samplers.lab.publish.learner import tags
from samplers.lab.publish.minutes import ON_THE_SHORT_PATH, minutes, short_path_minutes

ASKS = re.compile(r"Predict\b|[A-Z]\. ")  # how a question's own paragraph begins, in bold
LINES = {"prediction": 2, "exercise": 4, "function": 8}  # to write on


def notebook_blocks(path: Path, edition: str, folder: Path) -> list:
    """The blocks of the lesson at `path`; its pictures are written into `folder`."""
    master = nbformat.read(path, as_version=4)
    for n, cell in enumerate(master.cells):
        cell.setdefault("id", f"cell-{n}")

    texts = _texts(master.cells, edition)
    asked = questions(master.cells)
    of_stub = {stub: it for it in asked.values() for stub in it.stubs}
    blocks = []
    is_open = False  # a prediction whose outcome has not been seen
    for index, cell in enumerate(master.cells):
        here = []
        if is_in(cell, edition) and cell.cell_type == "markdown":
            shown = _with_pictures(texts[index], cell, path.parent, folder)
            here = _question(shown, asked[index], edition) if index in asked else shown
            if is_open:
                here.insert(0, div([], "turn"))
            is_open = index in asked and asked[index].is_prediction
        elif is_in(cell, edition) and cell.cell_type == "code":
            here = _code(cell, folder)
            if index in of_stub:
                here += _after_stub(cell, of_stub[index], edition)
            elif is_open and len(here) > 1:
                here.insert(-1, div([], "turn"))
                is_open = False
        if edition == "instructor":
            here = [block for block in here if not has_turn(block)]
            if "solution" in tags(cell) and here:
                here = [div(here, "answer", number=str(_number(index, asked)))]
        blocks.append(div(here, "cell", identifier=f"cell-id={cell.id}"))

    return _with_facts(headings_in_order(blocks, path.stem), path, master, edition)


def page_blocks(path: Path, folder: Path) -> list:
    """The blocks of a page of Markdown, such as the glossary."""
    source = path.read_text("utf-8")
    nothing = NotebookNode(id=path.name)
    blocks = _with_pictures(markdown.read([source])[0], nothing, path.parent, folder)
    return headings_in_order(blocks, path.stem)


def has_turn(block: dict) -> bool:
    """Whether a block only says that the page is turned."""
    return block["t"] == "Div" and "turn" in block["c"][0][1]


def headings_in_order(blocks: list, name: str) -> list:
    """The blocks with one heading of level 1, the first, and no level left out below it.

    Where none comes first, `name` becomes the title. Identifiers of headings are made different.
    """
    levels = []
    used = {}

    def change(it: dict) -> None:
        if it["t"] != "Header":
            return
        level = 1 if not levels else min(max(2, it["c"][0]), levels[-1] + 1)
        levels.append(level)
        identifier = it["c"][1][0] or re.sub(r"\W+", "-", plain(it["c"][2])).strip("-").lower()
        times = used[identifier] = used.get(identifier, -1) + 1
        it["c"][0] = level
        it["c"][1] = attributes(f"{identifier}-{times}" if times else identifier)

    title = []
    if not _begins_with_title(blocks):
        title = [node("Header", 1, attributes(), [node("Str", name.replace("_", " "))])]
    return walk(title + blocks, change)


def _begins_with_title(blocks: list) -> bool:
    for block in blocks:
        if block["t"] == "Div" and block["c"][1]:
            return _begins_with_title(block["c"][1])
        if block["t"] != "Div":
            return block["t"] == "Header"
    return False


def _texts(cells: list[NotebookNode], edition: str) -> dict[int, list]:
    """{index: blocks} of the edition's Markdown cells."""
    sources = {}
    for index, cell in enumerate(cells):
        if cell.cell_type == "markdown" and is_in(cell, edition):
            source = cell.source
            sources[index] = (
                source if edition == "instructor" else markdown.without_solutions(source)
            )
    return dict(zip(sources, markdown.read(list(sources.values())), strict=True))


def _with_pictures(blocks: list, cell: NotebookNode, near: Path, folder: Path) -> list:
    """The blocks, whose pictures are files in `folder`; one on another server becomes a link."""

    def change(it: dict) -> dict | None:
        if it["t"] != "Image":
            return None
        target, title = it["c"][2]
        if re.match(r"(https?:)?//", target):
            return node("Link", attributes(), it["c"][1], [target, title])
        it["c"][2] = [pictures.store_named(target, cell, near, folder), title]
        return it

    return walk(blocks, change)


def _question(blocks: list, question: Question, edition: str) -> list:
    """The cell's blocks; those that ask stand in a Div, a prediction with room to write."""
    start = _start(blocks)
    after = range(start + 1, len(blocks))
    end = next((i for i in after if _ends_question(blocks[i])), len(blocks))
    asking = [div(blocks[start:end], "question", number=str(question.number))]
    if question.is_prediction and edition == "student":
        asking.append(_room(question, LINES["prediction"]))
    return blocks[:start] + asking + blocks[end:]


def _ends_question(block: dict) -> bool:
    return block["t"] == "Header" or (block["t"] == "Para" and plain(block).startswith("See. "))


def _start(blocks: list) -> int:
    """Where the question begins: at its bold first words, else after the last heading."""
    for index, block in enumerate(blocks):
        first = block["c"][0] if block["t"] == "Para" and block["c"] else {"t": ""}
        if first["t"] == "Strong" and ASKS.match(plain(first)):
            return index
    last = max((i for i, block in enumerate(blocks) if block["t"] == "Header"), default=-1)
    return last + 1 if last + 1 < len(blocks) else max(0, len(blocks) - 1)


def _room(question: Question, lines: int) -> dict:
    return div([], "room", lines=str(lines), number=str(question.number))


def _code(cell: NotebookNode, folder: Path) -> list:
    """A cell's code, and a Div with what it printed if it printed anything."""
    blocks = [code(cell.source.rstrip("\n"), "python")] if cell.source.strip() else []
    printed = outputs.of_cell(cell, folder)
    return [*blocks, div(printed, "output", cell=cell.id)] if printed else blocks


def _after_stub(cell: NotebookNode, question: Question, edition: str) -> list:
    """Room for a learner's answer, or the hints for the instructor."""
    if edition == "student":
        if question.is_prediction:
            return []
        kind = "function" if "def " in cell.source else "exercise"
        return [_room(question, LINES[kind])]

    said = [hint for name in question.exercises for hint in hints(name)]
    if not said:
        return []
    items = [[node("Plain", _inlines(hint))] for hint in said]
    return [div([node("BulletList", items)], "hints", number=str(question.number))]


def _inlines(hint: str) -> list:
    """A hint's words; those between backticks are code."""
    parts = hint.split("`")
    inlines = []
    for n, part in enumerate(parts):
        is_code = n % 2 == 1 and n < len(parts) - 1
        inlines.append(node("Code", attributes(), part) if is_code else node("Str", part))
    return inlines


def _number(index: int, asked: dict[int, Question]) -> int:
    """The number of the last question asked before a cell."""
    return max((it.number for place, it in asked.items() if place <= index), default=0)


def _with_facts(blocks: list, path: Path, master: NotebookNode, edition: str) -> list:
    """The blocks; under the title, the lesson's number, its minutes and the edition."""
    number = path.stem.partition("_")[0]
    facts = [f"Lesson {number}"] if number[:1].isdigit() else []
    facts.append(f"{minutes(master)} minutes")
    if any(ON_THE_SHORT_PATH in cell.source for cell in master.cells):
        facts.append(f"on the short path {short_path_minutes(master):.0f} minutes")
    facts.append(f"{edition}'s edition")
    line = div([paragraph(" · ".join(facts))], "facts")

    def change(it: dict) -> list | None:
        if it["t"] == "Header" and it["c"][0] == 1:
            return [it, line]
        return None

    return walk(blocks, change)
