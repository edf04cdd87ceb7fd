"""nrem consolidates the memory of AI agents in the background, as sleep does for people."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nrem.sdk import AsyncClient, Client

__all__ = ["AsyncClient", "Client", "__version__"]

__version__ = "0.1.0"

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """The clients, imported when they are asked for: the server has no use for them."""
        if name in {"AsyncClient", "Client"}:
            from nrem import sdk  # noqa: PLC0415

            return getattr(sdk, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
