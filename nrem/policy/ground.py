"""Whether a statement stands on what it cites: pure, by words.

Whoever writes a statement in words of his own, a model or an attacker behind it, may say what was
never said. Half of the words that tell something must be found in what is cited.
"""

from collections.abc import Iterable
from typing import Final

from nrem.policy.score import telling

# At twice as much, "moved to Lisbon on 7 May" would not stand on "I moved to Lisbon yesterday".
_LEAST_SHARE: Final = 0.5


def is_grounded(statement: str, sources: Iterable[str]) -> bool:
    """Whether enough of the statement's telling words are in the sources; numbers do not count.

    A date in figures comes of counting from the day on which something was said.
    """
    words = {word for word in telling(statement) if not word.isdigit()}
    said = {word for one in sources for word in telling(one)}
    return bool(words) and len(words & said) >= _LEAST_SHARE * len(words)


def cleaned(text: str) -> str:
    """The text on one line, without what no database stores."""
    return " ".join(text.replace("\0", " ").split())
