"""What `async with` closes: links, stores, and all stores of an org."""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Closing(ABC):
    """Who has connections to give back."""

    __slots__ = ()

    @abstractmethod
    async def aclose(self) -> None:
        """Give the connections back."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self.aclose()
