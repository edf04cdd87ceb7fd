"""Cards: the schema of an agent's, and what is written on a person's."""

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import TypeAdapter
from sqlalchemy import Connection

from api import body
from api.deps import Nrem, Reader, Writer, record, transaction
from api.openapi import takes
from nrem.errors import InvalidError, NotFoundError
from nrem.policy.card import CardSchema
from nrem.store import card, directory
from nrem.store.audit import Entry, Operation
from nrem.store.card import Card, Past, Schema
from nrem.wire.card import (
    CardFieldOut,
    CardHistoryOut,
    CardOut,
    CardPatchIn,
    CardQuery,
    CardSchemaIn,
    CardSchemaOut,
    PastValueOut,
)
from nrem.wire.field import Id

router = APIRouter(tags=["cards"])

_SCHEMA: Final = TypeAdapter(CardSchemaIn)
_PATCH: Final = TypeAdapter(CardPatchIn)
_TAG: Final = re.compile(r'(?:W/)?"?(\d{1,9})"?')
_Named = Annotated[Id, Path()]


@router.put("/v1/agents/{agent}/card-schema", openapi_extra=takes(CardSchemaIn))
async def set_schema(agent: _Named, request: Request, state: Nrem, caller: Writer) -> CardSchemaOut:
    """Say which fields the agent's cards have; what a schema may be is told in docs/cards.md."""
    given = body.validate(_SCHEMA, body.parse(await body.read(request)))
    fields = CardSchema.read(given.json_schema)
    async with transaction(state, caller) as run:
        agent_id, done = await run(_set_schema, caller.org_id, agent, fields)
        entry = Entry(
            operation=Operation.CARD_SCHEMA_SET,
            agent_id=agent_id,
            details={"fields": len(fields.fields), "version": done.version},
        )
        await record(run, request, caller, entry)
    return _schema_out(agent, done)


def _set_schema(
    conn: Connection, org_id: int, agent: str, fields: CardSchema
) -> tuple[int, Schema]:
    agent_id = directory.ensure_agents(conn, org_id, [agent])[agent]
    return agent_id, card.set_schema(conn, org_id, agent_id, fields)


@router.get("/v1/agents/{agent}/card-schema")
async def get_schema(agent: _Named, state: Nrem, caller: Reader) -> CardSchemaOut:
    """The fields that the agent's cards have, in the order declared."""
    async with transaction(state, caller) as run:
        found: Schema = await run(_schema, caller.org_id, agent)
    return _schema_out(agent, found)


def _schema(conn: Connection, org_id: int, agent: str) -> Schema:
    agent_id = directory.find_agent(conn, org_id, agent)
    found = card.schema(conn, org_id, agent_id) if agent_id else None
    if found is None:
        raise NotFoundError(
            "the agent's cards have no schema", remedy="PUT /v1/agents/{agent}/card-schema first"
        )
    return found


@router.get("/v1/cards/{agent}/{user}")
async def get_card(
    agent: _Named,
    user: _Named,
    response: Response,
    state: Nrem,
    caller: Reader,
    asked: Annotated[CardQuery, Query()],
) -> CardOut:
    """What the agent keeps in mind of the person: every field of the schema, known or not."""
    async with transaction(state, caller) as run:
        schema: Schema = await run(_schema, caller.org_id, agent)
        found: Card = await run(_read, caller.org_id, agent, user, asked)
    return _card_out(agent, user, schema, found, response)


def _read(conn: Connection, org_id: int, agent: str, user: str, asked: CardQuery) -> Card:
    subject_id = directory.find_subject(conn, org_id, agent, user)
    if subject_id is None:
        return Card(values={})
    return card.read(conn, org_id, subject_id, as_of=asked.as_of)


@router.patch("/v1/cards/{agent}/{user}", openapi_extra=takes(CardPatchIn))
async def patch_card(
    agent: _Named, user: _Named, request: Request, response: Response, state: Nrem, caller: Writer
) -> CardOut:
    """Write fields: "" clears, null or absent leaves; 422 and nothing for an unknown field."""
    given = body.validate(_PATCH, body.parse(await body.read(request)))
    expected = _expected(request, given.expected_version)
    async with transaction(state, caller) as run:
        schema: Schema = await run(_schema_to_write, caller.org_id, agent)
        schema.fields.require(given.fields)
        owner = await run(_owner, caller.org_id, agent, user)
        changed: list[str] = await run(
            card.patch, caller.org_id, owner["subject_id"], given.fields, expected_version=expected
        )
        await record(run, request, caller, _entry(owner, changed))
        found: Card = await run(card.read, caller.org_id, owner["subject_id"])
    return _card_out(agent, user, schema, found, response, changed)


