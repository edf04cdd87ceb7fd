"""The life of a memory, pass by pass, in the order in which a memory meets them."""

from typing import Final

from worker.contract import Pass
from worker.passes.appraise import APPRAISE
from worker.passes.batch import BATCH
from worker.passes.consolidate import CONSOLIDATE
from worker.passes.decay import DECAY
from worker.passes.distill import DISTILL
from worker.passes.embed import EMBED
from worker.passes.erase import ERASE
from worker.passes.expire import EXPIRE
from worker.passes.ingest import INGEST
from worker.passes.observe import OBSERVE
from worker.passes.preview import PREVIEW
from worker.passes.promote import PROMOTE
from worker.passes.redue import REDUE
from worker.passes.refine import REFINE
from worker.passes.reflect import REFLECT
from worker.passes.reinforce import REINFORCE
from worker.passes.rescue import RESCUE
from worker.passes.score import SCORE
from worker.passes.seal import SEAL

PASSES: Final[tuple[Pass, ...]] = (
    INGEST,  # a text that was handed in becomes memories
    SCORE,  # an event becomes a memory with an importance
    APPRAISE,  # an importance that is doubtful gets a second opinion
    EMBED,  # a text gets its vector
    REINFORCE,  # a memory that was of use lasts longer
    CONSOLIDATE,  # an ended session becomes episodic memories
    PROMOTE,  # what repeats becomes knowledge, what changed takes the place of what was
    OBSERVE,  # what was said becomes dated notes
    REFLECT,  # notes that say the same become fewer
    BATCH,  # what scheduled passes ask of models goes out together, and the replies come in
    DISTILL,  # memories are taken apart into facts and a summary, as somebody asked
    REFINE,  # what repeats an older memory is merged into it, as somebody asked
    PREVIEW,  # what a pass would do is shown, and done once it is approved
    REDUE,  # when it will fade follows a change of policy
    DECAY,  # what faded or lay idle changes its state
    EXPIRE,  # what outlived its time is forgotten, then purged
    ERASE,  # what somebody asked to have erased goes, with all that came of it
    RESCUE,  # what a crash left behind becomes due again
    SEAL,  # what was done to it is told in a trail that nobody can change
)

BY_NAME: Final = {duty.name: duty for duty in PASSES}
