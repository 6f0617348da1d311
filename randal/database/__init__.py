"""The database: session, types, transactions, time limits, triggers."""
