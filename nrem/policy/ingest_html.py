"""The text of an HTML page: headings, paragraphs and lists as lines; no script, style or form.

Pure, and as lenient as a browser: whatever the page holds, it gives some text.
"""

import re
from html.parser import HTMLParser
from typing import Final

_SKIPPED: Final = frozenset(
    "script style noscript template svg math head nav form button select iframe object".split()
)
_BLOCKS: Final = frozenset(
    "address article aside blockquote body caption dd details div dl dt fieldset figcaption figure "
    "footer h1 h2 h3 h4 h5 h6 header hr html main ol p pre section summary table tr ul".split()
)
_HEADING: Final = re.compile("h([1-6])")
_SPACE: Final = re.compile(r"\s+")
_BLANK_LINES: Final = re.compile(r" *\n *")
_MANY: Final = re.compile(r"\n{3,}")


def text_of(page: str) -> str:
    """What a page shows, a blank line between its blocks."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    text = _BLANK_LINES.sub("\n", "".join(reader.parts))
    return _MANY.sub("\n\n", text).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        # open elements of which nothing is shown
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        del attrs
        if tag == "body":
            # A head that nobody closed ends here.
            self._hidden.clear()
        if tag in _SKIPPED:
            self._hidden.append(tag)
        elif not self._hidden:
            self._open(tag)

    def _open(self, tag: str) -> None:
        heading = _HEADING.fullmatch(tag)
        if tag in _BLOCKS:
            self.parts.append("\n\n")
        if heading is not None:
            self.parts.append(f"{'#' * int(heading[1])} ")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag == "br":
            self.parts.append("\n")
        elif tag in {"td", "th"}:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
        elif tag in _BLOCKS and not self._hidden:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        """Take what is shown."""
        if not self._hidden:
            self.parts.append(_SPACE.sub(" ", data))
