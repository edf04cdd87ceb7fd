from pathlib import Path

import pytest

from nrem.errors import ConfigError
from nrem.llm.crypt import SubjectKeys


@pytest.fixture
def keys(tmp_path: Path) -> SubjectKeys:
    return SubjectKeys(tmp_path / "keys")


def test_sealed_text_comes_back(keys: SubjectKeys) -> None:
    sealed = keys.seal(1, 2, "place", b"I moved to Lisbon.")

    assert keys.unseal(1, 2, "place", sealed) == b"I moved to Lisbon."
    assert b"Lisbon" not in sealed


def test_same_text_is_sealed_differently_each_time(keys: SubjectKeys) -> None:
    assert keys.seal(1, 2, "place", b"tea") != keys.seal(1, 2, "place", b"tea")


@pytest.mark.parametrize(
    ("org", "subject", "place"), [(1, 3, "place"), (2, 2, "place"), (1, 2, "another")]
)
def test_another_person_org_or_place_cannot_read_it(
    keys: SubjectKeys, org: int, subject: int, place: str
) -> None:
    sealed = keys.seal(1, 2, "place", b"tea")
    keys.seal(org, subject, place, b"so that there is a key")

    assert keys.unseal(org, subject, place, sealed) is None


def test_text_whose_key_is_lost_cannot_be_read(keys: SubjectKeys, tmp_path: Path) -> None:
    sealed = keys.seal(1, 2, "place", b"tea")

    (tmp_path / "keys" / "1-2.key").unlink()

    assert keys.unseal(1, 2, "place", sealed) is None


def test_text_that_was_changed_cannot_be_read(keys: SubjectKeys) -> None:
    sealed = bytearray(keys.seal(1, 2, "place", b"tea"))

    sealed[-1] ^= 1

    assert keys.unseal(1, 2, "place", bytes(sealed)) is None


def test_what_belongs_to_nobody_has_the_orgs_own_key(keys: SubjectKeys, tmp_path: Path) -> None:
    keys.seal(1, None, "place", b"tea")

    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["1-0.key"]


def test_key_is_open_to_its_owner_alone(keys: SubjectKeys, tmp_path: Path) -> None:
    keys.seal(1, 2, "place", b"tea")

    directory = tmp_path / "keys"
    assert directory.stat().st_mode & 0o777 == 0o700
    assert (directory / "1-2.key").stat().st_mode & 0o777 == 0o600


def test_key_that_others_may_read_is_refused(keys: SubjectKeys, tmp_path: Path) -> None:
    keys.seal(1, 2, "place", b"tea")
    (tmp_path / "keys" / "1-2.key").chmod(0o644)

    with pytest.raises(ConfigError, match="chmod 600"):
        keys.seal(1, 2, "place", b"tea")


def test_key_that_is_cut_short_is_refused(keys: SubjectKeys, tmp_path: Path) -> None:
    keys.seal(1, 2, "place", b"tea")
    (tmp_path / "keys" / "1-2.key").write_bytes(b"short")

    with pytest.raises(ConfigError, match="no key"):
        keys.seal(1, 2, "place", b"tea")
