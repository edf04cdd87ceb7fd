import json
import os
import stat
from pathlib import Path

import pytest

from nrem.embedded import files
from nrem.errors import ConfigError


def test_sockets_lie_in_the_data_directory_when_its_path_is_short() -> None:
    short = Path(f"/tmp/nrem-test-{os.getpid()}")
    short.mkdir(mode=0o700)
    try:
        found = files.socket_dir(short)

        assert found == short / "run"
        assert stat.S_IMODE(found.stat().st_mode) == 0o700
    finally:
        (short / "run").rmdir()
        short.rmdir()


@pytest.mark.parametrize("name", ["x" * 100, "with space", "jörg", "per%cent"])
def test_sockets_of_another_path_have_a_short_plain_place_of_their_own(
    name: str, tmp_path: Path
) -> None:
    data_dir = tmp_path / name
    data_dir.mkdir()

    found = files.socket_dir(data_dir)
    again = files.socket_dir(data_dir)
    found.rmdir()

    assert found == again
    assert str(found).isascii()
    assert len(f"{found}/.s.PGSQL.5432") <= 107


def test_socket_directory_open_to_others_is_refused(tmp_path: Path) -> None:
    data_dir = tmp_path / ("x" * 100)
    data_dir.mkdir()
    planted = files.socket_dir(data_dir)
    planted.chmod(0o770)
    try:
        with pytest.raises(ConfigError, match="0700"):
            files.socket_dir(data_dir)
    finally:
        planted.rmdir()


def test_lock_is_held_once_and_free_again_after_closing(tmp_path: Path) -> None:
    path = tmp_path / "lock"

    first = files.acquire(path, wait_seconds=0)
    second = files.acquire(path, wait_seconds=0)

    assert first is not None
    assert second is None
    assert files.is_locked(path)
    os.close(first)
    assert not files.is_locked(path)


def test_looking_at_a_lock_that_nobody_made_makes_none(tmp_path: Path) -> None:
    assert not files.is_locked(tmp_path / "lock")
    assert not (tmp_path / "lock").exists()


def test_json_file_is_replaced_whole_and_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "file.json"

    files.write_json(path, {"a": 1})
    files.write_json(path, {"b": 2})

    assert json.loads(path.read_text()) == {"b": 2}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["file.json"]
