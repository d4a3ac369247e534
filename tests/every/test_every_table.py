"""Stores: every public writer is on the audit trail; none commits; the trail itself holds."""

import ast
import re

import pytest
import sqlalchemy as sa

from compliance.shared import audit
from compliance.shared.database import session
from compliance.shared.places import PACKAGE

STORES = sorted(p for p in PACKAGE.glob("*/store*.py"))


@pytest.mark.parametrize("path", STORES, ids=lambda p: p.parent.name)
def test_no_store_commits(path):
    assert ".commit(" not in path.read_text()


@pytest.mark.parametrize("path", STORES, ids=lambda p: p.parent.name)
def test_every_public_writer_is_audited(path):
    for node in ast.parse(path.read_text()).body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        writes = re.search(r"session\(\)\.(add|delete|add_all|merge)\(", ast.unparse(node))
        takes_actor = node.args.args and node.args.args[0].arg == "actor"
        if writes and takes_actor:
            marks = " ".join(ast.unparse(d) for d in node.decorator_list)
            assert (
                "audited(" in marks
                or "audit.record(" in ast.unparse(node)
                or "caller" in (ast.get_docstring(node) or "")
            ), f"{path.parent.name}.{node.name} writes without an audit line"


def test_the_chain_is_whole_and_a_removed_line_shows(app, world, db_session):
    assert audit.first_broken_line() is None
    if db_session.get_bind().dialect.name != "sqlite":
        return
    first = db_session.execute(sa.text("SELECT min(number) FROM audit_line")).scalar()
    db_session.execute(sa.text("DROP TRIGGER IF EXISTS audit_line_no_delete"))
    db_session.execute(sa.text("DELETE FROM audit_line WHERE number = :n"), {"n": first + 1})
    assert audit.first_broken_line().number == first + 2
    db_session.rollback()


def test_a_write_without_a_line_is_refused_at_commit(app, world, db_session):
    from compliance.associations.models import Association

    row = session().get(Association, world.association_id)
    row.phone = "1"
    with pytest.raises(RuntimeError, match="without an audit line"):
        session().commit()
    session().rollback()
