"""True receipts among the invented scorecards of a large association, so that something can be replayed."""

from uuid import uuid4

import numpy as np
import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.checklists import store as checklists
from compliance.checklists.rules import Profile, Verdict
from compliance.scorecards import receipts
from compliance.scorecards.rules import score
from compliance.shared import clock
from compliance.shared.database import session
from compliance.visits.rules import Answer

_VERDICTS = [Verdict.compliant, Verdict.partial, Verdict.non_compliant, Verdict.unable_to_verify]


def issue_receipts(number: int) -> None:
    """Issue corrected scorecards for so many visits, each answered otherwise; they are the newest. Commits."""
    card = SQLModel.metadata.tables["scorecard"]
    version = SQLModel.metadata.tables["checklist_version"]
    digest = str(session().execute(sa.select(version.c.digest).limit(1)).scalar_one())
    checklist = checklists.load(digest)
    choose = np.random.default_rng(20261123)
    for before in session().execute(sa.select(card).limit(number)).mappings().all():
        verdicts = choose.choice(len(_VERDICTS), len(checklist.items), p=(0.8, 0.1, 0.05, 0.05))
        answers = {
            item.id: Answer(item.id, _VERDICTS[verdict])
            for item, verdict in zip(checklist.items, verdicts, strict=True)
        }
        given = receipts.Inputs(answers, Profile(), frozenset(), frozenset())
        result = score(checklist, answers, given.profile, given.cleared, given.repeated, given.decided)
        inputs = receipts.inputs_to_json(given)
        overall = result.overall
        values = {
            "id": uuid4(),
            "kind": "correction",
            "supersedes_id": before["id"],
            "inputs": inputs,
            "inputs_digest": receipts.digest(inputs),
            "checklist_digest": digest,
            "result": receipts.result_to_json(result),
            "score": None if overall.score is None else float(overall.score),
            "band": overall.band,
            "coverage": float(overall.coverage),
            "issued_at": clock.now(),
        }
        session().execute(sa.insert(card).values({**before, **values}))
    session().commit()
