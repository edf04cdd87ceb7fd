"""`nrem policy`: an org's policy over the admin listener: shown, tried, set, gone back to."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from nrem.command.server import AnswerError, Server
from nrem.errors import ConfigError
from nrem.policy.merge import differences
from nrem.policy.params import Policy

_PATH: Final = "/v1/admin/policy"
_WRONG: Final = 422
# Memories per request of a preview: a few seconds of one core.
_PAGE: Final = 50_000
_VERBS: Final = ("archive", "forget", "purge")
_Answer = TypeVar("_Answer")


def parse(pairs: Iterable[str]) -> dict[str, Any]:
    """The part of a policy that PATH=JSON pairs name; a value that is no JSON is a text.

    Raises: ConfigError when a pair has no path, or two pairs contradict each other.
    """
    tree: dict[str, Any] = {}
    for pair in pairs:
        path, equals, text = pair.partition("=")
        names = path.split(".")
        if not equals or not all(names):
            raise ConfigError(f"{pair!r} is no PATH=JSON, as in tiers.short_idle_days=14")
        here = tree
        for name in names[:-1]:
            here = here.setdefault(name, {})
            if not isinstance(here, dict):
                raise ConfigError(f"{path} lies inside of what another pair sets")
        if names[-1] in here:
            raise ConfigError(f"{path} is set twice")
        here[names[-1]] = _value(text)
    return tree


def _value(text: str) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(text)
    except ValueError:
        return text


def wanted(pairs: list[str], file: Path | None) -> dict[str, Any]:
    """The body that asks for the policy of a file, or for the changes that pairs name.

    Raises: ConfigError unless it is one of both.
    """
    if (file is None) == (not pairs):
        raise ConfigError("give PATH=JSON pairs, or --file with a whole policy")
    if file is None:
        return {"changes": parse(pairs)}
    try:
        return {"policy": json.loads(file.read_text(encoding="utf-8"))}
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from None
    except ValueError as error:
        raise ConfigError(f"{file}: not JSON ({error})") from None


def show(admin: Server, version: int | None) -> dict[str, Any]:
    """The policy in force, or the version of a number."""
    path = _PATH if version is None else f"{_PATH}/versions/{version}"
    return dict(admin.ask("GET", path))


def change(admin: Server, body: Mapping[str, Any], expected_version: int | None) -> dict[str, Any]:
    """Set the policy; answers the one that is in force then.

    Raises: ConfigError listing everything that is wrong with it.
    """
    given = body if expected_version is None else {**body, "expected_version": expected_version}
    verb = "PUT" if "policy" in body else "PATCH"
    return dict(_told(lambda: admin.ask(verb, _PATH, json=given)))


def roll_back(admin: Server, version: int, expected_version: int | None) -> dict[str, Any]:
    """Make a new version that equals an earlier one."""
    body = {"version": version, "expected_version": expected_version}
    return dict(_told(lambda: admin.ask("POST", f"{_PATH}:rollback", json=body)))


def history(admin: Server) -> dict[str, Any]:
    """Every version, the newest first."""
    found: list[dict[str, Any]] = []
    params = {"limit": "100"}
    while True:
        page = admin.ask("GET", f"{_PATH}/versions", params=params)
        found += page["versions"]
        if page["next_cursor"] is None:
            return {"versions": found}
        params["cursor"] = page["next_cursor"]


def preview(admin: Server, body: Mapping[str, Any], progress: Callable[[str], None]) -> Any:  # noqa: ANN401 - JSON
    """What a policy would do to all memories of the org, page by page.

    Raises: ConfigError listing everything that is wrong with it.
    """
    path = f"{_PATH}:preview"
    whole = _told(lambda: admin.ask("POST", path, json={**body, "limit": _PAGE}))
    while not whole["is_complete"]:
        progress(f"looked at {whole['scanned']:,} memories")
        more = {**body, "limit": _PAGE, "cursor": whole["next_cursor"]}
        page = admin.ask("POST", path, json=more)
        # It is about all memories already.
        page["over_cap"] = 0
        whole = {
            **_added(whole, page),
            "is_complete": page["is_complete"],
            "next_cursor": page["next_cursor"],
        }
    return whole


def _added(one: Any, other: Any) -> Any:  # noqa: ANN401 - JSON
    """Counts of two pages, added wherever they stand."""
    if isinstance(one, dict):
        return {name: _added(value, other[name]) for name, value in one.items()}
    return one + other if isinstance(one, int) else one


def _told(ask: Callable[[], _Answer]) -> _Answer:
    try:
        return ask()
    except AnswerError as error:
        if error.status != _WRONG:
            raise
        listed = error.body.get("errors") or [error.body]
        lines = [f"{one.get('field')}: {one['detail']}" for one in listed]
        raise ConfigError("\n".join(lines)) from None


def describe(found: Mapping[str, Any], *, whole: bool) -> str:
    """A version as lines: what differs from the defaults, or every setting."""
    policy = Policy.from_json(found["policy"])
    lines = [_headline(found)]
    if whole:
        lines += [f"{path}={json.dumps(value)}" for path, value in _leaves(found["policy"], "")]
    else:
        lines += [
            f"{one.path}={json.dumps(one.after)}  (default {json.dumps(one.before)})"
            for one in differences(Policy.default(), policy)
        ] or ["every setting has its default"]
    return "\n".join(lines)


def describe_change(found: Mapping[str, Any]) -> str:
    """What became of a change."""
    return _headline(found) if found["changed"] else f"nothing to change: {_headline(found)}"


def describe_history(found: Mapping[str, Any]) -> str:
    """Versions as lines, with what each changed."""
    lines = []
    for one in found["versions"]:
        lines.append(_headline(one))
        lines += [
            f"  {its['path']}: {json.dumps(its['before'])} -> {json.dumps(its['after'])}"
            for its in one["changes"]
        ]
    return "\n".join(lines) or "no policy was set; the defaults are in force"


def describe_preview(found: Mapping[str, Any]) -> str:
    """Counts as a sentence each."""
    at_once, days = found["now"], found["next_30_days"]
    now = ", ".join(f"{verb} {at_once[verb]:,}" for verb in _VERBS)
    later = ", ".join(
        f"{verb} {days['after'][verb]:,} instead of {days['before'][verb]:,}" for verb in _VERBS
    )
    lines = [
        f"would {now}; in the next 30 days {later}",
        f"{found['unchanged']:,} of {found['scanned']:,} memories are not affected",
    ]
    if found["over_cap"]:
        lines.append(f"{found['over_cap']:,} are beyond the cap and would be forgotten besides")
    return "\n".join(lines)


def _headline(one: Mapping[str, Any]) -> str:
    if one["in_force_since"] is None:
        return "version 0, the defaults"
    back = one["rolled_back_to"]
    note = "" if back is None else f", as version {back} was"
    return f"version {one['version']}, in force since {one['in_force_since']}{note}"


def _leaves(part: Mapping[str, Any], path: str) -> Iterable[tuple[str, Any]]:
    for name, value in part.items():
        where = f"{path}.{name}" if path else name
        if isinstance(value, dict):
            yield from _leaves(value, where)
        else:
            yield where, value
