from datetime import timedelta
from email.utils import format_datetime

import pytest

from nrem import sdk
from nrem.clock import utc_now
from nrem.sdk.retry import backoff_seconds
from tests.sdk import samples
from tests.sdk.stub import Reply, Stub

OK = Reply(body=samples.MEMORY)
DROPPED = Reply(is_dropped=True)


def _store(client: sdk.Client) -> sdk.Memory:
    return client.store(agent_id="agent-1", content="likes tea")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_passing_faults_are_retried(
    status: int, client: sdk.Client, stub: Stub, pauses: list[float]
) -> None:
    stub.will(Reply(status=status, body={}), OK)

    _store(client)

    assert len(stub.asked) == 2
    assert len(pauses) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500, 501])
def test_lasting_faults_are_not_retried(status: int, client: sdk.Client, stub: Stub) -> None:
    stub.will(Reply(status=status, body={}), OK)

    with pytest.raises(sdk.Z3rnoError):
        _store(client)

    assert len(stub.asked) == 1


def test_three_retries_are_four_requests(
    client: sdk.Client, stub: Stub, pauses: list[float]
) -> None:
    stub.will(DROPPED)

    with pytest.raises(sdk.Z3rnoConnectionError):
        _store(client)

    assert len(stub.asked) == 4
    assert len(pauses) == 3


def test_no_retries_are_one_request(stub: Stub) -> None:
    stub.will(DROPPED)

    with sdk.Client(stub.url, "key", max_retries=0) as client, pytest.raises(sdk.ConnectionError):
        _store(client)

    assert len(stub.asked) == 1


def test_all_attempts_of_a_write_have_one_key(client: sdk.Client, stub: Stub) -> None:
    stub.will(DROPPED, Reply(status=503, body={}), OK)

    _store(client)

    assert len({one.headers["idempotency-key"] for one in stub.asked}) == 1
    assert len({str(one.body) for one in stub.asked}) == 1


def test_each_write_has_a_key_of_its_own(client: sdk.Client, stub: Stub) -> None:
    stub.will(OK)

    for _ in range(2):
        _store(client)

    assert len({one.headers["idempotency-key"] for one in stub.asked}) == 2


def test_callers_key_is_sent_as_it_is(client: sdk.Client, stub: Stub) -> None:
    stub.will(OK)

    client.store(agent_id="agent-1", content="likes tea", idempotency_key="import:7")

    assert stub.last.headers["idempotency-key"] == "import:7"


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("header", "seconds"), [("20", 20.0), ("61", 60.0), ("99999999999", 60.0)])
def test_retry_after_is_honoured_up_to_a_minute(
    status: int, header: str, seconds: float, client: sdk.Client, stub: Stub, pauses: list[float]
) -> None:
    stub.will(Reply(status=status, body={}, headers={"Retry-After": header}), OK)

    _store(client)

    assert pauses == [seconds]


def test_retry_after_may_be_a_date(client: sdk.Client, stub: Stub, pauses: list[float]) -> None:
    then = format_datetime(utc_now() + timedelta(seconds=50), usegmt=False)
    stub.will(Reply(status=429, body={}, headers={"Retry-After": then}), OK)

    _store(client)

    assert 8 < pauses[0] <= 51


def test_retry_after_means_nothing_on_other_faults(
    client: sdk.Client, stub: Stub, pauses: list[float]
) -> None:
    stub.will(Reply(status=502, body={}, headers={"Retry-After": "20"}), OK)

    _store(client)

    assert pauses[0] <= 0.5


@pytest.mark.parametrize(
    ("retries", "longest"), [(0, 0.5), (1, 1.0), (4, 8.0), (5, 8.0), (10_000, 8.0)]
)
def test_backoff_doubles_up_to_eight_seconds_with_jitter(retries: int, longest: float) -> None:
    found = {backoff_seconds(retries) for _ in range(200)}

    assert longest / 2 <= min(found) < max(found) <= longest
    assert len(found) > 100


def test_dropped_connection_after_a_good_answer_is_retried(client: sdk.Client, stub: Stub) -> None:
    # the pool's connection is closed under it, and the client makes another one
    stub.will(OK, DROPPED, OK)

    _store(client)
    _store(client)

    assert len(stub.asked) == 3
