from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.price import Price, Usage, cost_micros, micros, usd, worst_usage

PRICE = Price(input=3.0, output=15.0, cache_write=3.75, cache_read=0.3)
CHEAP = Price(input=0.1, output=0.5, cache_write=0.125, cache_read=0.01)
COUNTS = st.integers(0, 10**7)


def test_million_tokens_cost_the_price_in_dollars() -> None:
    assert usd(cost_micros(Usage(tokens_in=1_000_000), PRICE)) == 3.0
    assert usd(cost_micros(Usage(tokens_out=1_000_000), PRICE)) == 15.0
    assert usd(cost_micros(Usage(cache_write=1_000_000), PRICE)) == 3.75
    assert usd(cost_micros(Usage(cache_read=1_000_000), PRICE)) == 0.3


def test_part_of_a_millionth_counts_as_a_whole_one() -> None:
    assert cost_micros(Usage(tokens_in=1), CHEAP) == 1
    assert cost_micros(Usage(tokens_in=10), CHEAP) == 1
    assert cost_micros(Usage(tokens_in=11), CHEAP) == 2


def test_nothing_used_costs_nothing() -> None:
    assert cost_micros(Usage(), PRICE) == 0


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_more_tokens_never_cost_less(ins: int, outs: int, write: int, read: int) -> None:
    used = Usage(tokens_in=ins, tokens_out=outs, cache_write=write, cache_read=read)
    more = Usage(tokens_in=ins + 1, tokens_out=outs, cache_write=write, cache_read=read)

    assert cost_micros(used, PRICE) <= cost_micros(more, PRICE)
    assert used.tokens == ins + outs + write + read


@given(st.text(min_size=1, max_size=2_000), st.integers(0, 1_000))
def test_worst_case_covers_a_token_for_every_two_bytes(text: str, answer: int) -> None:
    size = len(text.encode())

    worst = cost_micros(worst_usage(size, 1_000), PRICE)

    used = Usage(cache_write=size // 2, tokens_out=answer)
    assert worst >= cost_micros(used, PRICE)
    assert worst >= cost_micros(Usage(tokens_in=size // 2, tokens_out=answer), PRICE)


@given(st.floats(0, 100_000))
def test_dollars_become_millionths_rounded_up(dollars: float) -> None:
    assert usd(micros(dollars)) >= dollars * 0.999_999_999
