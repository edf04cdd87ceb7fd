"""What all answers have in common, and answers that are read as a list."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar, overload

from pydantic import BaseModel, ConfigDict

Item = TypeVar("Item")


class Model(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class Items(Model, Sequence[Item], Generic[Item]):
    """An answer that is read like the list it holds."""

    @abstractmethod
    def _items(self) -> Sequence[Item]:
        """The list."""

    def __len__(self) -> int:
        return len(self._items())

    def __iter__(self) -> Iterator[Item]:  # type: ignore[override]  # a list of its items
        return iter(self._items())

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | Sequence[Item]:
        return self._items()[index]
