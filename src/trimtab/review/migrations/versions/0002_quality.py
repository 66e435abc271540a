"""Which item is worth most, whose answer is known, and indexes for both."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the columns; all items stand alike until the queue is put in order."""
    op.add_column("item", sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("item", sa.Column("gold", sa.JSON(), nullable=True))
    op.add_column("task", sa.Column("queued", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_item_task_id", "item", ["task_id", "priority", "digest"])
    op.create_index("ix_assignment_task_id", "assignment", ["task_id", "reviewer_id"])
