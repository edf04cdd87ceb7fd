"""`nrem doctor llm`: one live call per configured model, with its tokens and what it cost."""

from collections.abc import Callable
from contextlib import closing
from typing import Any, Final

from nrem.errors import ReplyError
from nrem.llm import duty_appraise
from nrem.llm.anthropic import AnthropicModel
from nrem.llm.catalogue import Catalogue
from nrem.llm.ledger import Model
from nrem.llm.order import OK, read
from nrem.llm.setting import LlmSettings
from nrem.policy.appraise import Doubtful
from nrem.policy.price import Price, cost_micros, usd

NO_KEY: Final = "ANTHROPIC_API_KEY is not set: rules propose, and no model is asked"
# Somebody's words are nobody's here.
_MEMORY: Final = Doubtful(
    memory_id=1,
    version=1,
    content="The user is allergic to peanuts.",
    importance=0.4,
    memory_type="semantic",
)


def ask_models(settings: LlmSettings, progress: Callable[[str], None]) -> dict[str, Any]:
    """What each configured model said to the smallest request that nrem makes."""
    if settings.api_key is None:
        return {"ok": False, "reason": NO_KEY, "models": [], "cost_usd": 0.0}
    key = settings.api_key.get_secret_value()
    model = AnthropicModel(key, settings.base_url, settings.timeout_seconds)
    duties: dict[str, list[str]] = {}
    for duty, name in settings.model_of_duty.items():
        duties.setdefault(name, []).append(duty)
    found = []
    with closing(model):
        for name, its in duties.items():
            progress(f"asking {name}")
            found.append({"model": name, "duties": its, **_ask(model, name, settings)})
    return {
        "ok": all(one["status"] == OK for one in found),
        "reason": None,
        "models": found,
        "cost_usd": round(sum(one["cost_usd"] for one in found), 6),
    }


def _ask(model: Model, name: str, settings: LlmSettings) -> dict[str, Any]:
    catalogue = Catalogue(
        models={duty_appraise.DUTY: name},
        max_tokens=settings.max_tokens,
        effort=None if settings.effort == "none" else settings.effort,
    )
    order = catalogue.order(
        duty_appraise.DUTY, duty_appraise.Reply, duty_appraise.content([_MEMORY])
    )
    reply = model.send(order)
    price: Price = settings.price_of_model[name]
    told = {
        "status": reply.status,
        "tokens_in": reply.usage.tokens_in,
        "tokens_out": reply.usage.tokens_out,
        "cache_read": reply.usage.cache_read,
        "cache_write": reply.usage.cache_write,
        "cost_usd": usd(cost_micros(reply.usage, price)),
        "duration_ms": round(reply.duration_ms, 1),
        "request_id": reply.request_id,
    }
    if reply.status != OK:
        return told
    try:
        opinions = read(order, reply.text, lambda its: duty_appraise.opinions(its, [_MEMORY]))
    except ReplyError as error:
        return told | {"status": error.reason}
    return told | {"importance": opinions.get(_MEMORY.memory_id)}


def describe(found: dict[str, Any]) -> str:
    """The answer as lines for a person."""
    if found["reason"]:
        return str(found["reason"])
    lines = [
        f"{one['model']} ({', '.join(one['duties'])}): {one['status']}, "
        f"{one['tokens_in'] + one['cache_read'] + one['cache_write']} tokens in, "
        f"{one['tokens_out']} out, ${one['cost_usd']:.6f}, {one['duration_ms']:.0f} ms"
        for one in found["models"]
    ]
    return "\n".join([*lines, f"in all ${found['cost_usd']:.6f}"])
