"""The weights of the risk score that an association works with: those it published last, else the shipped ones."""

import json
from functools import cache, lru_cache
from uuid import UUID

import sqlmodel
from sqlmodel import col

from compliance.checklists import content, parse, store
from compliance.checklists.models import RiskWeightsVersion
from compliance.checklists.parse_risk import read_risk
from compliance.checklists.reader import Reader
from compliance.checklists.risk import RiskPolicy
from compliance.checklists.source import read_yaml
from compliance.people.rules import Actor
from compliance.shared import clock, places
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict
from compliance.shared.words import N_


def policy(association_id: UUID) -> RiskPolicy:
    """The association's weights; the shipped ones as long as it published none."""
    row = _current(association_id)
    return shipped() if row is None else _read(row.content)


@audited("risk.publish")
def publish(actor: Actor, weights: RiskPolicy) -> RiskWeightsVersion:
    """Make these the association's weights from now on. Raises Conflict where they are its weights already."""
    text = json.dumps(content.encode(weights), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    latest = _current(actor.association_id)
    if weights == (shipped() if latest is None else _read(latest.content)):
        raise Conflict("risk-unchanged", N_("These weights of the risk score are in use already."))
    row = RiskWeightsVersion(
        association_id=actor.association_id,
        number=1 if latest is None else latest.number + 1,
        digest=content.digest_of(text),
        content=text,
        published_at=clock.now(),
        published_by=actor.person_id,
    )
    session().add(row)
    session().flush()
    return row


@cache
def shipped() -> RiskPolicy:
    """The weights that come with the product. Raises BrokenChecklist if their file is broken."""
    reader = Reader()
    for name, data in store.read_folder(places.checklists_dir()).items():
        root = read_yaml(name, data, reader.complaints.append)
        if root is not None and "risk" in root.values and (found := read_risk(reader, root)) is not None:
            return found
    raise parse.BrokenChecklist(tuple(reader.complaints))


def _current(association_id: UUID) -> RiskWeightsVersion | None:
    rows = sqlmodel.select(RiskWeightsVersion).where(col(RiskWeightsVersion.association_id) == association_id)
    return session().exec(rows.order_by(col(RiskWeightsVersion.number).desc()).limit(1)).first()


@lru_cache(maxsize=32)
def _read(text: str) -> RiskPolicy:
    found: RiskPolicy = content.decode(RiskPolicy, json.loads(text))
    return found
