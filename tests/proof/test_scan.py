"""The scanner: every form, across chunks and pages of the log, and whose piece it is."""

from base64 import b64encode
from pathlib import Path

import pytest

from nrem.proof import scan
from nrem.proof.canary import Form, made, of_person, written
from nrem.proof.scan import Seeker, places

ANN = [made(1, f"field {number}") for number in range(3)]
BOB = [made(2, f"field {number}") for number in range(3)]
WORD = ANN[0].word


@pytest.fixture
def seeker() -> Seeker:
    return Seeker([*ANN, *BOB])


def _hits(seeker: Seeker, path: Path, place: str = "database") -> int:
    found = seeker.look({place: [path]})
    return found.hits({one.word for one in ANN}, {1})[place]


WRITTEN = {
    "as it is": WORD.encode(),
    "in capitals": WORD.upper().encode(),
    "utf16, little end": WORD.encode("utf-16-le"),
    "utf16, big end": WORD.encode("utf-16-be"),
    "utf32": WORD.encode("utf-32"),
    "hex in capitals": WORD.encode().hex().upper().encode(),
    "hex of utf16": WORD.encode("utf-16-be").hex().encode(),
    "base64 further on, case lost": b64encode(b"x" + WORD.encode() + b"y").lower(),
    "json in json": written(WORD, Form.JSON).replace("\\", "\\\\").encode(),
    **{f"planted as {form}": written(WORD, form).encode() for form in Form},
}


@pytest.mark.parametrize("how", WRITTEN)
def test_a_word_is_found_once_in_each_form(tmp_path: Path, seeker: Seeker, how: str) -> None:
    (tmp_path / "f").write_bytes(b"before " + WRITTEN[how] + b" after")

    assert _hits(seeker, tmp_path / "f") == 1


def test_what_has_no_canary_has_no_hit(tmp_path: Path, seeker: Seeker) -> None:
    other = made(3, "field").word
    (tmp_path / "f").write_bytes(BOB[0].word.encode() + b" zqxjkv zqxjk " + other.encode())

    assert _hits(seeker, tmp_path / "f") == 0


def test_a_word_that_two_chunks_share_is_found_once(
    tmp_path: Path, seeker: Seeker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "_CHUNK", 200)
    for at in range(170, 230):
        (tmp_path / "f").write_bytes(b"." * at + WORD.encode() + b"." * 300)
        assert _hits(seeker, tmp_path / "f") == 1, at


@pytest.mark.parametrize("letters", [11, 12, 15])
def test_a_piece_tells_whose_it_was(tmp_path: Path, seeker: Seeker, letters: int) -> None:
    assert len(of_person(1)) == 11
    (tmp_path / "f").write_bytes(b". " + WORD[:letters].encode() + b". " * 300)
    (tmp_path / "end").write_bytes(b". " + WORD[:letters].encode())

    assert (_hits(seeker, tmp_path / "f"), _hits(seeker, tmp_path / "end")) == (1, 1)


def test_a_word_that_a_page_of_the_log_cuts_is_found(tmp_path: Path, seeker: Seeker) -> None:
    page = 8192
    first = bytes(40) + b"." * (page - 40 - 5) + WORD[:5].encode()
    (tmp_path / "f").write_bytes(first + bytes(24) + WORD[5:].encode() + bytes(1000))

    assert _hits(seeker, tmp_path / "f", scan.WAL) == 1
    assert _hits(seeker, tmp_path / "f") == 0


def test_every_file_of_a_data_directory_belongs_to_one_place(tmp_path: Path) -> None:
    data, temporary = tmp_path / "data", tmp_path / "temp"
    names = ["postgres/base/1", "postgres/pg_wal/2", "valkey/a", "logs/api.log", "pepper", "d/e"]
    for path in [*(data / name for name in names), temporary / "t"]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    found = places(data, temporary)

    listed = [path for paths in found.values() for path in paths]
    assert sorted(listed) == sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert [path.name for path in found["wal"]] == ["2"]
    assert {path.name for path in found["other"]} == {"pepper", "e"}
