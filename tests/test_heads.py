import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nrem.errors import ConfigError
from nrem.heads import FILE, Head, Heads

ONE = Head(
    org_id=1,
    place=5,
    audit_id=50,
    hash=b"\x00\xff",
    sealed_at=datetime(2026, 3, 2, 9, 0, 0, 123456, UTC),
)


@pytest.fixture
def heads(tmp_path: Path) -> Heads:
    return Heads(tmp_path / "data" / FILE)


def test_nothing_is_kept_at_first(heads: Heads) -> None:
    assert heads.read() == {}


def test_ends_are_read_as_they_were_kept(heads: Heads) -> None:
    other = replace(ONE, org_id=2, place=1)

    heads.keep([ONE, other])

    assert heads.read() == {1: ONE, 2: other}


def test_file_is_for_its_owner_only(heads: Heads) -> None:
    heads.keep([ONE])

    assert stat.S_IMODE(heads.path.stat().st_mode) == 0o600


@pytest.mark.parametrize(("place", "kept"), [(4, 5), (5, 5), (6, 6)])
def test_chain_never_gets_shorter(heads: Heads, place: int, kept: int) -> None:
    heads.keep([ONE])

    heads.keep([replace(ONE, place=place, hash=b"other")])

    assert (heads.read()[1].place, heads.read()[1].hash == ONE.hash) == (kept, kept == 5)


def test_ends_of_other_orgs_stay(heads: Heads) -> None:
    heads.keep([ONE])

    heads.keep([replace(ONE, org_id=2)])

    assert set(heads.read()) == {1, 2}


def test_writers_do_not_lose_each_others_ends(heads: Heads) -> None:
    writers = [Heads(heads.path) for _ in range(8)]

    with ThreadPoolExecutor(max_workers=8) as threads:
        list(threads.map(lambda n: writers[n % 8].keep([replace(ONE, org_id=n)]), range(1, 41)))

    assert set(heads.read()) == set(range(1, 41))


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"heads": [{}]}', '{"heads": [1]}'])
def test_what_is_no_such_file_is_refused(heads: Heads, text: str) -> None:
    heads.keep([ONE])
    heads.path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match="put it away"):
        heads.read()


def test_file_that_cannot_be_read_is_refused(heads: Heads) -> None:
    heads.path.mkdir(parents=True)

    with pytest.raises(ConfigError, match="directory"):
        heads.read()
