import logging

import pytest

from nrem import sdk
from tests.sdk import samples
from tests.sdk.stub import Stub


def _refusal(**named: object) -> sdk.ValidationError:
    arguments: dict[str, object] = {"base_url": "http://localhost", "api_key": "key", **named}
    with pytest.raises(sdk.ValidationError) as caught:
        sdk.Client(**arguments)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize(
    ("name", "variable"), [("base_url", "NREM_BASE_URL"), ("api_key", "NREM_API_KEY")]
)
def test_missing_argument_is_named_with_its_variable(name: str, variable: str) -> None:
    error = _refusal(**{name: None})

    assert (error.code, error.field) == ("config_error", name)
    assert variable in (error.remedy or "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("base_url", "localhost:8000"),
        ("base_url", "ftp://localhost"),
        ("api_key", "two\nlines"),
        ("api_key", "ключ"),
        ("timeout", 0),
        ("timeout", -1.0),
        ("timeout", float("nan")),
        ("timeout", "30"),
        ("timeout", True),
        ("max_retries", -1),
        ("max_retries", 1.5),
        ("max_retries", True),
        ("proxy", "nonsense"),
        ("proxy", 7),
        ("admin_url", "localhost"),
        ("admin_key", "a\x00b"),
    ],
)
def test_argument_that_makes_no_sense_is_named(name: str, value: object) -> None:
    error = _refusal(**{name: value})

    assert error.field == name
    assert error.remedy


@pytest.mark.parametrize("prefix", ["NREM", "Z3RNO"])
def test_address_and_key_may_stand_in_the_environment(
    prefix: str, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{prefix}_BASE_URL", stub.url + "/")
    monkeypatch.setenv(f"{prefix}_API_KEY", "theirs")
    stub.answers(samples.MEMORY)

    with sdk.Client() as client:
        client.get_memory("mem_1")

    assert stub.last.headers["authorization"] == "Bearer theirs"
    assert stub.last.path == "/v1/memories/mem_1"


def test_arguments_win_over_the_environment_and_nrem_over_z3rno(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NREM_API_KEY", "ours")
    monkeypatch.setenv("Z3RNO_API_KEY", "theirs")
    monkeypatch.setenv("NREM_BASE_URL", "http://127.0.0.1:1")
    stub.answers(samples.MEMORY)

    with sdk.Client(base_url=stub.url) as client:
        client.get_memory("mem_1")

    assert stub.last.headers["authorization"] == "Bearer ours"


def test_base_url_may_have_a_path(stub: Stub) -> None:
    stub.answers(samples.MEMORY)

    with sdk.Client(f"{stub.url}/behind/", "key") as client:
        client.get_memory("mem_1")

    assert stub.last.path == "/behind/v1/memories/mem_1"


@pytest.mark.parametrize(
    ("named", "missing"),
    [({}, "admin_url"), ({"admin_url": "http://localhost"}, "admin_key")],
)
def test_operators_call_says_what_is_missing(named: dict[str, str], missing: str) -> None:
    with (
        sdk.Client("http://localhost", "key", **named) as client,  # type: ignore[arg-type]
        pytest.raises(sdk.ValidationError) as caught,
    ):
        client.admin.get_policy()

    assert caught.value.field == missing
    assert missing.upper() in (caught.value.remedy or "")


def test_admin_key_may_stand_in_the_environment(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NREM_ADMIN_URL", stub.url)
    monkeypatch.setenv("NREM_ADMIN_KEY", "operator")
    stub.answers(samples.POLICY)

    with sdk.Client(stub.url, "key") as client:
        client.admin.get_policy()

    assert stub.last.headers["authorization"] == "Bearer operator"


def test_closed_client_says_so_and_may_be_closed_again(stub: Stub) -> None:
    client = sdk.Client(stub.url, "key")
    client.close()
    client.close()

    with pytest.raises(sdk.Z3rnoError) as caught:
        client.health()

    assert caught.value.code == "client_closed"


def test_log_names_the_route_and_neither_ids_nor_keys(
    stub: Stub, caplog: pytest.LogCaptureFixture
) -> None:
    stub.answers(samples.SESSION, X_Request_ID="req_1")
    caplog.set_level(logging.INFO, "nrem.sdk")

    with sdk.Client(stub.url, "the-key", enable_logging=True) as client:
        client.get_session("alice's session")

    (line,) = [one.getMessage() for one in caplog.records if one.name == "nrem.sdk"]
    assert "route=/v1/sessions/{} status=200" in line
    assert "req_1" in line
    assert "alice" not in line
    assert "the-key" not in line


def test_nothing_is_logged_unless_asked_for(
    client: sdk.Client, stub: Stub, caplog: pytest.LogCaptureFixture
) -> None:
    stub.answers(samples.SESSION)
    caplog.set_level(logging.INFO, "nrem.sdk")

    client.get_session("s")

    assert not [one for one in caplog.records if one.name == "nrem.sdk"]


def test_settings_never_show_a_key() -> None:
    with sdk.Client("http://localhost", "the-key", admin_key="the-admin-key") as client:
        assert "the-key" not in repr(client._transport.settings)  # noqa: SLF001
        assert "the-admin-key" not in repr(client._transport.settings)  # noqa: SLF001