def _schema_to_write(conn: Connection, org_id: int, agent: str) -> Schema:
    """Without a schema every field is unknown.

    Raises: InvalidError.
    """
    try:
        return _schema(conn, org_id, agent)
    except NotFoundError as error:
        raise InvalidError(
            str(error), field="fields", remedy=error.remedy, code="unknown_field"
        ) from error


@router.delete("/v1/cards/{agent}/{user}")
async def clear_card(
    agent: _Named, user: _Named, request: Request, response: Response, state: Nrem, caller: Writer
) -> CardOut:
    """Clear every field; what was stays in the history."""
    async with transaction(state, caller) as run:
        schema: Schema = await run(_schema, caller.org_id, agent)
        owner = await run(_owner, caller.org_id, agent, user)
        changed: list[str] = await run(
            card.clear,
            caller.org_id,
            owner["subject_id"],
            expected_version=_expected(request, None),
        )
        await record(run, request, caller, _entry(owner, changed))
        found: Card = await run(card.read, caller.org_id, owner["subject_id"])
    return _card_out(agent, user, schema, found, response, changed)


@router.get("/v1/cards/{agent}/{user}/history")
async def get_history(agent: _Named, user: _Named, state: Nrem, caller: Reader) -> CardHistoryOut:
    """Every value that the card had and how long it held, the newest first; 1,000 at most."""
    async with transaction(state, caller) as run:
        past: list[Past] = await run(_history, caller.org_id, agent, user)
    return CardHistoryOut(
        values=[
            PastValueOut(
                field=one.field,
                value=one.value,
                version=one.version,
                valid_from=one.valid_from,
                valid_to=one.valid_to,
            )
            for one in past
        ]
    )


def _history(conn: Connection, org_id: int, agent: str, user: str) -> list[Past]:
    subject_id = directory.find_subject(conn, org_id, agent, user)
    return card.history(conn, org_id, subject_id) if subject_id else []


def _owner(conn: Connection, org_id: int, agent: str, user: str) -> dict[str, int]:
    agent_id = directory.ensure_agents(conn, org_id, [agent])[agent]
    user_id = directory.ensure_users(conn, org_id, [user])[user]
    pair = (agent_id, user_id)
    subject_id = directory.ensure_subjects(conn, org_id, [pair])[pair]
    return {"subject_id": subject_id, "agent_id": agent_id, "user_id": user_id}


def _expected(request: Request, given: int | None) -> int | None:
    """The version that a write expects: of the body, else of the header If-Match."""
    tag = request.headers.get("If-Match")
    if given is not None or tag is None or tag.strip() == "*":
        return given
    found = _TAG.fullmatch(tag.strip())
    if found is None:
        raise InvalidError(
            "is no version of a card",
            field="If-Match",
            remedy="send the ETag as GET answered it, or expected_version",
        )
    return int(found[1])


def _entry(owner: dict[str, int], changed: list[str]) -> Entry:
    return Entry(
        operation=Operation.CARD_CHANGE,
        agent_id=owner["agent_id"],
        user_id=owner["user_id"],
        details={"fields": len(changed)},
    )


def _schema_out(agent: str, found: Schema) -> CardSchemaOut:
    return CardSchemaOut(
        agent_id=agent,
        version=found.version,
        set_at=found.set_at,
        json_schema=found.fields.as_json(),
    )


def _card_out(
    agent: str,
    user: str,
    schema: Schema,
    found: Card,
    response: Response,
    changed: list[str] | None = None,
) -> CardOut:
    response.headers["ETag"] = f'"{found.version}"'

    def field(name: str) -> dict[str, Any]:
        value = found.values.get(name)
        return {
            "value": value.value if value else None,
            "updated_at": value.updated_at if value else None,
        }

    return CardOut(
        agent_id=agent,
        user_id=user,
        version=found.version,
        updated_at=found.updated_at,
        fields={one.name: CardFieldOut(**field(one.name)) for one in schema.fields.fields},
        changed=changed or [],
    )
