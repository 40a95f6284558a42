"""The database: tables, queries, migrations. Table classes never leave this package's callers' transactions."""
