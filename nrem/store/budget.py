"""Budgets that an org set itself, for models that cost money."""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection

from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """Bounds per UTC day and month; 0 stands for none of its own."""

    daily_tokens: int = 0
    daily_llm_calls: int = 0
    daily_embeddings: int = 0
    monthly_tokens: int = 0
    monthly_llm_calls: int = 0
    monthly_embeddings: int = 0

    def over(self, defaults: "Budgets") -> "Budgets":
        """What applies: its own bounds, and the defaults where it has none."""
        own = {name: value for name, value in asdict(self).items() if value}
        return Budgets(**{**asdict(defaults), **own})


def read(conn: Connection, org_id: int) -> Budgets:
    """The budgets of the org; all 0 when it never set any."""
    row = conn.execute(statement("budget_read"), {"org_id": org_id}).mappings().one_or_none()
    return Budgets(**row) if row else Budgets()


def put(conn: Connection, org_id: int, budgets: Budgets) -> None:
    """Replace all budgets of the org."""
    conn.execute(statement("budget_set"), {"org_id": org_id, **asdict(budgets)})
