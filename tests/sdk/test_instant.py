import copy
import pickle
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from nrem.sdk import Instant, ValidationError
from nrem.sdk.instant import wire_moment, wire_range

AT = datetime(2026, 4, 19, 10, 30, tzinfo=UTC)
EAST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    "given", [AT, AT.replace(tzinfo=None), AT.astimezone(EAST)], ids=["UTC", "naive", "east"]
)
def test_instant_is_the_same_moment_in_utc(given: datetime) -> None:
    made = Instant.of(given)

    assert made == AT
    assert made.tzinfo is UTC
    assert str(made) == f"{made}" == "2026-04-19T10:30:00Z"


def test_text_of_an_instant_keeps_microseconds() -> None:
    assert str(Instant.of(AT.replace(microsecond=5))) == "2026-04-19T10:30:00.000005Z"


def test_instant_is_a_datetime_in_every_other_way() -> None:
    made = Instant.of(AT)

    assert made.isoformat() == AT.isoformat()
    assert hash(made) == hash(AT)
    assert made - Instant.of(AT) == timedelta(0)
    assert AT - made == timedelta(0)
    assert made - timedelta(days=1) < AT < made + timedelta(days=1)
    assert str(made + timedelta(days=1)) == "2026-04-20T10:30:00Z"
    assert str(made.replace(hour=0, minute=0)) == "2026-04-19T00:00:00Z"


def test_text_outside_utc_is_that_of_any_datetime() -> None:
    made = Instant.of(AT)

    assert str(made.astimezone(EAST)) == str(AT.astimezone(EAST))
    assert str(made.replace(tzinfo=None)) == str(AT.replace(tzinfo=None))


def test_instant_survives_pickling_and_copying() -> None:
    made = Instant.of(AT)

    for again in (pickle.loads(pickle.dumps(made)), copy.deepcopy(made)):  # noqa: S301 - our own
        assert (type(again), again, str(again)) == (Instant, made, str(made))


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (AT, "2026-04-19T10:30:00Z"),
        (AT.astimezone(EAST), "2026-04-19T10:30:00Z"),
        (AT.replace(tzinfo=None), "2026-04-19T10:30:00Z"),
        (date(2026, 4, 19), "2026-04-19"),
        ("2026-04-19", "2026-04-19"),
    ],
)
def test_moment_is_a_datetime_a_date_or_a_text(moment: object, text: str) -> None:
    assert wire_moment(moment, "as_of") == text


DAY, WHOLE = "2026-03-01", {"start": "2026-03-01", "end": "2026-03-01"}
RANGES: dict[str, tuple[object, dict[str, str] | None]] = {
    "object": ({"start": DAY, "end": "2026-03-31"}, {"start": DAY, "end": "2026-03-31"}),
    "object without end": ({"start": date(2026, 3, 1)}, {"start": DAY}),
    "object without start": ({"start": None, "end": AT}, {"end": "2026-04-19T10:30:00Z"}),
    "pair": ([DAY, AT], {"start": DAY, "end": "2026-04-19T10:30:00Z"}),
    "pair without end": ((AT, None), {"start": "2026-04-19T10:30:00Z"}),
    "day as text": (DAY, WHOLE),
    "day": (date(2026, 3, 1), WHOLE),
    "empty object": ({}, None),
    "empty pair": ((None, None), None),
}


@pytest.mark.parametrize("form", RANGES)
def test_range_is_an_object_a_pair_or_a_day(form: str) -> None:
    given, sent = RANGES[form]

    assert wire_range(given) == sent


OTHERS = [7, {"from": "2026-03-01"}, ("a", "b", "c"), {"start": 7}, ["", ""]]


@pytest.mark.parametrize("given", OTHERS, ids=str)
def test_other_ranges_are_refused_by_name(given: object) -> None:
    with pytest.raises(ValidationError) as caught:
        wire_range(given)

    assert (caught.value.field or "").startswith("time_range")
    assert caught.value.remedy
