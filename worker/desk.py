"""What a process needs to ask paid models, and the provider that it lends to each step."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from nrem.digest import Digest
from nrem.llm.anthropic import AnthropicModel
from nrem.llm.anthropic_batch import AnthropicBatches
from nrem.llm.batch import Batches
from nrem.llm.catalogue import Catalogue
from nrem.llm.crypt import FOLDER, SubjectKeys
from nrem.llm.embed import Embedder
from nrem.llm.ledger import Model
from nrem.llm.model import ModelProvider
from nrem.llm.offline import OfflineProvider
from nrem.llm.provider import Provider
from nrem.llm.setting import LlmSettings
from worker.ledger import Books, Errand

# Beyond the time limit of a call, for what is done before and after it.
_LAPSE_MARGIN_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One per process."""

    settings: LlmSettings
    model: Model
    batches: Batches
    embedder: Embedder
    digest: Digest
    keys: SubjectKeys

    @classmethod
    def of(
        cls, settings: LlmSettings, *, embedder: Embedder, digest: Digest, data_dir: Path
    ) -> "Desk | None":
        """The desk that the settings ask for; None: rules propose."""
        if not settings.is_on:
            return None
        key = settings.api_key.get_secret_value() if settings.api_key else ""
        model = AnthropicModel(key, settings.base_url, settings.timeout_seconds)
        return cls(
            settings=settings,
            model=model,
            batches=AnthropicBatches(model),
            embedder=embedder,
            digest=digest,
            keys=SubjectKeys(data_dir / FOLDER),
        )

    def provider(self, database: Engine, errand: Errand, now: datetime | None) -> Provider:
        """What one step of a pass proposes with; what it asks is on its account."""
        return ModelProvider(
            ledger=self.books(database, errand, now),
            model=self.model,
            catalogue=self.catalogue,
            embedder=self.embedder,
            offline=OfflineProvider(self.embedder),
            fallback=errand.policy.fallback,
        )

    @property
    def catalogue(self) -> Catalogue:
        """Which model does which duty, and how it is asked."""
        settings = self.settings
        return Catalogue(
            models=settings.model_of_duty,
            max_tokens=settings.max_tokens,
            effort=None if settings.effort == "none" else settings.effort,
        )

    def books(self, database: Engine, errand: Errand, now: datetime | None) -> Books:
        """The ledger of one step."""
        return Books(
            database=database,
            errand=errand,
            digest=self.digest,
            keys=self.keys,
            prices=self.settings.price_of_model,
            lapse_seconds=self.settings.timeout_seconds + _LAPSE_MARGIN_SECONDS,
            replays=self.settings.mode == "replay",
            now=now,
        )
