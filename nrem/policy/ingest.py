"""A text cut into passages, each of which can be read alone: pure, and always cut in the same way.

Cuts fall between paragraphs, else between lines and sentences, else between words. A heading, or a
line that ends with a colon, stays with what it stands above. A passage has at most 800 characters,
since a vector stands for about so many; all of the text but its rules and spaces is in one of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

MAX_PASSAGE: Final = 800
# A heading and what it stands above fit into a passage together.
_MAX_UNIT: Final = 600
_MAX_HEADINGS: Final = MAX_PASSAGE - _MAX_UNIT - 2

_BREAK: Final = re.compile(r"\n[ \t]*\n\s*|\n(?=#{1,6} )")
_END: Final = re.compile(r"\n\s*|(?<=[.!?\u2026])[\"')\]\u201d]*\s+|(?<=[\u3002\uff01\uff1f])")
_LIST_ITEM: Final = re.compile(r"\s*(?:[-*+\u2022]|\d{1,3}[.)])\s")
_RULED: Final = re.compile(r"[^\n]+\n[ \t]*(?:=+|-{2,})[ \t]*")
_LINE_ENDS: Final = re.compile(r"\r\n?")
# Beyond that a line without a full stop is a paragraph.
_MAX_TITLE: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of a text, and where what follows it begins."""

    content: str
    end: int


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is not cut any further; `glue` stands between it and the unit before."""

    content: str
    end: int
    glue: str
    is_heading: bool
    # a section begins with it
    opens: bool


def cleaned(text: str) -> str:
    """The text with one kind of line end, and without U+0000, which no memory can hold."""
    return _LINE_ENDS.sub("\n", text.replace("\x00", ""))


def passages(text: str, start: int, limit: int) -> list[Passage]:
    """The next passages from the place `start` on, at most `limit`; none when the text is over."""
    return list(islice(_packed(text, start), limit))


def _packed(text: str, start: int) -> Iterator[Passage]:
    held: list[_Unit] = []
    for unit in _units(text, start):
        if held and not _joins(held, unit):
            yield _passage(held)
            held = []
        held.append(unit)
    if held:
        yield _passage(held)


def _passage(units: list[_Unit]) -> Passage:
    content = units[0].content + "".join(one.glue + one.content for one in units[1:])
    return Passage(content=content, end=units[-1].end)


def _joins(held: list[_Unit], unit: _Unit) -> bool:
    size = sum(len(one.glue) + len(one.content) for one in (*held, unit)) - len(held[0].glue)
    if unit.opens and not all(one.is_heading for one in held):
        return False
    return size <= (_MAX_HEADINGS if unit.is_heading else MAX_PASSAGE)


def _units(text: str, start: int) -> Iterator[_Unit]:
    for begin, end in _blocks(text, start):
        block = text[begin:end]
        is_heading = _is_heading(block)
        glue, opens = "\n\n", is_heading or block.startswith("#")
        for part, part_end in _parts(block):
            if any(letter.isalnum() for letter in part):
                yield _Unit(part, begin + part_end, glue, is_heading, opens)
                glue, opens = " ", False


def _blocks(text: str, start: int) -> Iterator[tuple[int, int]]:
    while start < len(text):
        found = _BREAK.search(text, start)
        end, after = (found.start(), found.end()) if found else (len(text), len(text))
        yield start, end
        start = after


def _is_heading(block: str) -> bool:
    line = block.strip()
    if _RULED.fullmatch(line):
        return len(line) <= _MAX_HEADINGS
    if "\n" in line or len(line) > _MAX_TITLE:
        return False
    return line.startswith("#") or line.endswith(":") or _is_title(line)


def _is_title(line: str) -> bool:
    return line[-1:].isalnum() and not _LIST_ITEM.match(line)


def _parts(block: str) -> Iterator[tuple[str, int]]:
    """The block, or as many of its lines and sentences together as fit; each with its end."""
    begin = 0
    while begin < len(block):
        end = len(block)
        if end - begin > _MAX_UNIT:
            end = _cut(block, begin)
        part = block[begin:end].strip()
        if part:
            yield part, end
        begin = end


def _cut(block: str, begin: int) -> int:
    """The last place to cut within the size of a unit: after a sentence, else after a word."""
    most = begin + _MAX_UNIT
    ends = [found.end() for found in _END.finditer(block, begin, most) if found.end() > begin]
    if ends:
        return ends[-1]
    space = block.rfind(" ", begin + 1, most)
    return space + 1 if space > 0 else most
