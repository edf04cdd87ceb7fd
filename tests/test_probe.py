"""What a scan looks for: sealed, for its owner only, and unreadable once its key is gone."""

import stat
from pathlib import Path

from nrem.probe import Probes


def test_what_is_kept_is_read_again_by_its_own_erasure_only(tmp_path: Path) -> None:
    probes = Probes(tmp_path / "erasures")

    probes.keep(1, 2, b"first")
    probes.keep(1, 2, b"second")

    assert probes.read(1, 2) == b"second"
    assert probes.read(2, 1) is None


def test_file_holds_nothing_that_was_kept_and_is_its_owners(tmp_path: Path) -> None:
    probes = Probes(tmp_path / "erasures")
    probes.keep(1, 2, b"a word that was said")

    paths = sorted((tmp_path / "erasures").iterdir())

    assert [path.name for path in paths] == ["1-2.key", "1-2.probe"]
    assert not any(b"word" in path.read_bytes() for path in paths)
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}


def test_without_its_key_it_is_nothing(tmp_path: Path) -> None:
    probes = Probes(tmp_path / "erasures")
    probes.keep(1, 2, b"first")
    (tmp_path / "erasures" / "1-2.key").write_bytes(bytes(32))

    assert probes.read(1, 2) is None
    (tmp_path / "erasures" / "1-2.key").unlink()
    assert probes.read(1, 2) is None


def test_what_is_destroyed_is_gone_and_may_be_destroyed_again(tmp_path: Path) -> None:
    probes = Probes(tmp_path / "erasures")
    probes.keep(1, 2, b"first")

    for _ in range(2):
        probes.destroy(1, 2)

    assert not list((tmp_path / "erasures").iterdir())
    assert probes.read(1, 2) is None
