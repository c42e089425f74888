"""Alembic's entry: runs on the connection that `copilot.community.migrate` passes in."""

from alembic import context

from copilot.community.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
