"""Alembic's entry: runs on the connection it is given, on SQLite in batch mode."""

from alembic import context

from app.schema import METADATA

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Run migrations with `concord migrate`.")

if connection.dialect.name == "postgresql":
    connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")

context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
