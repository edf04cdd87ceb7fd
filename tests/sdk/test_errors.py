import pickle
import traceback
from datetime import UTC, datetime

import pytest

from nrem import sdk
from nrem.sdk.answer import retry_after_seconds
from nrem.sdk.fault import translated
from tests.sdk import samples
from tests.sdk.stub import Reply, Stub

BY_STATUS = [
    (400, sdk.ValidationError, "validation_error"),
    (401, sdk.AuthenticationError, "authentication_failed"),
    (403, sdk.AuthorisationError, "forbidden"),
    (404, sdk.NotFoundError, "not_found"),
    (405, sdk.Z3rnoError, "http_405"),
    (409, sdk.ConflictError, "conflict"),
    (413, sdk.ValidationError, "validation_error"),
    (415, sdk.ValidationError, "validation_error"),
    (422, sdk.ValidationError, "validation_error"),
    (429, sdk.RateLimitError, "rate_limited"),
    (500, sdk.ServerError, "internal_error"),
    (502, sdk.ServerError, "internal_error"),
    (503, sdk.ServerError, "unavailable"),
    (307, sdk.Z3rnoError, "http_307"),
]
NOW = datetime(2026, 3, 1, 9, 0, 0, tzinfo=UTC)


def _failure(client: sdk.Client) -> sdk.Z3rnoError:
    with pytest.raises(sdk.Z3rnoError) as caught:
        client.get_memory("mem_1")
    return caught.value


@pytest.mark.parametrize(("status", "kind", "code"), BY_STATUS)
def test_status_makes_the_error_and_its_code(
    status: int, kind: type[sdk.Z3rnoError], code: str, client: sdk.Client, stub: Stub
) -> None:
    stub.answers({}, status)

    error = _failure(client)

    assert (type(error), error.status_code, error.code) == (kind, status, code)
    assert str(status) in error.message


def test_error_tells_what_the_body_says(client: sdk.Client, stub: Stub) -> None:
    told = {
        "detail": "top_k: must be at most 1000",
        "error": "too_much",
        "request_id": "req_1",
        "field": "top_k",
        "remedy": "ask for less",
        "errors": [{"field": "top_k", "detail": "must be at most 1000"}],
    }
    stub.answers(told, 422)

    error = _failure(client)

    assert error.message == "top_k: must be at most 1000"
    assert (error.code, error.request_id) == ("too_much", "req_1")
    assert (error.field, error.remedy, error.errors) == ("top_k", "ask for less", told["errors"])
    assert str(error) == "top_k: must be at most 1000 [too_much]"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"detail": [{"loc": ["x"]}]}, '[{"loc": ["x"]}]'),
        ({"error": "gone"}, "gone"),
        (["a", "list"], "the server answered 404 Not Found"),
        (b"<html>no</html>", "the server answered 404 Not Found"),
        (b"", "the server answered 404 Not Found"),
    ],
    ids=["list", "code alone", "no object", "no JSON", "nothing"],
)
def test_message_is_a_text_whatever_the_body(
    body: object,
    message: str,
    client: sdk.Client,
    stub: Stub,
) -> None:
    stub.answers(body, 404, X_Request_ID="req_2")

    error = _failure(client)

    assert (error.message, error.request_id) == (message, "req_2")


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"null", b'"text"', b'{"id": 7}', b"\xff", b"[" * 100_000],
    ids=["empty", "html", "list", "null", "text", "fields", "bytes", "deep"],
)
def test_success_that_makes_no_sense_is_a_server_error(
    body: bytes, client: sdk.Client, stub: Stub
) -> None:
    stub.answers(body)

    error = _failure(client)

    assert (type(error), error.code, error.status_code) == (sdk.ServerError, "bad_response", 200)


def test_bad_response_names_fields_and_repeats_nothing(client: sdk.Client, stub: Stub) -> None:
    stub.answers(samples.MEMORY | {"recall_count": "the secret"})

    error = _failure(client)

    assert "recall_count" in error.message
    assert "the secret" not in "".join(traceback.format_exception(error))


@pytest.mark.parametrize("answer", [{}, {"session_id": "s", "transitioned_count": None}, []])
def test_end_of_a_session_that_makes_no_sense_is_a_server_error(
    answer: object,
    client: sdk.Client,
    stub: Stub,
) -> None:
    stub.answers(answer)

    with pytest.raises(sdk.ServerError) as caught:
        client.end_session("ses_1")

    assert caught.value.code == "bad_response"


def test_answer_that_cannot_be_unpacked_is_a_server_error(client: sdk.Client, stub: Stub) -> None:
    stub.answers(b"no gzip", Content_Encoding="gzip")

    assert _failure(client).code == "bad_response"


def test_no_answer_is_a_connection_error(client: sdk.Client, stub: Stub) -> None:
    stub.will(Reply(is_dropped=True))

    error = _failure(client)

    assert isinstance(error, sdk.Z3rnoConnectionError)
    assert (error.code, error.status_code, error.request_id) == ("connection_failed", None, None)


def test_time_that_runs_out_is_a_connection_error() -> None:
    # nobody answers there: the queue of connections is all there is
    with sdk.Client("http://127.0.0.1:1", "key", max_retries=0) as client:
        error = _failure(client)

    assert isinstance(error, sdk.Z3rnoConnectionError)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("inf", None),
        ("7", 7),
        ("0", 0),
        ("-3", 0),
        ("1.2", 2),
        ("Sun, 01 Mar 2026 09:00:09 GMT", 9),
        ("Sun, 01 Mar 2026 08:00:00 GMT", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: int | None) -> None:
    assert retry_after_seconds(header, NOW) == seconds


@pytest.mark.parametrize(("headers", "seconds"), [({"Retry_After": "17"}, 17), ({}, 1)])
def test_rate_limit_always_says_how_long(
    headers: dict[str, str], seconds: int, client: sdk.Client, stub: Stub
) -> None:
    stub.answers({}, 429, **headers)

    error = _failure(client)

    assert isinstance(error, sdk.RateLimitError)
    assert error.retry_after == seconds


def test_errors_survive_pickling() -> None:
    error = sdk.NotFoundError("gone", 404, code="not_found", request_id="req_1", field="id")

    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own

    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def test_errors_have_their_usual_status_without_an_answer() -> None:
    assert sdk.AuthenticationError("no key").status_code == 401
    assert sdk.Z3rnoConnectionError("refused").status_code is None


def test_documented_names_are_the_same_classes() -> None:
    assert sdk.AuthorizationError is sdk.AuthorisationError
    assert sdk.ConnectionError is sdk.Z3rnoConnectionError
    assert sdk.NremError is sdk.Z3rnoError
    for name in ("AuthenticationError", "ConflictError", "ConnectionError", "ServerError"):
        assert issubclass(getattr(sdk, name), sdk.Z3rnoError)


def test_other_errors_pass_the_translation_untouched() -> None:
    with pytest.raises(KeyError), translated():
        raise KeyError
