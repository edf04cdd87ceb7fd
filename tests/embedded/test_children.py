import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from nrem.config import Settings
from nrem.embedded.children import ARGUMENTS, Child, Urls, choose_port
from nrem.errors import ConfigError

_URLS = Urls(
    api="postgresql+psycopg://api@/nrem",
    worker="postgresql+psycopg://worker@/nrem",
    maintain="postgresql+psycopg://maintain@/nrem",
    migrate="postgresql+psycopg://postgres@/nrem",
    broker=None,
)


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def _environment(name: str, tmp_path: Path) -> dict[str, str]:
    settings = Settings(data_dir=tmp_path, poll_enabled=False)
    return dict(Child(name=name, settings=settings, urls=_URLS).command().env)


@pytest.mark.parametrize("name", sorted(ARGUMENTS))
def test_child_gets_the_login_of_its_role(name: str, tmp_path: Path) -> None:
    wanted = _URLS.api if name == "api" else _URLS.worker

    assert _environment(name, tmp_path)["NREM_DATABASE_URL"] == wanted


@pytest.mark.parametrize("name", sorted(ARGUMENTS))
def test_only_migrations_get_the_administrators_login(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NREM_MIGRATE_DATABASE_URL", "postgresql://postgres@/other")

    found = _environment(name, tmp_path).get("NREM_MIGRATE_DATABASE_URL")

    assert found == (_URLS.migrate if name == "migrate" else None)


@pytest.mark.parametrize("name", sorted(ARGUMENTS))
def test_only_workers_get_the_login_that_rewrites_files(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NREM_MAINTAIN_DATABASE_URL", "postgresql://maintain@/other")

    found = _environment(name, tmp_path).get("NREM_MAINTAIN_DATABASE_URL")

    assert found == (_URLS.maintain if name in {"worker", "poll"} else None)


def test_settings_of_a_child_are_its_supervisors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path, poll_enabled=False, api_port=1, pool_size=3)
    child = Child(name="api", settings=settings, urls=_URLS)

    for name, value in child.command().env.items():
        monkeypatch.setenv(name, value)
    found = Settings()

    differing = {"database_url", "maintain_database_url", "migrate_database_url"}
    assert found.model_dump(exclude=differing) == settings.model_dump(exclude=differing)
    assert found.broker_is_off


def test_password_shows_in_no_text_about_a_child(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, database_url="postgresql://u:hush@h/d", pepper="hush-hush-hush-hush"
    )
    urls = Urls(
        api="postgresql://u:hush@h/d",
        worker="postgresql://u:hush@h/d",
        maintain="postgresql://u:hush@h/d",
        migrate="postgresql://u:hush@h/d",
        broker="redis://:hush@h",
    )

    child = Child(name="api", settings=settings, urls=urls)

    assert "hush" not in f"{child!r} {child.command()!r} {settings!r} {urls!r}"


def test_taken_port_is_refused_with_the_option_that_changes_it(taken: int) -> None:
    with pytest.raises(ConfigError, match="--port"):
        choose_port("127.0.0.1", taken, option="--port")


def test_given_port_is_kept_when_free(taken: int) -> None:
    free = choose_port("127.0.0.1", 0, option="--port")

    assert choose_port("127.0.0.1", free, option="--port") == free
    assert free != taken


def test_chosen_port_is_none_that_outgoing_connections_get() -> None:
    limits = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()

    chosen = {choose_port("127.0.0.1", 0, option="--port") for _ in range(50)}

    assert not {port for port in chosen if int(limits[0]) <= port <= int(limits[1])}
