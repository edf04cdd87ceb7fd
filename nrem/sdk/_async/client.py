"""The client: every group of calls in one class."""

from types import TracebackType
from typing import Self

from nrem.sdk._async.account import AsyncAccountCalls
from nrem.sdk._async.admin import AsyncAdmin
from nrem.sdk._async.context import AsyncContextCalls
from nrem.sdk._async.conversations import AsyncConversationCalls
from nrem.sdk._async.forget import AsyncForgetCalls
from nrem.sdk._async.history import AsyncHistoryCalls
from nrem.sdk._async.jobs import AsyncJobCalls
from nrem.sdk._async.sessions import AsyncSessionCalls
from nrem.sdk._async.tools import AsyncToolCalls
from nrem.sdk._async.transport import AsyncTransport
from nrem.sdk.pause import AsyncPause, async_pause
from nrem.sdk.settings import MAX_RETRIES, TIMEOUT_SECONDS, settings


class AsyncClient(
    AsyncToolCalls,
    AsyncContextCalls,
    AsyncForgetCalls,
    AsyncHistoryCalls,
    AsyncSessionCalls,
    AsyncConversationCalls,
    AsyncJobCalls,
    AsyncAccountCalls,
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
        pause: AsyncPause = async_pause,
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
        super().__init__(AsyncTransport(its, pause))
        self._admin = AsyncAdmin(self._transport)

    @property
    def admin(self) -> AsyncAdmin:
        """What operators do."""
        return self._admin

    async def close(self) -> None:
        """Close every connection; closing again does nothing."""
        await self._transport.close()

    async def __aenter__(self) -> Self:
        """Nothing happens before the first call."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection."""
        await self.close()
