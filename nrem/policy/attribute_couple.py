"""What is said of two people together: `Chris and I broke up`, `Ada and Ben got married`."""

import re
from collections.abc import Iterator
from typing import Final

from nrem.policy.attribute_clause import Clause
from nrem.policy.attribute_value import NO, YES, other_than, words

_ONE: Final = r"(?:I|[Mm]e|[A-Z\u00c0-\u00de][\w-]+)"
_COUPLE: Final = re.compile(
    rf"(?P<one>{_ONE}|[Mm]y\s[a-z-]+)\sand\s(?P<other>{_ONE})\s(?:(?:have|just|recently|finally)\s)*"
    r"(?:(?P<apart>broke\sup|broken\sup|split\sup|separated|got\sdivorced)"
    r"|(?:got|are|are\snow)\s(?P<bound>married|engaged))\b"
)


def of_couple(clause: Clause) -> Iterator[tuple[str, str, str]]:
    """Holder, name and value, for both of them."""
    found = _COUPLE.match(clause.text)
    if found is None:
        return
    for who, partner in (found["one"], found["other"]), (found["other"], found["one"]):
        # "my girlfriend and I": she is not named
        if who.lower().startswith("my "):
            continue
        holder = clause.speaker if who.lower() in {"i", "me"} else who.casefold()
        named = clause.speaker if partner.lower() in {"i", "me"} else partner
        value = "" if partner.lower().startswith("my ") else words(named)
        yield holder, "partnered", NO if found["apart"] else YES
        if value:
            yield holder, "partner", other_than(value) if found["apart"] else value
        if not found["apart"] or "divorced" in found["apart"]:
            yield holder, "married", YES if found["bound"] == "married" else NO
