"""The shapes of previews: what is asked, and the diff that is shown."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field

from nrem import ids
from nrem.wire.admin import OutcomeName
from nrem.wire.field import Id
from nrem.wire.request import Strict

PreviewState = Literal["asked", "ready", "approved", "applied", "stale", "failed", "expired"]

# Kinds of lines whose `id` is not that of a memory.
_PREFIXES: Final = {"run": ids.RUN, "preview": ids.PREVIEW}
_NUMBERED: Final = frozenset(("access",))


class PassPreviewIn(Strict):
    """For whom a pass is to be shown; the whole org when nobody is named."""

    # with no user: what the agent knows of nobody in particular
    agent_id: Id | None = None
    user_id: Id | None = None


class ChangeLine(BaseModel):
    """One line of a diff: what a thing was, and what it is to be."""

    kind: str
    # none: it does not exist yet; then it has a name
    id: str | int | None
    name: str | None
    before: str | None
    after: str
    reason: str | None
    # the events and memories it is made from, by their ids
    evidence: list[str]


class PassPreviewOut(BaseModel):
    """What a pass would do, and how far its approval is."""

    preview_id: str
    pass_name: Annotated[str, Field(serialization_alias="pass")]
    state: PreviewState
    read: int
    proposed: int
    changes: list[ChangeLine]
    # of a run that did it; none before the answer
    outcome: OutcomeName | None
    reason: str | None
    # once it is applied
    run_ids: list[str]
    expires_at: datetime


def change_line(change: Mapping[str, Any]) -> ChangeLine:
    """A line with ids in place of row numbers."""
    kind, number, after = change["kind"], change["id"], change["after"]
    if number is not None and kind not in _NUMBERED:
        number = ids.encode(_PREFIXES.get(kind, ids.MEMORY), number)
    if kind == "edge":
        # such as `follows 12`, or `follows new 1`
        way, _, target = after.partition(" ")
        after = f"{way} {ids.encode(ids.MEMORY, int(target)) if target.isdigit() else target}"
    return ChangeLine(
        kind=kind,
        id=number,
        name=change["name"],
        before=change["before"],
        after=after,
        reason=change["reason"],
        evidence=[_evidence(one) for one in change["evidence"]],
    )


def _evidence(text: str) -> str:
    kind, _, number = text.partition(" ")
    prefix = {"event": ids.EVENT, "memory": ids.MEMORY}.get(kind)
    return ids.encode(prefix, int(number)) if prefix and number.isdigit() else text


def describe_changes(changes: Iterable[ChangeLine]) -> list[str]:
    """A diff for a person: a block for what is new, with its words and its evidence."""
    return [line for one in changes for line in _block(one)]


def _block(one: ChangeLine) -> list[str]:
    what = one.name or one.id
    reason = f" ({one.reason})" if one.reason else ""
    evidence = [f"      from {', '.join(one.evidence)}"] if one.evidence else []
    if one.kind == "memory" and one.before is None:
        return [f"  + {what}{reason}", f"      {one.after}", *evidence]
    if one.before is None:
        return [f"  + {one.kind}: {what} {one.after}{reason}", *evidence]
    return [f"  ~ {one.kind} {what}: {one.before} -> {one.after}{reason}", *evidence]
