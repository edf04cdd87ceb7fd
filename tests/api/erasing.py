"""A worker that does the erasures that were asked for over HTTP."""

from pathlib import Path

from tests.api.serving import Caller
from tests.worker.erasing import tools_of
from tests.world import Org
from worker.passes.erase import ERASE
from worker.runner import Cause, Setting, drain


def work(caller: Caller, place: Path) -> None:
    """Drive the pass for this org until nothing is due."""
    org = Org(number=caller.org, world=caller.world)
    tools = tools_of(org, place)
    cause = Cause(name="command")
    drain(
        Setting(database=caller.world.worker, tools=tools, cause=cause, only_org=caller.org), ERASE
    )
    assert tools.maintenance is not None
    tools.maintenance.dispose()
