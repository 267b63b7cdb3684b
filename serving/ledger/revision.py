"""Which tables this code works on. On its own: a ledger that is up to date need not wait for Alembic."""

HEAD = "0003"
OF_TABLES = "SELECT version_num FROM alembic_version"
