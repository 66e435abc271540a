"""What a queue knows of an item beside what people said: a judge's verdict, a rule's chance, a gate near its line."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds the column; nothing is known of the items until their source is opened again."""
    op.add_column("place", sa.Column("hint", sa.JSON(), nullable=True))
