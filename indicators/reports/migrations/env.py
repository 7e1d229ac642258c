"""Runs steps on the connection that :func:`indicators.reports.migrations.run` hands over, in its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
