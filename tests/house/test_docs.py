import re
from pathlib import Path

import pytest
import typer

from nrem.cli import app
from tests.house.project import ROOT, files, read

PAGES = [path for path in files() if path.suffix == ".md"]
PRIVATE = ["/home/", "/root/", "index-url", "find-links", "issue #"]
# The list itself.
SPARED = {"tests/house/test_docs.py"}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^(?:\$ )?(?:\./run|nrem) +([a-z][\w -]*)")


def _blocks(text: str) -> list[tuple[str, str]]:
    return [(found[1], found[2]) for found in FENCE.finditer(text)]


def _commands(text: str) -> list[str]:
    """What stands after `./run` or `nrem` in code, fenced or in a line."""
    fenced = [line for _, body in _blocks(text) for line in body.splitlines()]
    spans = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    return [found[1] for code in [*fenced, *spans] if (found := COMMAND.match(code.strip()))]


def _slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def _anchors(path: Path) -> set[str]:
    return {_slug(found) for found in re.findall(r"^#+ (.+)$", read(path), re.MULTILINE)}


def _is_known(words: list[str]) -> bool:
    """Whether `words` name a command of nrem; words after the command are its arguments."""
    if words[0] == "test":
        return True
    here: object = typer.main.get_command(app)
    for word in words:
        below: dict[str, object] | None = getattr(here, "commands", None)
        if below is None:
            return True
        if word not in below:
            return False
        here = below[word]
    return True


def test_readme_sets_up_with_exactly_two_commands() -> None:
    shell = [body for language, body in _blocks(read(Path("README.md"))) if language in {"", "sh"}]

    commands = [line.partition("#")[0].strip() for line in shell[0].splitlines() if line.strip()]

    assert commands == ["./run", "./run test"]


def test_readme_asks_for_no_other_installation() -> None:
    found = re.findall(r"pip install|uv sync|apt(?:-get)? install", read(Path("README.md")))

    assert not found


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_relative_links_resolve(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", read(page)))

    for link in links:
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        path = (ROOT / page.parent / target).resolve() if target else ROOT / page
        assert path.exists(), link
        assert not anchor or anchor in _anchors(path.relative_to(ROOT)), link


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_commands_in_docs_exist(page: Path) -> None:
    unknown = [code for code in _commands(read(page)) if not _is_known(code.split())]

    assert not unknown


def test_no_file_tells_of_a_developers_machine() -> None:
    told = [
        f"{path}: {word}"
        for path in files()
        if str(path) not in SPARED
        for word in PRIVATE
        if word in (ROOT / path).read_bytes().decode("utf-8", "replace")
    ]

    assert not told


def test_every_decision_is_short() -> None:
    pages = [path for path in PAGES if path.parent == Path("docs/adr")]

    long = [str(path) for path in pages if len(read(path).splitlines()) > 60]

    assert pages
    assert not long
