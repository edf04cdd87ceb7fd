import os
import signal
import stat
from pathlib import Path

import pytest
import redis

from nrem.embedded import files, valkey
from nrem.embedded.valkey import EmbeddedValkey
from nrem.errors import ConfigError
from tests.embedded.watching import has_ended, python

_HOLDER = """
import sys
from pathlib import Path
from nrem.embedded.valkey import EmbeddedValkey
with EmbeddedValkey(Path(sys.argv[1])) as server:
    print(server.pid, flush=True)
    sys.stdin.read()
"""


def test_what_was_sent_is_there_after_a_restart_and_after_a_kill(data_dir: Path) -> None:
    with EmbeddedValkey(data_dir) as server, redis.Redis.from_url(server.url()) as client:
        client.rpush("queue", "nudge")
    with EmbeddedValkey(data_dir) as server, redis.Redis.from_url(server.url()) as client:
        client.rpush("queue", "nudge")
        # The file is written to the kernel before the answer; only the machine's crash loses it.
        os.kill(server.pid, signal.SIGKILL)
        assert has_ended(server.pid)

    with EmbeddedValkey(data_dir) as server, redis.Redis.from_url(server.url()) as client:
        assert client.llen("queue") == 2


def test_only_the_owner_reaches_it_and_only_by_its_socket(data_dir: Path) -> None:
    with EmbeddedValkey(data_dir) as server, redis.Redis.from_url(server.url()) as client:
        path = files.socket_dir(data_dir) / "valkey.sock"

        assert stat.S_IMODE(path.stat().st_mode) == 0o700
        assert client.info("server")["tcp_port"] == 0


def test_nothing_is_left_when_the_supervising_process_is_killed(data_dir: Path) -> None:
    with python(_HOLDER, str(data_dir)) as holder:
        assert holder.stdout is not None
        server = int(holder.stdout.readline())

        holder.kill()

        assert has_ended(server)
    with EmbeddedValkey(data_dir) as again:
        assert again.is_ready()


def test_second_server_on_the_same_data_is_refused(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(valkey, "_LEFTOVER_SECONDS", 0.0)

    with EmbeddedValkey(data_dir) as server:
        with pytest.raises(ConfigError, match="another process"), EmbeddedValkey(data_dir):
            pass
        assert server.is_ready()
