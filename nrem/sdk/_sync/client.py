# Made from nrem/sdk/_async by `python -m tests.sdk.halves`; do not edit.
"""The client: every group of calls in one class."""

from types import TracebackType
from typing import Self

from nrem.sdk._sync.account import AccountCalls
from nrem.sdk._sync.admin import Admin
from nrem.sdk._sync.context import ContextCalls
from nrem.sdk._sync.conversations import ConversationCalls
from nrem.sdk._sync.forget import ForgetCalls
from nrem.sdk._sync.history import HistoryCalls
from nrem.sdk._sync.jobs import JobCalls
from nrem.sdk._sync.sessions import SessionCalls
from nrem.sdk._sync.tools import ToolCalls
from nrem.sdk._sync.transport import Transport
from nrem.sdk.pause import Pause, pause
from nrem.sdk.settings import MAX_RETRIES, TIMEOUT_SECONDS, settings


class Client(
    ToolCalls,
    ContextCalls,
    ForgetCalls,
    HistoryCalls,
    SessionCalls,
    ConversationCalls,
    JobCalls,
    AccountCalls,
):
    """A client of nrem.

    Addresses and keys are arguments, or stand in the environment: NREM_BASE_URL and NREM_API_KEY
    (else Z3RNO_BASE_URL and Z3RNO_API_KEY), NREM_ADMIN_URL and NREM_ADMIN_KEY. `timeout` is in
    seconds, for each wait on the network. `max_retries` counts further attempts: 3 means up to
    4 requests. `proxy` is an address, `enable_logging` logs every request by method and route.
    `pause` waits for a number of seconds between attempts.
    """

    def __init__(
        self,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
        max_retries: int = MAX_RETRIES,
        proxy: str | None = None,
        enable_logging: bool = False,  # noqa: FBT001, FBT002 - its documented place
        *,
        admin_url: str | None = None,
        admin_key: str | None = None,
        pause: Pause = pause,
    ) -> None:
        """Raises: ValidationError, naming what is missing and where to set it."""
        its = settings(
            base_url,
            api_key,
            timeout,
            max_retries,
            proxy=proxy,
            enable_logging=enable_logging,
            admin_url=admin_url,
            admin_key=admin_key,
        )
        super().__init__(Transport(its, pause))
        self._admin = Admin(self._transport)

    @property
    def admin(self) -> Admin:
        """What operators do."""
        return self._admin

    def close(self) -> None:
        """Close every connection; closing again does nothing."""
        self._transport.close()

    def __enter__(self) -> Self:
        """Nothing happens before the first call."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection."""
        self.close()
