"""Wire ids: one for each row number and kind, and nothing else is one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.ids import EVENT, HOLD, MEMORY, PARKED, RUN, SESSION, decode, encode

PREFIXES = (EVENT, MEMORY, SESSION, RUN, PARKED, HOLD)
LARGEST = 2**63 - 1

prefixes = st.sampled_from(PREFIXES)
numbers = st.integers(1, LARGEST)


@given(prefixes, numbers)
def test_id_leads_back_to_its_row(prefix: str, number: int) -> None:
    assert decode(prefix, encode(prefix, number)) == number


@given(prefixes, numbers)
def test_id_is_its_prefix_and_thirteen_plain_letters(prefix: str, number: int) -> None:
    head, _, letters = encode(prefix, number).partition("_")

    assert head == prefix
    assert len(letters) == 13
    assert set(letters) <= set("0123456789abcdefghjkmnpqrstvwxyz")


@given(numbers, numbers)
def test_two_rows_never_share_an_id(one: int, other: int) -> None:
    assert (encode(MEMORY, one) == encode(MEMORY, other)) is (one == other)


@given(numbers)
def test_id_of_one_kind_is_none_of_another(number: int) -> None:
    assert decode(EVENT, encode(MEMORY, number)) is None


def test_neighbouring_rows_have_distant_ids() -> None:
    letters = [encode(MEMORY, number).removeprefix("mem_") for number in range(1, 101)]

    shared = [sum(a == b for a, b in zip(x, y, strict=True)) for x, y in pairwise(letters)]

    assert max(shared) < 6


@pytest.mark.parametrize(
    ("number", "wire"), [(1, "evt_9wdvsq5zmmz0n"), (LARGEST, "evt_e3j468t0bb0zb")]
)
def test_ids_are_stable(number: int, wire: str) -> None:
    assert encode(EVENT, number) == wire


@pytest.mark.parametrize("number", [0, -1, LARGEST + 1, 2**64])
def test_number_that_is_no_row_has_no_id(number: int) -> None:
    with pytest.raises(ValueError, match="row number"):
        encode(EVENT, number)


@pytest.mark.parametrize("number", [1, LARGEST])
def test_first_and_last_row_have_ids(number: int) -> None:
    assert decode(EVENT, encode(EVENT, number)) == number


@pytest.mark.parametrize(
    "wire",
    ["", "evt", "evt_", "evt_1", f"evt_{'0' * 12}", f"evt_{'0' * 14}", "evt_" + "u" * 13, "_" * 17],
)
def test_what_is_no_id_leads_nowhere(wire: str) -> None:
    assert decode(EVENT, wire) is None


@pytest.mark.parametrize("letters", ["0000000000000", "zzzzzzzzzzzzz", "g000000000000"])
def test_letters_beyond_the_rows_lead_nowhere(letters: str) -> None:
    assert decode(EVENT, f"evt_{letters}") is None


@pytest.mark.parametrize("wire", ["EVT_{}", "evt-{}", " evt_{}", "evt_{}\n", "evt_{} "])
def test_id_is_taken_as_it_is_written_only(wire: str) -> None:
    letters = encode(EVENT, 12345).removeprefix("evt_")

    assert decode(EVENT, wire.format(letters)) is None


def test_capital_letters_are_no_id() -> None:
    head, _, letters = encode(EVENT, 12345).partition("_")

    assert decode(EVENT, f"{head}_{letters.upper()}") is None


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    found = decode(EVENT, text)

    assert found is None or encode(EVENT, found) == text
