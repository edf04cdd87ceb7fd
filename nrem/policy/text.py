"""Text as the index sees it: normal form, lexemes, fingerprint and size.

Pure functions of the text alone, the same for every org and for writing and asking, so that a query
meets what was stored. Any string is taken: lone surrogates, NUL and emoji only separate words.
"""

import math
import re
import unicodedata
from typing import Final

# Longest lexeme in characters: past this length two words never differ in practice, and the
# key of the index stays small.
MAX_LEXEME: Final = 64
# A query is a sentence; more lexemes than this only slow the ranking.
MAX_QUERY_LEXEMES: Final = 256

_LATIN_CHARACTERS_PER_TOKEN: Final = 3.5

# Scripts written without spaces between words: Thai to Myanmar, Khmer, kana, Han, Hangul.
_UNSPACED: Final = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1780-\u17d3\u3005-\u3007"
    "\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
# Vowel signs and points are part of a word in these scripts, though Python's \w leaves them out.
_SIGNS: Final = "\u0900-\u0963\u0980-\u0dff\u0f18-\u0f84"
_LETTER: Final = rf"(?:[^\W\d_{_UNSPACED}]|[{_SIGNS}])"
_TOKEN: Final = re.compile(
    rf"(?P<unspaced>[{_UNSPACED}]+)"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    rf"|(?P<word>{_LETTER}(?:{_LETTER}|\d)*(?:'(?:{_LETTER}|\d)+)*)"
)
_SIZE_ONE: Final = re.compile(f"[{_UNSPACED}]")
# Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic (seldom typed). The breve of
# Cyrillic short i stays: it makes another letter.
_ACCENTS: Final = re.compile(
    "[\u0300-\u0305\u0307-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u0591-\u05bd\u0640\u064b-\u0652\u0670]"
    "|(?<!\u0438)\u0306"
)
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
# Controls and halves of broken pairs stand between words, like spaces.
_GAP: Final = re.compile("[\\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("’‘ʼ`´", "'"))
# Letters that Unicode does not take apart into a plain one and an accent.
_PLAIN_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"}
)
_ELISION: Final = re.compile("^(?:[cdjlmnst]|qu)'(?=.{3})")
_THOUSANDS: Final = re.compile(r"^\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
_FINAL_Y: Final = re.compile("(?<=[^aeiou])y$")
_VOWEL: Final = re.compile("[aeiouy]")


def normalize(text: str) -> str:
    """NFKC, case folded, no accents, one space between words; doing it twice changes nothing."""
    folded = _fold(text)
    if folded.isascii():
        return _GAP.sub(" ", folded).strip()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", folded)).translate(_PLAIN_LETTERS)
    return _GAP.sub(" ", unicodedata.normalize("NFKC", bare)).strip()


def fingerprint_text(text: str) -> str:
    """The form whose hash marks equal content: case, width, spaces and a closing stop do not count.

    Accents do, since they tell words apart (`año`, `ano`), and so does a question mark.
    """
    folded = _GAP.sub(" ", _fold(text)).strip()
    return folded.rstrip(".!。 ") or folded


def lexemes(text: str) -> dict[str, int]:
    """Each lexeme of the text and how often it occurs, in order of first occurrence.

    Words of spaced scripts, numbers, and overlapping pairs of characters where words are not
    spaced. English endings are taken off ASCII words only; no word is dropped.
    """
    counts: dict[str, int] = {}
    for match in _TOKEN.finditer(normalize(text)):
        for lexeme in _parts(match):
            counts[lexeme] = counts.get(lexeme, 0) + 1
    return counts


def query_lexemes(text: str) -> dict[str, int]:
    """The lexemes of a question, at most `MAX_QUERY_LEXEMES`, `FUNCTION_WORDS` among them."""
    found = lexemes(text)
    return dict(list(found.items())[:MAX_QUERY_LEXEMES])


def token_estimate(text: str) -> int:
    """About how many tokens a language model counts, 0 or more, rounded up.

    One for each character of a script without spaces, else one for 3.5 characters: an estimate
    for budgets, to be corrected by real usage.
    """
    unspaced = 0 if text.isascii() else len(_SIZE_ONE.findall(text))
    return math.ceil((len(text) - unspaced) / _LATIN_CHARACTERS_PER_TOKEN) + unspaced


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower().translate(_APOSTROPHES)
    # Before NFKC, which makes a space and an accent of an acute typed as an apostrophe; after it,
    # since it also makes apostrophes.
    visible = _INVISIBLE.sub("", text).translate(_APOSTROPHES)
    folded = unicodedata.normalize("NFKC", visible).casefold()
    return unicodedata.normalize("NFKC", folded).translate(_APOSTROPHES)


def _parts(match: re.Match[str]) -> list[str]:
    token = match.group()
    if match.lastgroup == "unspaced":
        return [token[at : at + 2] for at in range(len(token) - 1)] or [token]
    if match.lastgroup == "number":
        bare = token.replace(",", "") if _THOUSANDS.match(token) else token
        return [bare[:MAX_LEXEME]]
    return [_word(token)]


def _word(token: str) -> str:
    word = _ELISION.sub("", token).removesuffix("'s").replace("'", "")[:MAX_LEXEME]
    return _stem(word) if word.isascii() else word


def _stem(word: str) -> str:
    """English plural, -ed and -ing taken off, so that `hikes`, `hiked` and `hiking` meet.

    Source: steps 1a, 1b, 1c and 5a of M. F. Porter, "An algorithm for suffix stripping", 1980,
    without the rest: names and other languages should keep their shape. Measured on questions
    about long conversations: a right turn among the first ten of BM25 rose from 63% to 67%.
    """
    if len(word) > 3:  # shorter ones carry no ending
        word = _without_final_e(_without_past(_without_plural(word)))
    return _FINAL_Y.sub("i", word)


def _without_plural(word: str) -> str:
    if word.endswith(("ies", "ied")):
        return word[:-2] if len(word) > 4 else word[:-1]  # ties, died
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_past(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) else word  # agreed, speed
    for ending in ("ing", "ed"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2 and _VOWEL.search(stem):
            return _repaired(stem)
    return word


def _repaired(stem: str) -> str:
    if stem[-1] == stem[-2] and stem[-1] not in "aeioulsz":
        return stem[:-1]
    if stem.endswith(("at", "bl", "iz")) or (_measure(stem) == 1 and _is_short(stem)):
        return stem + "e"
    return stem


def _without_final_e(word: str) -> str:
    stem = word.removesuffix("e")
    measure = _measure(stem) if stem != word else 0
    return stem if measure > 1 or (measure == 1 and not _is_short(stem)) else word


_SYLLABLES: Final = re.compile("[aeiouy]+[^aeiouy]+")


def _measure(stem: str) -> int:
    """How many times a vowel is followed by a consonant: about the number of closed syllables."""
    return len(_SYLLABLES.findall(stem))


def _is_short(stem: str) -> bool:
    """Whether it ends as `hik` and `fil` do: consonant, vowel, consonant."""
    return re.search("[^aeiou][aeiouy][^aeiouwxy]$", stem) is not None


_ENGLISH_FUNCTION_WORDS: Final = """
a about after again all also am an and any are as at be because been before being but by can could
did do does doing don't during each few for from further had has have having he her here hers him
his how i i'd i'll i'm i've if in into is it it's its just me more most my no nor not now of off on
once one only or other our out over own same she should so some such than that that's the their
them then there these they this those through to too under until up us very was we were what when
where which while who whom whose why will with would you your yours
"""
# In the form that `lexemes` gives, for ranking to weigh down on the query side.
FUNCTION_WORDS: Final = frozenset(lexemes(_ENGLISH_FUNCTION_WORDS))
