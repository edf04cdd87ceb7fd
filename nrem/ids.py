"""Wire ids: a prefix that names the kind, and 13 opaque letters that hide the row number.

The letters are the row's bigint, multiplied by an odd constant modulo 2**64 (a bijection, so two
rows never share an id) and written in lower-case Crockford base 32. This hides how many rows
exist from a casual eye; it is not a secret, and isolation never rests on it.
"""

from typing import Final

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_LETTERS: Final = 13
_MODULUS: Final = 1 << 64
# Knuth's multiplicative hashing constant, floor(2**64 / golden ratio), made odd.
_FACTOR: Final = 0x9E3779B97F4A7C15
_INVERSE: Final = pow(_FACTOR, -1, _MODULUS)

EVENT: Final = "evt"
MEMORY: Final = "mem"
SESSION: Final = "ses"
RUN: Final = "run"
PARKED: Final = "prk"
HOLD: Final = "hld"
PREVIEW: Final = "prv"
RELATIONSHIP: Final = "rel"
CONVERSATION: Final = "cnv"
JOB: Final = "job"
OBSERVATION: Final = "obs"
ORG: Final = "org"
KEY: Final = "key"
ERASURE: Final = "era"


def encode(prefix: str, number: int) -> str:
    """`prefix` + `_` + 13 letters; stable for ever, since callers store it.

    Raises: ValueError when `number` is not a positive 63-bit row number.
    """
    if not 0 < number < _MODULUS >> 1:
        raise ValueError(f"a row number is 1 to 2**63 - 1, not {number}")
    scrambled = number * _FACTOR % _MODULUS
    letters = [_ALPHABET[scrambled >> shift & 31] for shift in range(60, -1, -5)]
    return f"{prefix}_{''.join(letters)}"


def decode(prefix: str, wire: str) -> int | None:
    """The row number behind a wire id, or None when `wire` is no id of this kind."""
    head, _, letters = wire.partition("_")
    if head != prefix or len(letters) != _LETTERS:
        return None
    scrambled = 0
    for letter in letters:
        digit = _ALPHABET.find(letter)
        if digit < 0:
            return None
        scrambled = scrambled << 5 | digit
    number = scrambled * _INVERSE % _MODULUS
    return number if scrambled < _MODULUS and 0 < number < _MODULUS >> 1 else None
