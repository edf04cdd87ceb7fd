"""What a process remembers of requests without a delivered answer: bounded, and not for long."""

import asyncio
from collections.abc import Callable

import pytest

from api import attempt as module
from api.attempt import KEPT_SECONDS, Answer, Attempts

DONE = Answer(status=200, headers=(), body=b"done")
FAILED = Answer(status=503, headers=(), body=b"failed")


class _Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def _answering(answer: Answer, seen: list[Answer]) -> Callable[[], "asyncio.Future[Answer]"]:
    async def work() -> Answer:
        seen.append(answer)
        return answer

    return lambda: asyncio.ensure_future(work())


def _send(
    attempts: Attempts, answer: Answer, *, is_delivered: bool, name: bytes = b"a"
) -> tuple[str, int]:
    """One request; says under which key it was done, and how often."""
    seen: list[Answer] = []

    async def send() -> str:
        found = attempts.find(name, b"body", None)
        given = await attempts.run(found, _answering(answer, seen))
        attempts.settle(found, given, is_delivered=is_delivered)
        return found.key

    return asyncio.run(send()), len(seen)


@pytest.mark.parametrize(("after", "done"), [(KEPT_SECONDS - 1, 0), (KEPT_SECONDS, 1)])
def test_an_answer_is_kept_for_three_minutes(after: float, done: int) -> None:
    clock = _Clock()
    attempts = Attempts(clock)
    _send(attempts, DONE, is_delivered=False)

    clock.seconds += after

    assert _send(attempts, DONE, is_delivered=True)[1] == done


def test_a_failure_is_done_again_under_the_same_key() -> None:
    attempts = Attempts()

    first, _ = _send(attempts, FAILED, is_delivered=True)

    assert _send(attempts, DONE, is_delivered=True) == (first, 1)
    assert _send(attempts, DONE, is_delivered=True)[0] != first


def test_a_refusal_that_was_delivered_is_forgotten() -> None:
    attempts = Attempts()
    refused = Answer(status=422, headers=(), body=b"")

    first, _ = _send(attempts, refused, is_delivered=True)

    assert _send(attempts, refused, is_delivered=True)[0] != first


@pytest.mark.parametrize(("most", "done"), [(2, 0), (1, 1)])
def test_the_oldest_attempt_makes_room(
    monkeypatch: pytest.MonkeyPatch, most: int, done: int
) -> None:
    monkeypatch.setattr(module, "_MOST_ATTEMPTS", most)
    attempts = Attempts()
    _send(attempts, DONE, is_delivered=False, name=b"a")

    _send(attempts, DONE, is_delivered=False, name=b"b")

    assert _send(attempts, DONE, is_delivered=False, name=b"a")[1] == done


@pytest.mark.parametrize(("most", "kept"), [(8, 2), (7, 1)])
def test_answers_take_up_bounded_memory(
    monkeypatch: pytest.MonkeyPatch, most: int, kept: int
) -> None:
    monkeypatch.setattr(module, "_MOST_BYTES", most)
    attempts = Attempts()

    for name in (b"a", b"b"):
        _send(attempts, DONE, is_delivered=False, name=name)

    assert attempts.kept == kept


def test_who_waited_for_a_failure_tries_by_itself() -> None:
    attempts, seen = Attempts(), list[Answer]()

    async def both() -> list[Answer]:
        found = [attempts.find(b"a", b"body", None) for _ in range(2)]
        assert found[0] is found[1]
        given = await asyncio.gather(
            attempts.run(found[0], _answering(FAILED, seen)),
            attempts.run(found[1], _answering(DONE, seen)),
        )
        return list(given)

    assert asyncio.run(both()) == [FAILED, DONE]


@pytest.mark.parametrize(("first", "done"), [(FAILED, [FAILED, DONE]), (DONE, [DONE])])
def test_who_comes_between_an_end_and_its_answer_joins_a_success_alone(
    first: Answer, done: list[Answer]
) -> None:
    attempts, seen = Attempts(), list[Answer]()

    async def both() -> Answer:
        found = attempts.find(b"a", b"body", None)
        await attempts.run(found, _answering(first, seen))
        return await attempts.run(found, _answering(DONE, seen))

    assert asyncio.run(both()) == DONE
    assert seen == done


def test_all_that_runs_is_waited_for() -> None:
    attempts, seen = Attempts(), list[Answer]()

    async def leave() -> None:
        found = attempts.find(b"a", b"body", None)
        asker = asyncio.ensure_future(attempts.run(found, _answering(DONE, seen)))
        await asyncio.sleep(0)
        asker.cancel()
        await attempts.wait()

    asyncio.run(leave())

    assert seen == [DONE]
