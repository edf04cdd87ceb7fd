"""Canaries: words that occur nowhere else, and the forms in which their letters can lie on disk.

A canary is a mark that all share, letters for the person and letters for the field. So a piece of
one that was cut off still tells whose it was.
"""

import hashlib
import string
from base64 import b64encode
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# No language has it, and no base64 of a key is likely to.
MARK: Final = "zqxjkv"
_PERSON_LETTERS: Final = 5
_FIELD_LETTERS: Final = 5
# Every place that a word can have in the groups of three bytes that base64 is made of.
_SHIFTS: Final = (0, 1, 2)


class Form(StrEnum):
    """How a word is written where it is planted."""

    PLAIN = "plain"
    BASE64 = "base64"
    HEX = "hex"
    JSON = "json"
    URL = "url"
    # text holds no zero byte: what it can hold of UTF-16 is its base64
    UTF16 = "utf16"


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """One word: whose it is, where it was planted and how it is written there."""

    person: int
    field: str
    form: Form
    word: str

    @property
    def text(self) -> str:
        """What is planted."""
        return written(self.word, self.form)


def made(person: int, field: str, form: Form = Form.PLAIN, *, seed: int = 0) -> Canary:
    """The canary of a person's field; the same one for the same seed."""
    letters = _letters(f"{seed}/person/{person}", _PERSON_LETTERS)
    letters += _letters(f"{seed}/field/{person}/{field}/{form}", _FIELD_LETTERS)
    return Canary(person=person, field=field, form=form, word=MARK + letters)


def of_person(person: int, *, seed: int = 0) -> str:
    """What all canaries of a person begin with."""
    return MARK + _letters(f"{seed}/person/{person}", _PERSON_LETTERS)


def written(word: str, form: Form) -> str:
    """A word in one of the forms, as text."""
    match form:
        case Form.PLAIN:
            return word
        case Form.BASE64:
            return b64encode(word.encode()).decode()
        case Form.HEX:
            return word.encode().hex()
        case Form.JSON:
            return "".join(f"\\u{ord(letter):04x}" for letter in word)
        case Form.URL:
            return "".join(f"%{ord(letter):02X}" for letter in word)
        case Form.UTF16:
            return b64encode(word.encode("utf-16-le")).decode()


def traces(word: str) -> dict[str, bytes]:
    """The bytes, in lower case, that a word leaves in each form, wherever in a text it stands.

    What begins like a word begins, in each form, with the trace of that beginning.
    """
    plain, wide = word.encode(), word.encode("utf-16-le")
    found = {
        "plain": plain,
        # little or big end first, these bytes are among them
        "utf16": wide[:-1],
        "utf32": word.encode("utf-32-le")[:-3],
        "hex": plain.hex().encode(),
        "hex of utf16": wide.hex()[:-2].encode(),
        "json": written(word, Form.JSON).encode(),
        # as text within JSON has it
        "json twice": written(word, Form.JSON).replace("\\", "\\\\").encode(),
        "url": written(word, Form.URL).lower().encode(),
    }
    for shift in _SHIFTS:
        found[f"base64 {shift}"] = _base64(plain, shift)
        found[f"base64 of utf16 {shift}"] = _base64(wide, shift)
    return found


def _base64(said: bytes, shift: int) -> bytes:
    """The letters of base64 that the bytes alone decide, after `shift` bytes of something else."""
    whole = b64encode(bytes(shift) + said)
    first, end = -(-8 * shift // 6), 8 * (shift + len(said)) // 6
    return whole[first:end].lower()


def _letters(said: str, count: int) -> str:
    digest = hashlib.sha256(said.encode()).digest()
    return "".join(string.ascii_lowercase[one % 26] for one in digest[:count])
