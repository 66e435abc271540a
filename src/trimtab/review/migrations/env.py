"""Runs the numbered steps on the connection that `review.database` has opened."""

from alembic import context

from trimtab.review.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
