"""Stop signals as one KeyboardInterrupt, so that `finally` blocks end the system in order."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Final

_STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def interruptible() -> Iterator[Callable[[], None]]:
    """The first stop signal raises KeyboardInterrupt in the main thread; later ones are ignored.

    Yields a function after which the first is ignored too. SIGINT counts also in a job that a shell
    started in the background, where it is ignored by default. Other threads see no change.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    is_stopping = False

    def ignore_further() -> None:
        nonlocal is_stopping
        is_stopping = True

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if not is_stopping:
            ignore_further()
            raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in _STOP_SIGNALS}
    # Who runs us under nohup wants SIGHUP ignored.
    chosen = [n for n in _STOP_SIGNALS if n != signal.SIGHUP or before[n] != signal.SIG_IGN]
    for number in chosen:
        signal.signal(number, interrupt)
    try:
        yield ignore_further
    finally:
        for number in chosen:
            signal.signal(number, before[number] or signal.SIG_DFL)
