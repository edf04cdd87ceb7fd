import warnings
from pathlib import Path

import pytest

from tests.house.project import files, read

AIM_LINES = 300
LIMIT_LINES = 400
SOURCES = {".css", ".html", ".js", ".md", ".py", ".sh", ".sql"}


def _is_source(path: Path) -> bool:
    return path.suffix in SOURCES or path.name in {"run", "Dockerfile"}


@pytest.mark.filterwarnings("default")
def test_no_source_file_is_longer_than_the_limit() -> None:
    lines = {path: len(read(path).splitlines()) for path in files() if _is_source(path)}

    too_long = {str(path): count for path, count in lines.items() if count > LIMIT_LINES}
    long = {str(path): count for path, count in lines.items() if count > AIM_LINES}
    if long:
        warnings.warn(f"files over {AIM_LINES} lines, split them soon: {long}", stacklevel=1)
    assert not too_long


def test_no_file_is_empty_of_meaning() -> None:
    blank = [str(path) for path in files() if path.suffix == ".py" and not read(path).strip()]

    assert not blank
