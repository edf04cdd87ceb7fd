"""Tools by which a model uses what is remembered of one person."""

from typing import Any

from nrem.sdk import tool
from nrem.sdk._async.cards import AsyncCardCalls
from nrem.sdk._async.memories import AsyncMemoryCalls
from nrem.sdk._async.recall import AsyncRecallCalls
from nrem.sdk.errors import NotFoundError, ValidationError
from nrem.sdk.models.card import CardSchema
from nrem.sdk.tool import Memory, Use


class AsyncToolCalls(AsyncMemoryCalls, AsyncRecallCalls, AsyncCardCalls):
    """What tools stand on, and making them."""

    async def tools(
        self, *, agent_id: str, user_id: str, timeout: float | None = None
    ) -> "AsyncTools":
        """Tools for a model that talks with this person; the model can choose no other.

        `update_working_memory` is among them when the agent's cards have a schema.

        Raises: Z3rnoError.
        """
        try:
            schema = await self.get_card_schema(agent_id=agent_id, timeout=timeout)
        except NotFoundError:
            schema = None
        return AsyncTools(self, agent_id=agent_id, user_id=user_id, schema=schema)


class AsyncTools:
    """Tools of one agent for one person, in the format of the Messages API.

    `definitions` goes into a request; `run` answers a model's wish. The handlers are methods of
    the tools' names.
    """

    def __init__(
        self,
        client: AsyncToolCalls,
        *,
        agent_id: str,
        user_id: str,
        schema: CardSchema | None = None,
    ) -> None:
        """Raises: ValidationError when no person is named: everybody would be meant."""
        if not user_id:
            raise ValidationError("user_id is missing", field="user_id", remedy="name the person")
        self._client = client
        self._agent_id = agent_id
        self._user_id = user_id
        self._schema = schema.json_schema if schema else None

    @property
    def definitions(self) -> list[dict[str, Any]]:
        """The tools as a request names them; the same bytes for the same schema of cards."""
        return tool.definitions(self._schema)

    @property
    def names(self) -> list[str]:
        """The names of the tools."""
        return [one["name"] for one in self.definitions]

    async def run(self, block: object, *, turn_id: str | None = None) -> dict[str, Any]:
        """Do what a block of type `tool_use` asks for; answers the block of type `tool_result`.

        What is wrong with a model's input is told to the model, as a result with `is_error`.
        Whatever is remembered twice for one block is stored once. What is recalled more than once
        for one `turn_id` counts as used once.

        Raises: Z3rnoError for what is no fault of the model's.
        """
        use = Use.of(block)
        try:
            given = tool.read(self.definitions, use)
        except ValidationError as error:
            return use.answer(tool.told(error), is_error=True)
        try:
            return use.answer(await self._do(use, given, turn_id))
        except ValidationError as error:
            if tool.field_of(error) not in given:
                raise
            return use.answer(tool.told(error), is_error=True)

    async def _do(self, use: Use, given: dict[str, Any], turn_id: str | None) -> str:
        if use.name == tool.REMEMBER:
            key = tool.key_of(use.use_id, self._agent_id, self._user_id, *given.values())
            return await self.remember(**given, idempotency_key=key)
        if use.name == tool.RECALL:
            return await self.recall(**given, turn_id=turn_id)
        return await self.update_working_memory(**given)

    async def remember(
        self, text: str, tier: str = "long", *, idempotency_key: str | None = None
    ) -> str:
        """Store a fact about the person; answers what the model reads.

        Raises: Z3rnoError.
        """
        stored = await self._client.store(
            agent_id=self._agent_id,
            user_id=self._user_id,
            content=text,
            tier=tier,
            idempotency_key=idempotency_key,
        )
        return f"remembered: {stored.tier or tier}"

    async def recall(
        self, query: str, k: int = 5, memory: Memory = "user", *, turn_id: str | None = None
    ) -> str:
        """What is remembered of the person, a line each; answers what the model reads.

        `memory` is `user`, `knowledge` (lasting facts alone) or `all` (raw turns, too).

        Raises: Z3rnoError.
        """
        found = await self._client.recall(
            agent_id=self._agent_id,
            user_id=self._user_id,
            query=query,
            top_k=k,
            memory_type="semantic" if memory == "knowledge" else None,
            include_turns=memory == "all",
            turn_id=turn_id,
        )
        return tool.lines(found)

    async def update_working_memory(self, /, **fields: str | None) -> str:
        """Write fields of the person's card, all or none; answers what the model reads.

        An empty text clears a field, None leaves it as it is.

        Raises: Z3rnoError.
        """
        declared = self._schema["properties"] if self._schema else {}
        known = {name: fields[name] for name in declared if fields.get(name) is not None}
        unknown = {name: value for name, value in fields.items() if name not in declared}
        if known or unknown:
            await self._client.update_card(
                agent_id=self._agent_id, user_id=self._user_id, fields=known | unknown
            )
        return tool.updated(known)
