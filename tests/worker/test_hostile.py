"""Hostile turns and a model that obeys them, through the passes: what comes of it, what not."""

from nrem.policy.edits import most
from nrem.policy.params_observe import ReflectPolicy
from tests.policy.hostile import TURNS, note, obey
from tests.worker.observing import LISBON, SISTER, WALNUTS, Told, drive, noted
from tests.world import Org, end, turn

COLUMNS = "subject_id, ordinal, text, priority, trust, archived_at"


def test_obeying_model_reaches_nobody_else_and_deletes_nothing(org: Org) -> None:
    for user in ("ana", "ben"):
        said = [turn(one, session=user, user=user) for one in (LISBON, SISTER, WALNUTS)]
        org.append(*said, end(user, user=user))
    org.world.drain("observe")
    before = noted(org, COLUMNS)
    ana, ben = sorted({row[0] for row in before})
    org.append(
        *(turn(one, role="tool", session="attack", user="ana") for one in TURNS),
        end("attack", user="ana"),
    )
    told = Told(note=note, edit=lambda batch: obey(TURNS[:20], batch))

    drive(org, "observe", told)
    active = len(noted(org, where=f"archived_at IS NULL AND subject_id = {ana}"))
    org.world.tick("reflect")
    drive(org, "reflect", told)

    rows = noted(org, COLUMNS)
    assert [row for row in rows if row[0] == ben] == [row for row in before if row[0] == ben]
    assert {row[:4] for row in before} <= {row[:4] for row in rows}
    assert all(row[5] is None for row in rows if row[3] == "high")
    gone = [row for row in rows if row[5] is not None]
    assert len(gone) <= most(active, ReflectPolicy())
    attack = [row for row in rows if row[0] == ana and row[1] > 3]
    assert attack
    assert {(row[4], row[3] == "high") for row in attack} == {("tool", False)}
