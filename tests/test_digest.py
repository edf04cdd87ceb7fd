"""Keyed digests: equal input, equal digest; another input or pepper, another digest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.digest import Digest

DIGEST = Digest(b"pepper")

parts = st.lists(st.one_of(st.text(), st.binary()), max_size=4)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(parts)
def test_digest_has_sixteen_bytes_and_stays_the_same(given_parts: list[str | bytes]) -> None:
    digest = DIGEST.of(*given_parts)

    assert len(digest) == 16
    assert Digest(b"pepper").of(*given_parts) == digest


@given(parts)
def test_another_pepper_gives_another_digest(given_parts: list[str | bytes]) -> None:
    assert Digest(b"salt").of(*given_parts) != DIGEST.of(*given_parts)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        (("ab",), ("ab", "")),
        (("a", "b"), ("b", "a")),
        ((), ("",)),
        ((1, 2), (12,)),
    ],
)
def test_where_a_part_ends_matters(
    one: tuple[str | int, ...], other: tuple[str | int, ...]
) -> None:
    assert DIGEST.of(*one) != DIGEST.of(*other)


def test_digest_is_stable() -> None:
    assert DIGEST.of("a", 1, b"c").hex() == "47828d352aca81e6df02eca51cb59f41"


def test_broken_letters_have_a_digest() -> None:
    assert DIGEST.of("\ud800") != DIGEST.of("\ud801")


@given(st.dictionaries(st.text(), values, max_size=5))
def test_order_of_keys_does_not_matter(value: dict[str, object]) -> None:
    turned = dict(reversed(value.items()))

    assert DIGEST.of_json(turned) == DIGEST.of_json(value)


@pytest.mark.parametrize(
    ("one", "other"), [({"a": 1}, {"a": "1"}), ([], {}), ({"a": None}, {}), ([1, 2], [2, 1])]
)
def test_values_that_differ_have_digests_that_differ(one: object, other: object) -> None:
    assert DIGEST.of_json(one) != DIGEST.of_json(other)
