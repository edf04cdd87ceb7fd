import signal

import pytest

from nrem.embedded.interrupt import interruptible


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_first_stop_signal_interrupts_and_later_ones_do_not(number: signal.Signals) -> None:
    with interruptible():
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
        signal.raise_signal(number)


def test_none_interrupts_once_the_end_has_begun() -> None:
    with interruptible() as ignore_further:
        ignore_further()
        signal.raise_signal(signal.SIGTERM)


def test_sigint_ignored_by_a_background_shell_counts_and_sighup_under_nohup_does_not() -> None:
    before = {n: signal.signal(n, signal.SIG_IGN) for n in (signal.SIGINT, signal.SIGHUP)}
    try:
        with interruptible():
            signal.raise_signal(signal.SIGHUP)
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
