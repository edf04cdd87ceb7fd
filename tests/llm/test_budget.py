"""Money: what is reserved, settled and refused."""

import threading
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from nrem.errors import Deferred, NoModelError
from nrem.llm.ledger import Recorded, Ticket
from nrem.llm.order import Order, Reply
from nrem.policy.budget import LlmPolicy
from nrem.policy.price import Usage
from nrem.store import spend
from tests.llm.asking import Asking
from tests.llm.shape import order
from tests.world import NOW, Org
from worker.ledger import Books, Errand

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
# Of one reply of `order()`: 1,000 tokens in, 100 out, at $0.1 and $0.5 per million.
USED = Usage(tokens_in=1_000, tokens_out=100)
COST = 150


def _books(asking: Asking, org: Org, *, now: Any = NOW, **policy: Any) -> Books:  # noqa: ANN401
    errand = Errand(org_id=org.number, run_id=1, pass_name="promote", policy=LlmPolicy(**policy))
    desk = asking.tools().desk
    assert desk is not None
    return desk.books(org.world.worker, errand, now)


def _open(books: Books, asked: Order[Any]) -> Ticket:
    found = books.open(asked)
    assert isinstance(found, Ticket)
    return found


def test_worst_case_is_reserved_and_the_real_cost_settled(asking: Asking, org: Org) -> None:
    books, asked = _books(asking, org), order("a")

    ticket = _open(books, asked)
    reserved = org.ask("SELECT status, reserved_micros FROM llm_calls")
    cost = books.settle(asked, ticket, Reply(status="ok", text="{}", usage=USED))

    assert reserved[0].status == "reserved"
    assert reserved[0].reserved_micros > cost == COST
    assert org.column("SELECT micros FROM llm_spend") == [COST]


def test_call_that_might_go_beyond_the_budget_is_not_made(asking: Asking, org: Org) -> None:
    with pytest.raises(NoModelError, match="budget_of_the_day_spent"):
        _open(_books(asking, org, daily_budget_usd=0.000_001), order("a"))

    assert org.column("SELECT count(*) FROM llm_calls") == [0]


def test_what_is_reserved_counts_as_spent(asking: Asking, org: Org) -> None:
    worst = _worst(asking, org)
    books = _books(asking, org, daily_budget_usd=1.5 * worst / 1_000_000)

    _open(books, order("a"))

    with pytest.raises(NoModelError, match="budget_of_the_day_spent"):
        _open(books, order("b"))


def test_reservation_of_a_killed_worker_lapses(asking: Asking, org: Org) -> None:
    worst = _worst(asking, org)
    policy = {"daily_budget_usd": 1.5 * worst / 1_000_000}
    _open(_books(asking, org, **policy), order("a"))

    lapsed = NOW + timedelta(seconds=81)

    _open(_books(asking, org, now=lapsed, **policy), order("b"))


def test_next_day_has_a_budget_of_its_own(asking: Asking, org: Org) -> None:
    policy = {"daily_budget_usd": 0.01}
    books = _books(asking, org, **policy)
    spent = Usage(tokens_in=1_000, tokens_out=20_000)
    books.settle(order("a"), _open(books, order("a")), Reply(status="ok", text="{}", usage=spent))

    with pytest.raises(NoModelError) as refused:
        _open(books, order("b"))

    tomorrow = NOW + timedelta(seconds=refused.value.until_seconds)
    assert tomorrow == (NOW + DAY).replace(hour=0)
    _open(_books(asking, org, now=tomorrow, **policy), order("b"))
    with pytest.raises(NoModelError):
        _open(_books(asking, org, now=tomorrow - timedelta(seconds=1), **policy), order("c"))


@pytest.mark.parametrize(
    ("column", "cap", "reason"),
    [
        ("daily_llm_calls", 1, "calls_of_the_day_spent"),
        ("monthly_llm_calls", 1, "calls_of_the_month_spent"),
        ("daily_tokens", 1_200, "tokens_of_the_day_spent"),
        ("monthly_tokens", 1_200, "tokens_of_the_month_spent"),
    ],
)
def test_limit_that_the_org_set_itself_binds(
    asking: Asking, org: Org, column: str, cap: int, reason: str
) -> None:
    books = _books(asking, org)
    books.settle(order("a"), _open(books, order("a")), Reply(status="ok", text="{}", usage=USED))
    org.world.do(
        f"INSERT INTO budgets (org_id, {column}, set_at) VALUES (%(org)s, %(cap)s, now())",  # noqa: S608
        org=org.number,
        cap=cap,
    )

    with pytest.raises(NoModelError, match=reason):
        _open(books, order("b"))


