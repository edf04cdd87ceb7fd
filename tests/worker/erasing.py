"""Erasures as operators ask for them, and looking for what is left."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, make_url

from nrem.erasure_ledger import FILE, Ledger, Notary
from nrem.policy.erase import Kind, State
from nrem.receipt import Terms
from nrem.receipt_key import KEY_FILE, Signer
from nrem.store import directory, engine, erase, erase_ask
from nrem.store.erase import WHOLE, Erasure, Target
from tests.world import DIGEST, NOW, TOOLS, Org
from worker.contract import Pass, Tools
from worker.passes.erase import ERASE
from worker.runner import Outcome, drain, step

ASKER: Final = 1
CONFIRMER: Final = 2


def target(org: Org, kind: Kind, name: str | int = "") -> Target:
    """What is called so; a memory by its number."""
    find = {
        Kind.USER: directory.find_user,
        Kind.AGENT: directory.find_agent,
        Kind.SESSION: directory.find_session,
    }
    number: int | None = WHOLE if kind is Kind.ORG else name  # type: ignore[assignment]
    if kind in find and isinstance(name, str):
        with engine.begin(org.world.api, org_id=org.number) as conn:
            number = find[kind](conn, org.number, name)
    assert number is not None
    hashed = erase.target_hash(DIGEST, org.number, kind, str(name))
    return Target(kind=kind, target_id=number, target_hash=hashed)


def ask(org: Org, kind: Kind, name: str | int = "") -> int:
    """Ask for an erasure; answers its number."""
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        its = erase_ask.request(
            conn, org.number, target(org, kind, name), requested_by=ASKER, now=NOW
        )
    return its.erasure_id


def _data_dir(org: Org) -> Path:
    """Beside the database's own files."""
    url = make_url(org.world.database.admin_url)
    return Path(str(url.query["host"])).parent / "erasures" / str(url.database)


@cache
def _maintenance(url: str) -> Engine:
    """Keeps no connection, so it may be kept."""
    return engine.maintenance_engine(url)


def tools_of(org: Org, data_dir: Path | None = None) -> Tools:
    """What a worker has to erase with."""
    return replace(
        TOOLS,
        data_dir=data_dir or _data_dir(org),
        maintenance=_maintenance(org.world.database.url(engine.MAINTAIN)),
        notary=notary(org, data_dir),
    )


def notary(org: Org, data_dir: Path | None = None) -> Notary:
    """What erasures are certified with in the org's world."""
    data_dir = data_dir or _data_dir(org)
    return Notary(
        ledger=Ledger(data_dir / FILE, DIGEST), signer=Signer(data_dir / KEY_FILE), terms=Terms()
    )


def run(org: Org, *, duty: Pass = ERASE, data_dir: Path | None = None) -> list[Outcome]:
    """Drive the pass until nothing is due for it."""
    tools = tools_of(org, data_dir)
    return drain(replace(org.world.setting(), tools=tools), duty)


def until(org: Org, number: int, state: State) -> None:
    """Drive the pass step by step, until the erasure has come so far."""
    for _ in range(20):
        if read(org, number).state is state:
            return
        once(org)
    raise AssertionError(read(org, number))


def once(org: Org, *, data_dir: Path | None = None) -> None:
    """Do one step of what is due."""
    step(replace(org.world.setting(), tools=tools_of(org, data_dir)), ERASE)


def read(org: Org, number: int) -> Erasure:
    """The erasure as it stands."""
    with engine.begin(org.world.api, org_id=org.number) as conn:
        found = erase.read(conn, org.number, number)
    assert found is not None
    return found


def confirm(org: Org, number: int, *, by: int = CONFIRMER, shown: bytes | None = None) -> None:
    """Say yes to the preview as it stands."""
    shown = shown or read(org, number).preview_hash
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        erase_ask.confirm(conn, org.number, number, confirmed_by=by, preview_hash=shown, now=NOW)


def erased(org: Org, kind: Kind, name: str | int = "", *, data_dir: Path | None = None) -> Erasure:
    """Ask for it, preview it, confirm it and carry it out."""
    number = ask(org, kind, name)
    run(org, data_dir=data_dir)
    confirm(org, number)
    run(org, data_dir=data_dir)
    return read(org, number)
