import contextlib
import os
import signal
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest

from nrem.embedded import files, launch, postgres
from nrem.embedded.postgres import ERASURE_SETTINGS, EmbeddedPostgres
from nrem.embedded.process import Identity
from nrem.errors import ConfigError
from tests.embedded.watching import has_ended, python, python_as

_ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
_NO_SUCH_PID = 2**22 + 1

_HOLDER = """
import sys
from pathlib import Path
from nrem.embedded.postgres import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1]), durable=False) as server:
    print(server.pid, flush=True)
    sys.stdin.read()
"""
_USER = """
import sys
from pathlib import Path
from nrem.embedded.postgres import EmbeddedPostgres
for _ in range(2):
    with EmbeddedPostgres(Path(sys.argv[1]), durable=False): pass
"""


def _ask(server: EmbeddedPostgres, query: str) -> object:
    with psycopg.connect(server.url().replace("+psycopg", "", 1), autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row and row[0]


def _fill(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False) as server:
        _keep(server)


def _keep(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url().replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")


def _kept(server: EmbeddedPostgres) -> object:
    return _ask(server, "SELECT n FROM kept")


def test_rows_are_there_the_second_time(data_dir: Path) -> None:
    _fill(data_dir)

    with EmbeddedPostgres(data_dir, durable=False) as server:
        assert _kept(server) == 7


def test_server_is_durable_private_and_forgetful_by_default(data_dir: Path) -> None:
    wanted = {
        "fsync": "on",
        "full_page_writes": "on",
        "listen_addresses": "",
        "data_checksums": "on",
    }
    wanted |= ERASURE_SETTINGS

    with EmbeddedPostgres(data_dir) as server:
        found = {name: _ask(server, f"SELECT current_setting('{name}')") for name in wanted}

    assert found == wanted


def test_log_of_a_server_repeats_no_statement_and_no_row(data_dir: Path) -> None:
    canary = "canary-5d20c7"
    faults = [
        (f"SELECT '{canary}'::int", ()),
        ("INSERT INTO kept VALUES (%s)", (canary,)),
        (f'DROP TABLE "{canary}"', ()),
        ("SELECT pg_sleep(0.01), %s::text", (canary,)),
        (f"DO $$ BEGIN RAISE WARNING 'words' USING DETAIL = '{canary}'; END $$", ()),
    ]
    with EmbeddedPostgres(data_dir, durable=False) as server:
        url = server.url().replace("+psycopg", "", 1)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (word text CHECK (word NOT LIKE 'canary%'))")
            for order, values in faults:
                with contextlib.suppress(psycopg.Error):
                    connection.execute(order.encode(), values)
        told = {
            name: _ask(server, f"SELECT current_setting('{name}')")
            for name in ("log_statement", "log_min_duration_statement", "log_duration")
        }

    log = (data_dir / "logs" / "postgres.log").read_text()
    assert "ready to accept connections" in log
    assert "canary" not in log
    assert told == {
        "log_statement": "none",
        "log_min_duration_statement": "-1",
        "log_duration": "off",
    }


def test_vectors_and_sortable_ids_are_at_hand(data_dir: Path) -> None:
    query = "SELECT uuidv7() IS NOT NULL FROM pg_available_extensions WHERE name = 'vector'"

    with EmbeddedPostgres(data_dir, durable=False) as server:
        assert _ask(server, query) is True


def test_everything_is_closed_to_other_users(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False):
        sockets = files.socket_dir(data_dir)
        paths = [data_dir, data_dir / "postgres", sockets, sockets / ".s.PGSQL.5432"]
        paths += [data_dir / "logs", data_dir / "logs" / "postgres.log", data_dir / "postgres.lock"]

        open_to_others = [path for path in paths if stat.S_IMODE(path.lstat().st_mode) & 0o077]

    assert not open_to_others


def test_rows_survive_a_killed_server(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False) as server:
        _keep(server)
        os.kill(server.pid, signal.SIGKILL)
        assert has_ended(server.pid)

    with EmbeddedPostgres(data_dir, durable=False) as server:
        assert _kept(server) == 7


def test_nothing_is_left_when_the_supervising_process_is_killed(data_dir: Path) -> None:
    with python(_HOLDER, str(data_dir)) as holder:
        assert holder.stdout is not None
        server = int(holder.stdout.readline())

        holder.kill()

        assert has_ended(server)
    # Every process of the server held this lock; the next start needs no recovery.
    lock = files.acquire(data_dir / "postgres.lock", wait_seconds=30)
    assert lock is not None
    os.close(lock)
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


def test_second_server_on_the_same_data_is_refused(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_LEFTOVER_SECONDS", 0.0)

    with EmbeddedPostgres(data_dir, durable=False) as server:
        with pytest.raises(ConfigError, match="another process"), EmbeddedPostgres(data_dir):
            pass
        assert _ask(server, "SELECT 1") == 1


@pytest.mark.parametrize("text", ["", "{alive}\n", "{zombie}\n", "{gone}\n"])
def test_pid_file_of_a_dead_server_does_not_keep_it_from_starting(
    text: str, data_dir: Path
) -> None:
    _fill(data_dir)
    with subprocess.Popen(["/bin/true"]) as zombie:
        os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
        stale = text.format(alive=os.getppid(), zombie=zombie.pid, gone=_NO_SUCH_PID)
        for path in (
            data_dir / "postgres" / "postmaster.pid",
            files.socket_dir(data_dir) / ".s.PGSQL.5432.lock",
        ):
            path.write_text(stale)
            path.chmod(0o600)

        with EmbeddedPostgres(data_dir, durable=False) as server:
            assert _kept(server) == 7


def test_half_made_cluster_is_made_again(data_dir: Path) -> None:
    (data_dir / "postgres.new").mkdir(parents=True, mode=0o700)
    (data_dir / "postgres.new" / "PG_VERSION").write_text("18\n")
    data_dir.chmod(0o700)

    with EmbeddedPostgres(data_dir, durable=False) as server:
        assert _ask(server, "SELECT 1") == 1


def test_path_that_no_url_likes_and_no_socket_fits_works(tmp_path: Path) -> None:
    data_dir = tmp_path / "päth with spaces" / ("x" * 80)

    with EmbeddedPostgres(data_dir, durable=False) as server:
        assert _ask(server, "SELECT 1") == 1
        sockets = files.socket_dir(data_dir)
    assert not sockets.exists()


@_ROOT_ONLY
def test_root_may_change_its_way_of_becoming_another_user(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False, identity=Identity.DROPPED) as server:
        _keep(server)
    with EmbeddedPostgres(data_dir, durable=False, identity=Identity.MAPPED) as server:
        assert _kept(server) == 7
    with EmbeddedPostgres(data_dir, durable=False, identity=Identity.DROPPED) as server:
        assert _kept(server) == 7


@_ROOT_ONLY
def test_ordinary_user_runs_it_twice(data_dir: Path, tmp_path: Path) -> None:
    data_dir.mkdir(mode=0o700)
    os.chown(data_dir, launch.DROPPED_UID, launch.DROPPED_UID)
    log = tmp_path / "log"

    assert python_as(Identity.DROPPED, _USER, data_dir, log) == 0, log.read_text()
    assert (data_dir / "postgres").stat().st_uid == launch.DROPPED_UID


def test_directory_of_another_user_is_refused(tmp_path: Path) -> None:
    foreign = Path("/proc/1") if os.geteuid() else tmp_path / "foreign"
    if not os.geteuid():
        foreign.mkdir()
        os.chown(foreign, launch.DROPPED_UID, -1)

    with pytest.raises(ConfigError, match=r"belongs to user|Permission"), EmbeddedPostgres(foreign):
        pass
