"""Which item is worth most, whose answer is known, and indexes for both."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the columns; all items stand alike until the queue is put in order."""
    op.add_column("item", sa.Column("gold", sa.JSON(), nullable=True))
    op.add_column("task", sa.Column("queued", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "place",
        sa.Column("item_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_place_item_id"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_place_task_id"),
        sa.PrimaryKeyConstraint("item_id", name="pk_place"),
    )
    op.execute("INSERT INTO place (item_id, task_id, place) SELECT id, task_id, 0 FROM item")
    op.create_index("ix_place_task_id", "place", ["task_id", "place"])
    op.create_index("ix_assignment_task_id", "assignment", ["task_id", "reviewer_id"])
