import tomllib
from pathlib import Path

import pytest

from tests.house.project import ROOT, files, read
from worker.passes import PASSES

NOUNS = [declared.name for declared in PASSES]


def _exists(path: str) -> bool:
    return (ROOT / path).is_file()


@pytest.mark.parametrize("noun", NOUNS)
def test_pass_stands_on_every_floor(noun: str) -> None:
    floors = [f"worker/passes/{noun}.py", f"docs/passes/{noun}.md"]

    missing = [path for path in floors if not _exists(path)]

    assert not missing


@pytest.mark.parametrize("noun", NOUNS)
def test_pass_has_a_test_by_its_name(noun: str) -> None:
    named = [path for path in files() if path.parts[0] == "tests" and path.stem == f"test_{noun}"]

    assert named


@pytest.mark.parametrize("noun", NOUNS)
def test_pass_stands_on_a_floor_below_the_worker(noun: str) -> None:
    below = [f"nrem/policy/{noun}.py", f"nrem/store/{noun}.py", f"nrem/store/sql/{noun}_*.sql"]

    assert any(path.match(pattern) for path in files() for pattern in below)


def test_every_module_of_passes_is_listed() -> None:
    modules = {
        path.stem
        for path in files()
        if path.parent == Path("worker/passes") and path.stem != "__init__"
    }

    assert modules == set(NOUNS)


def test_every_page_about_a_pass_has_its_pass() -> None:
    pages = {path.stem for path in files() if path.parent == Path("docs/passes")}

    assert pages <= {*NOUNS, "README"}


def test_every_module_of_the_library_has_its_floor() -> None:
    contracts = tomllib.loads(read(Path("pyproject.toml")))["tool"]["importlinter"]["contracts"]
    floors = " ".join(contracts[0]["layers"]).translate(str.maketrans("()|:", "    ")).split()

    parts = {
        f"nrem.{Path(path.parts[1]).stem}"
        for path in files()
        if path.parts[0] == "nrem" and path.suffix == ".py" and path.parts[1] != "__init__.py"
    }

    assert parts <= set(floors)
