"""Questions in a table of their own, and in the form with mistakes apart from requirements."""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_QUESTIONS = sa.table("questions", sa.column("version", sa.String), sa.column("document", sa.Text))
_INTERVIEWS = sa.table("interviews", sa.column("id", sa.String), sa.column("document", sa.Text))


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("version", sa.String(12), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_questions"),
    )
    connection = op.get_bind()
    kept: set[str] = set()
    for id_ in connection.execute(sa.select(_INTERVIEWS.c.id)).scalars().all():
        row = sa.select(_INTERVIEWS.c.document).where(_INTERVIEWS.c.id == id_)
        try:
            interview = json.loads(connection.execute(row).scalar_one())
            documents = [json.dumps(_converted(q), ensure_ascii=False) for q in interview["questions"]]
        except (ValueError, KeyError, TypeError):
            continue  # could not be read before either; the store says so when somebody opens it
        interview["questions"] = [hashlib.sha256(d.encode()).hexdigest()[:12] for d in documents]
        for version, document in zip(interview["questions"], documents, strict=True):
            if version not in kept:
                connection.execute(_QUESTIONS.insert().values(version=version, document=document))
                kept.add(version)
        changed = json.dumps(interview, ensure_ascii=False)
        connection.execute(_INTERVIEWS.update().where(_INTERVIEWS.c.id == id_).values(document=changed))


def _converted(question: dict[str, Any]) -> dict[str, Any]:
    """Criteria with negative points become mistakes, whose claims nobody has corrected. Terms and samples go."""
    shared = ("id", "topic", "difficulty", "kind", "text", "clarification", "reference_answer", "sources")
    criteria = question["rubric"]
    return {name: question[name] for name in shared if name in question} | {
        "rubric": [
            {name: c.get(name) for name in ("id", "points", "requirement", "probe")}
            for c in criteria
            if c["points"] > 0
        ],
        "mistakes": [
            {"id": c["id"], "points": c["points"], "claim": c["requirement"]} for c in criteria if c["points"] < 0
        ],
    }


def downgrade() -> None:
    if op.get_bind().execute(sa.select(_INTERVIEWS.c.id).limit(1)).first():
        raise RuntimeError("The version before can't read these interviews. Go back to a copy of the database instead.")
    op.drop_table("questions")
