"""The policy of the caller's org: read it, change it, look ahead, go back."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar

from fastapi import APIRouter, Query, Request
from pydantic import TypeAdapter
from sqlalchemy import Connection

from api import body
from api.deps import AdminReader, AdminWriter, Nrem, actor, transaction
from api.openapi import takes
from api.problems import MOST_FAULTS, FaultyError
from api.state import State
from nrem.errors import InvalidError, NotFoundError
from nrem.policy.merge import differences, merged
from nrem.policy.model import Fault, PolicyError
from nrem.policy.params import Policy
from nrem.store import audit, engine, policy
from nrem.store.audit import Actor, Entry, Operation
from nrem.store.key import Caller
from nrem.store.policy import Version
from nrem.wire.policy import (
    PolicyChanged,
    PolicyChangesIn,
    PolicyIn,
    PolicyOut,
    PolicyRollbackIn,
    PolicyVersion,
    PolicyVersions,
    PolicyVersionsQuery,
    SettingChange,
)

router = APIRouter(tags=["policy"])

_SET: Final = TypeAdapter(PolicyIn)
_CHANGE: Final = TypeAdapter(PolicyChangesIn)
_ROLL_BACK: Final = TypeAdapter(PolicyRollbackIn)
_PATH: Final = re.compile(r"[A-Za-z0-9_.]{1,128}")
_Value = TypeVar("_Value")
# From the version in force to the policy that is to follow.
_Build = Callable[[Version], Policy]


class InvalidPolicyError(FaultyError):
    """The policy is not valid."""

    code = "invalid_policy"


@router.get("/v1/admin/policy")
async def get_policy(state: Nrem, caller: AdminReader) -> PolicyOut:
    """The policy in force; version 0 stands for the defaults."""
    async with transaction(state, caller) as run:
        found: Version = await run(policy.newest, caller.org_id)
    return PolicyOut(**_shown(found))


@router.get("/v1/admin/policy/versions")
async def list_versions(
    state: Nrem, caller: AdminReader, asked: Annotated[PolicyVersionsQuery, Query()]
) -> PolicyVersions:
    """Every version but the defaults, the newest first, with what each changed."""
    before = _number(asked.cursor) if asked.cursor else None
    if asked.cursor and before is None:
        raise InvalidError(
            "is no cursor of this listing", field="cursor", remedy="send next_cursor as it came"
        )
    async with transaction(state, caller) as run:
        found: list[Version] = await run(
            policy.history, caller.org_id, before=before, limit=asked.limit + 1
        )
    page = found[: asked.limit]
    # The one before the oldest of the page: its changes are told against it.
    older = [*found[1:], policy.FIRST]
    return PolicyVersions(
        versions=[_version_out(one, its) for one, its in zip(page, older, strict=False)],
        next_cursor=str(page[-1].number) if len(found) > len(page) else None,
    )


@router.get("/v1/admin/policy/versions/{number}")
async def get_version(number: str, state: Nrem, caller: AdminReader) -> PolicyOut:
    """One version, in force or not; 0 shows the defaults."""
    wanted = _number(number)
    async with transaction(state, caller) as run:
        found: Version = await run(_found, caller.org_id, -1 if wanted is None else wanted)
    return PolicyOut(**_shown(found))


def _number(text: str) -> int | None:
    """The number of a version; digits alone, as no other text may mean one."""
    return int(text) if re.fullmatch(r"[0-9]{1,10}", text) else None


def _found(conn: Connection, org_id: int, number: int) -> Version:
    found = policy.get(conn, org_id, number)
    if found is None:
        raise NotFoundError("there is no such version of the policy")
    return found


@router.put("/v1/admin/policy", openapi_extra=takes(PolicyIn))
async def put_policy(request: Request, state: Nrem, caller: AdminWriter) -> PolicyChanged:
    """Set the whole policy; what is left out gets its default."""
    given = body.validate(_SET, body.parse(await body.read(request)))
    wanted = checked("policy", lambda: Policy.from_json(given.policy))
    return await _change(request, state, caller, lambda _: wanted, given.expected_version)


@router.patch("/v1/admin/policy", openapi_extra=takes(PolicyChangesIn))
async def patch_policy(request: Request, state: Nrem, caller: AdminWriter) -> PolicyChanged:
    """Change some settings of the policy in force; all others stay as they are."""
    given = body.validate(_CHANGE, body.parse(await body.read(request)))

    def build(last: Version) -> Policy:
        return checked("changes", lambda: merged(last.policy, given.changes))

    return await _change(request, state, caller, build, given.expected_version)


@router.post("/v1/admin/policy:rollback", openapi_extra=takes(PolicyRollbackIn))
async def roll_back(request: Request, state: Nrem, caller: AdminWriter) -> PolicyChanged:
    """Make a new version that equals an earlier one, from now on.

    What crossed meanwhile stays crossed: a policy never reaches back.
    """
    given = body.validate(_ROLL_BACK, body.parse(await body.read(request)))
    async with transaction(state, caller) as run:
        earlier: Version = await run(_found, caller.org_id, given.version)
    return await _change(
        request, state, caller, lambda _: earlier.policy, given.expected_version, given.version
    )


async def _change(
    request: Request,
    state: State,
    caller: Caller,
    build: _Build,
    expected_version: int | None,
    rolled_back_to: int | None = None,
) -> PolicyChanged:
    def work(conn: Connection) -> tuple[Version, bool]:
        last = policy.lock(conn, caller.org_id, expected_version=expected_version)
        number = policy.add(
            conn,
            caller.org_id,
            build(last),
            now=engine.instant(conn),
            rolled_back_to=rolled_back_to,
        )
        found = policy.newest(conn, caller.org_id)
        is_changed = number != last.number
        if is_changed:
            entry = _entry(last, found, actor(request, caller))
            audit.add(conn, caller.org_id, [entry])
        return found, is_changed

    async with transaction(state, caller) as run:
        found, is_changed = await run(work)
    if is_changed:
        state.nudger.nudge(("redue",))
    return PolicyChanged(**_shown(found), changed=is_changed)


def _entry(last: Version, found: Version, who: Actor) -> Entry:
    """Which settings changed; their values stand in the versions."""
    changed = [one.path for one in differences(last.policy, found.policy)]
    details = {
        "version": found.number,
        "rolled_back_to": found.rolled_back_to,
        "settings": changed,
    }
    return Entry(operation=Operation.POLICY_CHANGE, actor=who, details=details)


def checked(field: str, read: Callable[[], _Value]) -> _Value:
    """What `read` makes of the body's `field`.

    Raises: InvalidPolicyError listing every setting that is wrong.
    """
    try:
        return read()
    except PolicyError as error:
        listed = [_fault(field, one) for one in error.faults[:MOST_FAULTS]]
        raise InvalidPolicyError(listed, len(error.faults)) from None


def _fault(field: str, one: Fault) -> dict[str, str]:
    """Where and what would be right; what was given is not repeated."""
    # A name that no setting could have is the caller's text, not a name.
    path = one.path if _PATH.fullmatch(one.path) else "?"
    return {"field": f"{field}.{path}", "detail": f"must be {one.allowed}"}


def _shown(one: Version) -> dict[str, Any]:
    return {
        "version": one.number,
        "in_force_since": one.in_force_since,
        "rolled_back_to": one.rolled_back_to,
        "policy": one.policy.to_json(),
    }


def _version_out(one: Version, older: Version) -> PolicyVersion:
    assert one.in_force_since is not None  # noqa: S101 - the defaults are in no page
    return PolicyVersion(
        version=one.number,
        in_force_since=one.in_force_since,
        rolled_back_to=one.rolled_back_to,
        changes=[
            SettingChange(path=its.path, before=its.before, after=its.after)
            for its in differences(older.policy, one.policy)
        ],
    )
