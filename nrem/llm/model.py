"""The provider with a key: asks a model, and hands on what it said as proposals.

What a model says is judged by the same policy as what the rules say. Where no paid model may be
asked, or none answers, the rules propose instead, or the work waits, as the org's policy says; the
proposal names the reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar

from nrem.errors import Batched, Deferred, NoModelError
from nrem.llm import (
    duty_appraise,
    duty_consolidate,
    duty_observe,
    duty_promote,
    duty_reflect,
)
from nrem.llm.catalogue import Catalogue
from nrem.llm.embed import Embedder
from nrem.llm.ledger import Asked, Ledger, Model, ask, recorded
from nrem.llm.offline import OfflineProvider
from nrem.llm.order import Answer, Order, Reader, Shape
from nrem.llm.provider import (
    AppraisalInput,
    AppraisalProposal,
    PromotionInput,
    PromotionProposal,
    Proposed,
    SessionInput,
    SessionProposal,
)
from nrem.policy.appraise import Doubtful
from nrem.policy.budget import Fallback
from nrem.policy.consolidate_drift import left_out
from nrem.policy.consolidate_model import Turn
from nrem.policy.consolidate_statement import Statement as SessionStatement
from nrem.policy.consolidate_statement import spoken
from nrem.policy.consolidate_statement import stated as session_stated
from nrem.policy.observe_model import ObserveInput, ObserveProposal
from nrem.policy.price import usd
from nrem.policy.promote_drift import is_told
from nrem.policy.promote_model import Episode
from nrem.policy.promote_statement import free
from nrem.policy.promote_statement import stated as knowledge_stated
from nrem.policy.reflect_model import ReflectInput, ReflectProposal

_LEAST_EPISODES: Final = 2


Proposal = TypeVar("Proposal")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelProvider:
    """Proposes with a paid model, for one step of a pass, on the books of a ledger."""

    ledger: Ledger
    model: Model
    catalogue: Catalogue
    embedder: Embedder
    offline: OfflineProvider
    fallback: Fallback
    engine: str = "anthropic"
    has_model: bool = True

    def propose_session(self, session: SessionInput) -> SessionProposal:
        """What to keep of one session, in a model's words where these stand on what was said.

        Raises: Deferred, PassError.
        """

        def rules(reason: str) -> SessionProposal:
            return replace(self.offline.propose_session(session), reason=reason)

        heard = spoken(session.turns)
        if not heard:
            return self.offline.propose_session(session)
        return self._or_rules(lambda: self._session(session, heard), rules)

    def _session(self, session: SessionInput, heard: Sequence[Turn]) -> SessionProposal:
        statements: list[SessionStatement] = []
        micros = 0
        order = None
        for at, window in enumerate(duty_consolidate.windows(heard)):
            order = self.catalogue.order(
                duty_consolidate.DUTY,
                duty_consolidate.Reply,
                duty_consolidate.content(window),
                subject_id=session.subject_id,
                items=0 if at else 1,
            )
            asked = self._ask(order, partial(duty_consolidate.statements, turns=window))
            statements += asked.result
            micros += asked.micros
        found = session_stated(session.turns, session.working, statements, session.weights)
        # The guard would reject what leaves something out: there the turns speak for themselves.
        more = left_out(session.turns, found.candidates, session.weights, session.drift)
        candidates = (*found.candidates, *more)
        behind = {event for one in more for event in one.source_event_ids}
        vectors = self.embedder.embed([one.content for one in candidates])
        return SessionProposal(
            candidates=tuple(
                Proposed(candidate=candidate, vector=vector)
                for candidate, vector in zip(candidates, vectors, strict=True)
            ),
            dropped=tuple(one for one in found.dropped if one.event_id not in behind),
            engine=order.engine if order else self.offline.engine,
            model_id=self.embedder.model_id,
            cost_usd=usd(micros),
        )

    def propose_promotions(self, promotion: PromotionInput) -> PromotionProposal:
        """What repeated episodes make, in a model's words where these stand on their evidence.

        Raises: Deferred, PassError.
        """

        def rules(reason: str) -> PromotionProposal:
            return replace(self.offline.propose_promotions(promotion), reason=reason)

        episodes = free((*promotion.fresh, *promotion.known))
        # The gates would refuse whatever so few episodes make: nobody pays to hear it.
        said = sum(len(one.sessions) for one in episodes)
        if len(episodes) < _LEAST_EPISODES or said < promotion.policy.min_episodes:
            return self.offline.propose_promotions(promotion)
        return self._or_rules(lambda: self._promotions(promotion, episodes), rules)

    def _promotions(
        self, promotion: PromotionInput, episodes: Sequence[Episode]
    ) -> PromotionProposal:
        order = self.catalogue.order(
            duty_promote.DUTY,
            duty_promote.Reply,
            duty_promote.content(episodes),
            subject_id=promotion.subject_id,
        )
        asked = self._ask(order, partial(duty_promote.statements, episodes=episodes))
        stated = knowledge_stated(asked.result, promotion.fresh, promotion.known, promotion.policy)
        drafts = [one for one in stated if is_told(one, promotion.drift)]
        vectors = self.embedder.embed([one.content for one in drafts])
        return PromotionProposal(
            drafts=tuple(zip(drafts, vectors, strict=True)),
            engine=order.engine,
            model_id=self.embedder.model_id,
            cost_usd=usd(asked.micros),
            reason=asked.reason,
        )

    def propose_observations(self, window: ObserveInput) -> ObserveProposal:
        """What to note of a window, in a model's words.

        Raises: Deferred; PassError, also for a reply that cannot be read: it is never taken for an
        empty one.
        """

        def model() -> ObserveProposal:
            order = self.catalogue.order(
                duty_observe.DUTY,
                duty_observe.Reply,
                duty_observe.content(window),
                subject_id=window.subject_id,
                most_bad=None,
            )
            asked = self._ask(order, duty_observe.drafts)
            return ObserveProposal(
                drafts=asked.result,
                engine=order.engine,
                cost_usd=usd(asked.micros),
                reason=asked.reason,
            )

        def rules(reason: str) -> ObserveProposal:
            return replace(self.offline.propose_observations(window), reason=reason)

        return self._or_rules(model, rules)

    def propose_edits(self, batch: ReflectInput) -> ReflectProposal:
        """Edits that make a log of observations shorter, in a model's words.

        Raises: Deferred; PassError, also for a reply that cannot be read.
        """

        def model() -> ReflectProposal:
            order = self.catalogue.order(
                duty_reflect.DUTY,
                duty_reflect.Reply,
                duty_reflect.content(batch),
                subject_id=batch.subject_id,
                most_bad=None,
            )
            asked = self._ask(order, partial(duty_reflect.edits, observations=batch.observations))
            return ReflectProposal(
                edits=asked.result,
                engine=order.engine,
                cost_usd=usd(asked.micros),
                reason=asked.reason,
            )

        def rules(reason: str) -> ReflectProposal:
            return replace(self.offline.propose_edits(batch), reason=reason)

        return self._or_rules(model, rules)

    def propose_importances(self, appraisal: AppraisalInput) -> AppraisalProposal:
        """How much doubtful memories of one person matter.

        Raises: Deferred, PassError.
        """

        def rules(reason: str) -> AppraisalProposal:
            return replace(self.offline.propose_importances(appraisal), reason=reason)

        return self._or_rules(lambda: self._importances(appraisal), rules)

    def _importances(self, appraisal: AppraisalInput) -> AppraisalProposal:
        """What waits for a batch is asked about alone, memory by memory.

        Who comes back for an answer may find the memory in other company.
        """
        asked, together = [], []
        waits: Batched | None = None
        for one in appraisal.memories:
            try:
                alone = self._of_books(one, appraisal.subject_id)
            except Batched as error:
                waits = error
                continue
            if alone is None:
                together.append(one)
            else:
                asked.append(alone)
        if waits is not None:
            raise waits
        if together:
            asked.append(self._opinions(together, appraisal.subject_id))
        return AppraisalProposal(
            opinions={number: value for its in asked for number, value in its.result.items()},
            engine=self._appraisal(appraisal.memories, appraisal.subject_id).engine,
            cost_usd=usd(sum(its.micros for its in asked)),
            reason=next((its.reason for its in asked if its.reason), None),
        )

    def _of_books(self, memory: Doubtful, subject_id: int | None) -> Asked[dict[int, float]] | None:
        """The opinion about one memory, where the books have it; None: it is asked with others.

        Raises: Batched.
        """
        if self.ledger.gathers:
            return self._opinions([memory], subject_id)
        order = self._appraisal([memory], subject_id)
        found = self.ledger.recall(order)
        if found is None:
            return None
        reader = partial(duty_appraise.opinions, memories=[memory])
        return recorded(self.ledger, order, found, reader)

    def _opinions(
        self, memories: Sequence[Doubtful], subject_id: int | None
    ) -> Asked[dict[int, float]]:
        order = self._appraisal(memories, subject_id)
        return self._ask(order, partial(duty_appraise.opinions, memories=memories))

    def _appraisal(
        self, memories: Sequence[Doubtful], subject_id: int | None
    ) -> Order[duty_appraise.Reply]:
        return self.catalogue.order(
            duty_appraise.DUTY,
            duty_appraise.Reply,
            duty_appraise.content(memories),
            subject_id=subject_id,
            items=len(memories),
        )

    def _ask(self, order: Order[Shape], reader: Reader[Shape, Answer]) -> Asked[Answer]:
        return ask(self.ledger, self.model, order, reader)

    def _or_rules(
        self, model: Callable[[], Proposal], rules: Callable[[str], Proposal]
    ) -> Proposal:
        try:
            return model()
        except NoModelError as error:
            # What will not be better later is not waited for.
            if self.fallback is Fallback.DEFER and error.until_seconds > 0:
                raise Deferred(error.reason, retry_after_seconds=error.until_seconds) from None
            return rules(error.reason)
