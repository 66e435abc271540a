"""Where a judgement was made that was not made in the room."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the column; all judgements until now were made in the room."""
    op.add_column("judgement", sa.Column("imported", sa.JSON(), nullable=True))
