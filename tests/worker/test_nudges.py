"""The broker holds names of passes, whatever was said: a dump of it and its files hold no word."""

from pathlib import Path

import pytest
import redis

from nrem.embedded import valkey
from nrem.embedded.valkey import EmbeddedValkey
from nrem.queue import Nudger
from tests.world import TOOLS, Org, end, memory, turn
from worker.passes import PASSES
from worker.process import Process
from worker.runner import Cause

CANARY = "canary-0b81f2"


@pytest.mark.skipif(not valkey.is_installed(), reason="no Valkey for this platform")
def test_dump_of_the_broker_holds_nothing_that_was_said(org: Org, tmp_path: Path) -> None:
    place = {name: f"{CANARY} {name}" for name in ("agent", "user", "session")}
    who = {name: place[name] for name in ("agent", "user")}
    org.append(
        turn(
            f"I said {CANARY}",
            key=CANARY,
            session=place["session"],
            thread=CANARY,
            agent=who["agent"],
            user=who["user"],
        ),
        memory(f"the {CANARY}", agent=who["agent"], user=who["user"]),
        end(place["session"], agent=who["agent"], user=who["user"]),
    )
    with EmbeddedValkey(tmp_path / "broker") as broker:
        nudger = Nudger(broker.url())
        process = Process(
            kind="poll", name="test", database=org.world.worker, tools=TOOLS, nudger=nudger
        )
        for duty in PASSES:
            process.run(duty, Cause(name="poll"))
        nudger.nudge([duty.name for duty in PASSES])
        nudger.close()
        with redis.Redis.from_url(broker.url()) as client:
            dumps = [client.dump(key) for key in client.keys("*")]
            client.config_set("rdbcompression", "no")
            client.save()
        files = [path.read_bytes() for path in (tmp_path / "broker").rglob("*") if path.is_file()]

    held = b"".join([*(one for one in dumps if isinstance(one, bytes)), *files])
    assert b"nrem.score" in held
    assert CANARY.encode() not in held
    assert org.memories()
