"""How stores reach the database: any loop, any process, one org."""

import asyncio
import os
import signal
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection

from nrem.config import Settings
from nrem.erasure_ledger import Subject, ledger_of
from nrem.errors import ConfigError
from nrem.own_file import own_directory
from nrem.store.erasure_line import RestoredError
from nrem.zeno import ConversationStore, Link, SessionStore
from nrem.zeno.link import Means
from tests.world import NOW, Org, World
from tests.zeno.sides import run


async def _open(store: SessionStore, user: str) -> str:
    return (await store.get_or_create(user, "cli", None, lambda: "sdk")).sdk_session_id


def test_store_is_made_without_a_loop_and_without_a_database() -> None:
    SessionStore("postgresql://nobody@127.0.0.1:1/none", org="org")


def test_org_may_be_named(settings: Settings, org: Org) -> None:
    (name,) = org.column("SELECT name FROM orgs WHERE id = %(org)s")
    store = SessionStore(settings, org=name)

    assert run(_open(store, "ana")) == "sdk"
    run(store.aclose())

    assert len(org.ask("SELECT 1 FROM zeno_sessions WHERE org_id = %(org)s")) == 1


def test_org_that_nobody_made_is_refused(settings: Settings) -> None:
    store = SessionStore(settings, org="nobody's")

    with pytest.raises(ConfigError, match="no org of this name"):
        run(_open(store, "ana"))
    run(store.aclose())


def test_database_from_before_an_erasure_is_refused(
    settings: Settings, org: Org, tmp_path: Path
) -> None:
    here = settings.model_copy(update={"data_dir": own_directory(tmp_path / "data")})
    before = SessionStore(here, org=org.number)
    run(_open(before, "ana"))
    run(before.aclose())
    gone = Subject(
        org_id=org.number,
        erasure_id=1,
        kind="user",
        target_hash=b"somebody whom this database never knew",
        requested_at=NOW,
        fenced_at=NOW,
    )
    ledger_of(here).begin(gone, model_requests=0, model_requested_at=None)
    store = SessionStore(here, org=org.number)

    with pytest.raises(RestoredError, match="nrem purge --replay"):
        run(_open(store, "ana"))
    run(store.aclose())


def test_org_must_be_given(settings: Settings) -> None:
    with pytest.raises(ConfigError, match="org"):
        SessionStore(settings)


def test_database_must_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NREM_DATABASE_URL", raising=False)

    with pytest.raises(ConfigError, match="NREM_DATABASE_URL"):
        SessionStore(org="org")


def test_orgs_do_not_see_each_other(settings: Settings, world: World, org: Org) -> None:
    other = SessionStore(settings, org=world.found("another org").number)
    own = SessionStore(settings, org=org.number)
    run(_open(own, "ana"))

    assert run(other.get("ana", "cli", None)) is None
    for store in (own, other):
        run(store.aclose())


def test_one_store_serves_loops_of_several_threads(link: Link) -> None:
    store = SessionStore(link)
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda n=n: found.append(run(_open(store, f"user {n % 2}"))))
        for n in range(8)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == ["sdk"] * 8


def test_more_calls_than_connections_wait_their_turn(settings: Settings, org: Org) -> None:
    link = Link(settings, org=org.number, pool_size=2)
    store = SessionStore(link)

    async def several() -> list[str]:
        return await asyncio.gather(*(_open(store, f"user {n}") for n in range(30)))

    assert run(several()) == ["sdk"] * 30
    run(link.aclose())


def test_forked_process_has_connections_of_its_own(settings: Settings, org: Org) -> None:
    store = SessionStore(settings, org=org.number)
    run(_open(store, "ana"))

    child = os.fork()
    if child == 0:
        # Nothing of the parent's is cleaned up here.
        signal.alarm(30)
        try:
            os._exit(0 if run(_open(store, "ana")) == "sdk" else 1)
        finally:
            os._exit(2)
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert run(_open(store, "bo")) == "sdk"
    run(store.aclose())


def test_closing_a_store_leaves_the_link_of_others(link: Link) -> None:
    async def work() -> list[str]:
        async with SessionStore(link) as first:
            await _open(first, "ana")
        return [await _open(SessionStore(link), "ana")]

    assert run(work()) == ["sdk"]


def test_transaction_is_of_the_runtime_role_and_has_org_and_instant(link: Link, org: Org) -> None:
    def look(conn: Connection, means: Means) -> tuple[str, int, bool]:
        row = conn.exec_driver_sql("SELECT current_user, app_org(), app_now()").one()
        return row[0], row[1], row[2] == means.now == NOW

    assert run(link.run(look)) == ("nrem_api", org.number, True)


def test_deadlock_is_tried_again(link: Link) -> None:
    tries = []

    def work(conn: Connection, _means: Means) -> str:
        tries.append(1)
        if len(tries) < 3:
            conn.exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$")
        return "done"

    assert run(link.run(work)) == "done"
    assert len(tries) == 3


def test_conversation_store_logs_what_it_cannot_reach_only_by_its_kind(
    caplog: pytest.LogCaptureFixture,
) -> None:
    url = "postgresql://somebody:secret@127.0.0.1:1/none"
    store = ConversationStore(Settings(database_url=url, pepper="x" * 16), org="org")

    assert run(store.load(user_id="ana", thread_key=None)) == []

    assert "OperationalError" in caplog.text
    assert "secret" not in caplog.text
