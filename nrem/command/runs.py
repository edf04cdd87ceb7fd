"""`nrem runs`: what executions of passes did, and undoing one; over the admin listener."""

from typing import Any
from urllib.parse import quote

from nrem.command.server import Server


def read(admin: Server, *, limit: int, **filters: str | None) -> list[dict[str, Any]]:
    """The newest runs that fit the filters given: pass, outcome, cause."""
    params = {name: value for name, value in filters.items() if value is not None}
    page = admin.ask("GET", "/v1/admin/runs", params={**params, "limit": str(limit)})
    return list(page["runs"])


def read_one(admin: Server, run_id: str) -> dict[str, Any]:
    """One run.

    Raises: AnswerError when there is none.
    """
    found: dict[str, Any] = admin.ask("GET", f"/v1/admin/runs/{quote(run_id, safe='')}")
    return found


def revert(admin: Server, run_id: str, *, again: bool) -> dict[str, Any]:
    """Undo a run and answer what was undone and what was kept.

    Raises: AnswerError when it is none that can be undone.
    """
    path = f"/v1/admin/runs/{quote(run_id, safe='')}:revert"
    return dict(admin.ask("POST", path, json={"again": again}))


def describe(found: list[dict[str, Any]]) -> str:
    """Runs as lines for a person."""
    return "\n".join(_line(one) for one in found) if found else "no runs"


def _line(one: dict[str, Any]) -> str:
    reason = f" ({one['reason']})" if one["reason"] else ""
    took = f", {one['duration_ms']:.0f} ms" if one["duration_ms"] is not None else ""
    return (
        f"{one['id']}  {one['started_at']}  {one['pass']}: {one['outcome']}{reason}, "
        f"{one['read']} read, {one['changed']} changed{took}, by {one['cause']}"
    )


def describe_one(one: dict[str, Any]) -> str:
    """One run, a line for each of its fields, then a block for each memory that it changed."""
    fields = {name: value for name, value in one.items() if name != "changes"}
    lines = [f"{name:<12} {value}" for name, value in fields.items() if value is not None]
    return "\n".join([*lines, *(_describe_change(its) for its in one.get("changes", ()))])


def _describe_change(its: dict[str, Any]) -> str:
    versions = f"version {its['version_after']}"
    if its["version_before"] is not None:
        versions = f"versions {its['version_before']} -> {its['version_after']}"
    lines = [f"\n{its['what']} {its['memory_id']}, {versions}"]
    if its["content_before"] not in {None, its["content_after"]}:
        lines.append(f"  before: {its['content_before']}")
    lines.append(f"  {its['content_after'] or '(purged)'}")
    lines += [
        f"  {name}: {its['before'].get(name)} -> {value}" for name, value in its["after"].items()
    ]
    return "\n".join(lines)


def describe_revert(done: dict[str, Any]) -> str:
    """What undoing a run did, as lines for a person."""
    counts = [f"{count} {name}" for name, count in done["reverted"].items() if count]
    when = "was undone before" if done["already"] else "is undone"
    lines = [f"{done['run_id']} {when} by {done['reverted_by']}: {', '.join(counts) or 'nothing'}"]
    lines += [f"  kept {_describe_kept(its)}" for its in done["kept"]]
    lines += [f"  {run_id} built on it and stands" for run_id in done["dependents"]]
    return "\n".join(lines)


def _describe_kept(its: dict[str, Any]) -> str:
    what = f"{its['memory_id']} {its['field']}" if its["field"] else its["memory_id"]
    why = f"{its['reason']} ({its['run_id']})" if its["run_id"] else its["reason"]
    return f"{what}: {why}"
