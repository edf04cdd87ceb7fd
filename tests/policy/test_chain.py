"""A chain of sealed lines, link by link."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from nrem.policy.chain import LATEST, Code, Fault, Link, Walk

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TICK = timedelta(microseconds=1)
FIRST = b"first"


def linked(previous: bytes, link: Link) -> bytes:
    return previous + f"|{link.place},{link.audit_id},{link.line}".encode()


def chained(*lines: tuple[int, datetime]) -> list[Link]:
    """A chain of lines of these numbers, sealed at these instants."""
    made: list[Link] = []
    for place, (number, at) in enumerate(lines, start=1):
        link = Link(place=place, audit_id=number, sealed_at=at, hash=b"", line=f"line {number}")
        previous = made[-1].hash if made else FIRST
        made.append(replace(link, hash=linked(previous, link)))
    return made


def walked(links: list[Link]) -> Walk:
    walk = Walk(FIRST, linked)
    for link in links:
        walk.step(link)
    return walk


def sealed(*numbers: int) -> list[Link]:
    return chained(*((number, NOW) for number in numbers))


def test_whole_chain_has_no_fault() -> None:
    walk = walked(sealed(3, 4, 7))

    assert (walk.place, walk.fault) == (3, None)


def test_empty_chain_has_no_fault() -> None:
    assert walked([]).fault is None


@pytest.mark.parametrize(
    ("links", "fault"),
    [
        (sealed(1, 2, 3)[1:], Fault(code=Code.SEAL_MISSING, place=1, audit_id=None)),
        (
            [one for one in sealed(1, 2, 3) if one.place != 2],
            Fault(code=Code.SEAL_MISSING, place=2, audit_id=None),
        ),
        (
            [replace(one, line=None) if one.place == 2 else one for one in sealed(1, 2, 3)],
            Fault(code=Code.LINE_MISSING, place=2, audit_id=2),
        ),
        (
            [replace(one, line="other") if one.place == 2 else one for one in sealed(1, 2, 3)],
            Fault(code=Code.CHANGED, place=2, audit_id=2),
        ),
        (
            [replace(one, hash=b"") if one.place == 3 else one for one in sealed(1, 2, 3)],
            Fault(code=Code.CHANGED, place=3, audit_id=3),
        ),
    ],
)
def test_first_link_that_does_not_fit_is_named(links: list[Link], fault: Fault) -> None:
    walk = walked(links)

    assert walk.fault == fault
    assert walk.place == (fault.place or 0) - 1


def test_numbers_of_one_step_may_come_in_any_order() -> None:
    assert walked(sealed(4, 3)).fault is None


@pytest.mark.parametrize(
    ("sealed_after", "code"), [(LATEST - TICK, None), (LATEST, Code.LATE), (2 * LATEST, Code.LATE)]
)
def test_line_is_late_once_others_were_sealed_long_enough_after_a_younger_one(
    sealed_after: timedelta, code: Code | None
) -> None:
    links = chained((5, NOW), (9, NOW + sealed_after), (4, NOW + 3 * LATEST))

    fault = walked(links).fault

    assert (fault and fault.code) == code


def test_line_that_waited_while_nobody_sealed_is_not_late() -> None:
    links = chained((5, NOW), (4, NOW + 100 * LATEST))

    assert walked(links).fault is None


def test_line_between_is_not_late_beside_the_one_that_was_sealed_with_it() -> None:
    links = chained((5, NOW), (8, NOW + LATEST), (6, NOW + LATEST + TICK))

    assert walked(links).fault is None
