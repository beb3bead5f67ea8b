"""The first tables."""

import sqlalchemy as sa
from alembic import op

from interviewer.database import UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interviews",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("finished_at", UtcTime()),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float()),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_interviews"),
    )
    op.create_index("ix_interviews_owner_created_at", "interviews", ["owner", "created_at"])
    op.create_table(
        "asked",
        sa.Column("interview_id", sa.String(64), nullable=False),
        sa.Column("question_id", sa.String(80), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("interview_id", "question_id", name="pk_asked"),
        sa.ForeignKeyConstraint(["interview_id"], ["interviews.id"], name="fk_asked_interview_id", ondelete="CASCADE"),
    )
    op.create_index("ix_asked_owner_asked_at", "asked", ["owner", "asked_at"])
    op.create_table(
        "grades",
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("interview_id", sa.String(64)),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_grades"),
        sa.ForeignKeyConstraint(["interview_id"], ["interviews.id"], name="fk_grades_interview_id", ondelete="CASCADE"),
    )
    op.create_index("ix_grades_interview_id", "grades", ["interview_id"])
    op.create_table(
        "memories",
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("key", sa.String(256), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_memories"),
    )


def downgrade() -> None:
    for table in ("memories", "grades", "asked", "interviews"):
        op.drop_table(table)
