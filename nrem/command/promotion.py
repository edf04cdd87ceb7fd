"""`nrem promote-explain`: why a memory is promoted or not."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from nrem.command.server import Server


def read(server: Server, memory_id: str) -> Any:  # noqa: ANN401 - the answer's JSON
    """What promotion finds about a memory, as the API answers it.

    Raises: AnswerError when there is no such memory.
    """
    path = f"/v1/memories/{quote(memory_id, safe='')}/promote-explain"
    return server.ask("GET", path)


def describe(found: Mapping[str, Any]) -> str:
    """The same as text."""
    return "\n".join(_lines(found))


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    waits = ", not looked at yet" if found["waiting"] else ""
    yield f"{found['memory_id']}: {found['memory_type']}{waits}"
    if found["evidence"]:
        yield f"  made from: {', '.join(found['evidence'])}"
    if found["supports"]:
        yield f"  evidence for: {', '.join(found['supports'])}"
    if found["known_as"]:
        yield f"  known already: {', '.join(found['known_as'])}"
    if found["never"]:
        yield f"  not promoted: {found['never']}"
    else:
        yield from _prospects(found)


def _prospects(found: Mapping[str, Any]) -> Iterator[str]:
    signals = found["signals"]
    alike = ", ".join(signals["alike"]) or "nothing"
    yield f"  alike: {alike} (nearness {signals['nearness']:.2f})"
    yield f"  said {signals['occurrences']} times in {signals['sessions']} sessions"
    if signals["successes"] or signals["failures"]:
        yield f"  its behaviour: {signals['successes']} times well, {signals['failures']} badly"
    for prospect in found["prospects"]:
        yield f"  {prospect['memory_type']}: {'yes' if prospect['passed'] else 'not yet'}"
        for gate in prospect["gates"]:
            mark = "passed" if gate["passed"] else "missing"
            yield f"    {gate['name']}: {gate['value']:g} of {gate['needed']:g} ({mark})"
        for missing in prospect["missing"]:
            yield f"    needs {missing}"
