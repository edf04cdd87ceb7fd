import os
import stat
from pathlib import Path

import pytest

from nrem.config import default_data_dir
from nrem.errors import ConfigError
from nrem.own_file import own_directory
from tests.interpreter import for_python


def test_empty_directory_is_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.mkdir()
    path.chmod(0o755)

    own_directory(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_what_lacks_above_it_is_closed_to_others_too(tmp_path: Path) -> None:
    path = tmp_path / "share" / "nrem" / "audit"

    own_directory(path)
    (path / "heads.json").touch()

    assert own_directory(path.parent) == path.parent
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700


def test_no_test_and_nothing_it_starts_can_make_the_usual_data_directory() -> None:
    with pytest.raises(ConfigError):
        own_directory(default_data_dir())

    assert for_python()["XDG_DATA_HOME"] == os.environ["XDG_DATA_HOME"]


def test_directory_with_other_files_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "home"
    path.mkdir()
    path.chmod(0o755)
    (path / "letter").touch()

    with pytest.raises(ConfigError, match="not empty"):
        own_directory(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o755
