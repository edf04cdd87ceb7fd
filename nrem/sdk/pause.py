"""How the client waits between attempts; both may be replaced by what the caller gives."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from nrem.clock import sleep

AsyncPause = Callable[[float], Awaitable[object]]
Pause = Callable[[float], object]

async_pause: Final[AsyncPause] = asyncio.sleep
pause: Final[Pause] = sleep