def test_workers_that_ask_at_once_never_count_on_the_same_money(asking: Asking, org: Org) -> None:
    worst = _worst(asking, org)
    books = _books(asking, org, daily_budget_usd=3.5 * worst / 1_000_000)
    found: list[object] = []

    def work(name: str) -> None:
        try:
            found.append(_open(books, order(name)))
        except NoModelError as error:
            found.append(error)

    threads = [threading.Thread(target=work, args=(str(at),)) for at in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sum(isinstance(one, Ticket) for one in found) == 3


def test_equal_request_is_answered_from_the_books(asking: Asking, org: Org) -> None:
    books, asked = _books(asking, org), order("a")
    books.settle(asked, _open(books, asked), Reply(status="ok", text='{"words": []}', usage=USED))

    again = books.open(asked)

    assert again == Recorded(text='{"words": []}')


def test_another_org_has_other_books(asking: Asking, org: Org) -> None:
    books, asked = _books(asking, org), order("a")
    books.settle(asked, _open(books, asked), Reply(status="ok", text="{}", usage=USED))

    other = org.world.found("another")

    assert isinstance(_books(asking, other).open(asked), Ticket)


def test_reply_whose_key_is_lost_is_asked_for_again(asking: Asking, org: Org) -> None:
    books, asked = _books(asking, org), order("a")
    books.settle(asked, _open(books, asked), Reply(status="ok", text="{}", usage=USED))
    for path in (asking.data_dir / "subject_keys").iterdir():
        path.unlink()

    assert isinstance(books.open(asked), Ticket)


@pytest.mark.parametrize(("early", "late"), [(29, 33)])
def test_nobody_asks_before_the_provider_said(
    asking: Asking, org: Org, early: int, late: int
) -> None:
    books, asked = _books(asking, org), order("a")
    reply = Reply(status="limited", retry_after_seconds=30.0)

    refused = books.refuse(asked, _open(books, asked), reply)

    assert isinstance(refused, Deferred)
    assert 30.0 <= refused.retry_after_seconds <= 33.0
    with pytest.raises(Deferred):
        _open(_books(asking, org, now=NOW + timedelta(seconds=early)), order("b"))
    _open(_books(asking, org, now=NOW + timedelta(seconds=late)), order("b"))


def test_another_model_may_be_asked_meanwhile(asking: Asking, org: Org) -> None:
    books, asked = _books(asking, org), order("a")
    books.refuse(asked, _open(books, asked), Reply(status="limited", retry_after_seconds=30.0))

    _open(books, order("a", model="claude-sonnet-5-5"))


def test_pause_grows_with_each_failure_and_ends_with_an_answer(asking: Asking, org: Org) -> None:
    waits = []
    now = NOW
    for at in range(4):
        books, asked = _books(asking, org, now=now), order(str(at))
        refused = books.refuse(asked, _open(books, asked), Reply(status="overloaded"))
        assert isinstance(refused, Deferred)
        waits.append(refused.retry_after_seconds)
        now += timedelta(seconds=refused.retry_after_seconds + 1)
    books, asked = _books(asking, org, now=now), order("good")
    books.settle(asked, _open(books, asked), Reply(status="ok", text="{}", usage=USED))

    refused = books.refuse(order("z"), _open(books, order("z")), Reply(status="timeout"))

    assert all(2 * 0.9 * one < two for one, two in pairwise(waits))
    assert isinstance(refused, Deferred)
    assert refused.retry_after_seconds < 2.3


def test_after_six_failures_in_a_row_nobody_waits_for_the_model(asking: Asking, org: Org) -> None:
    refused: Any = None
    now = NOW
    for at in range(6):
        books, asked = _books(asking, org, now=now), order(str(at))
        refused = books.refuse(asked, _open(books, asked), Reply(status="overloaded"))
        now += timedelta(minutes=6)

    assert isinstance(refused, NoModelError)
    assert refused.reason == "model_overloaded"


def _worst(asking: Asking, org: Org) -> int:
    """What is reserved for a call, in millionths of a dollar."""
    books, asked = _books(asking, org), order("first")
    books.settle(asked, _open(books, asked), Reply(status="ok", text="{}"))
    worst: int = org.column("SELECT reserved_micros FROM llm_calls")[0]
    org.do("DELETE FROM llm_calls")
    return worst


def test_forecast_rests_on_what_pieces_of_the_last_days_cost(asking: Asking, org: Org) -> None:
    books = _books(asking, org)
    for name, items in (("a", 1), ("b", 0), ("c", 3)):
        asked = order(name, items=items)
        reply = Reply(status="ok", text="{}", usage=USED, duration_ms=400.0)
        books.settle(asked, _open(books, asked), reply)

    with org.begin() as conn:
        rates, today = spend.rates(conn), spend.today_micros(conn)

    assert rates == {"promote": spend.Rate(micros=3 * COST / 4, duration_ms=300.0)}
    assert today == 3 * COST
    with org.begin(now=NOW + 8 * DAY) as conn:
        assert spend.rates(conn) == {}
        assert spend.today_micros(conn) == 0
