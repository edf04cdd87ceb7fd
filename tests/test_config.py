import stat
import subprocess
import sys
from pathlib import Path

import pytest

from nrem.config import Settings, default_data_dir
from nrem.embedded.children import CHECKOUT
from nrem.errors import ConfigError
from tests.interpreter import for_python


def test_every_wrong_setting_is_named_and_none_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NREM_DATABASE_URL", "mysql://u:hush@h/d")
    monkeypatch.setenv("NREM_BROKER_URL", "amqp://u:hush@h")
    monkeypatch.setenv("NREM_API_PORT", "65536")
    monkeypatch.setenv("NREM_PEPPER", "hush")

    with pytest.raises(ConfigError) as caught:
        Settings()

    text = str(caught.value)
    assert [line.split(":")[0] for line in text.splitlines()] == [
        "NREM_DATABASE_URL",
        "NREM_BROKER_URL",
        "NREM_API_PORT",
        "NREM_PEPPER",
    ]
    assert "hush" not in text


def test_migrations_use_the_runtime_login_unless_given_their_own() -> None:
    alone = Settings(database_url="postgresql://a@h/d")
    both = Settings(database_url="postgresql://a@h/d", migrate_database_url="postgresql://b@h/d")

    assert alone.migrate_database_url == "postgresql+psycopg://a@h/d"
    assert alone.maintain_database_url == "postgresql+psycopg://a@h/d"
    assert both.migrate_database_url == "postgresql+psycopg://b@h/d"


def test_no_broker_is_something_else_than_none_named(monkeypatch: pytest.MonkeyPatch) -> None:
    unnamed = Settings()
    monkeypatch.setenv("NREM_BROKER_URL", "none")
    off = Settings()

    assert (unnamed.broker_url, unnamed.broker_is_off) == (None, False)
    assert (off.broker_url, off.broker_is_off) == (None, True)


def test_missing_database_url_is_named_with_the_remedy() -> None:
    with pytest.raises(ConfigError, match=r"NREM_DATABASE_URL.*\./run"):
        Settings().require_database_url()


@pytest.mark.parametrize(
    ("xdg", "wanted"), [("/data", "/data/nrem"), ("relative", "/h/.local/share/nrem")]
)
def test_data_lies_where_xdg_says(xdg: str, wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/h")
    monkeypatch.setenv("XDG_DATA_HOME", xdg)

    assert default_data_dir() == Path(wanted)


@pytest.mark.parametrize("home", ["", None])
def test_home_may_be_empty_or_missing(home: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    if home is None:
        monkeypatch.delenv("HOME", raising=False)
    else:
        monkeypatch.setenv("HOME", home)

    assert default_data_dir().is_absolute()


def test_pepper_is_made_once_and_owner_only(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")

    first, second = settings.load_pepper(), settings.load_pepper()

    assert first == second
    assert len(first) == 64
    assert stat.S_IMODE((tmp_path / "data" / "pepper").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["pepper"]


def test_processes_that_start_together_agree_on_the_pepper(tmp_path: Path) -> None:
    code = "from nrem.config import Settings; print(Settings().load_pepper().decode())"
    environment = {
        **for_python(),
        "PYTHONPATH": str(CHECKOUT),
        "NREM_DATA_DIR": str(tmp_path / "data"),
    }
    command = [sys.executable, "-c", code]

    racers = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) for _ in range(4)]
    found = {racer.communicate()[0] for racer in racers}

    assert len(found) == 1
    assert found != {b""}


def test_pepper_that_others_can_read_is_refused(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    settings.load_pepper()
    (tmp_path / "data" / "pepper").chmod(0o640)

    with pytest.raises(ConfigError, match="chmod 600"):
        settings.load_pepper()


def test_given_pepper_wins_and_writes_nothing(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", pepper="0123456789abcdef")

    assert settings.load_pepper() == b"0123456789abcdef"
    assert not (tmp_path / "data").exists()
