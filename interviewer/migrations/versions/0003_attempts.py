"""What became of each question asked, and its score."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("asked") as asked:
        asked.add_column(sa.Column("state", sa.String(16), nullable=True))
        asked.add_column(sa.Column("score", sa.Float(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("asked") as asked:
        asked.drop_column("score")
        asked.drop_column("state")
