"""Somebody else's PostgreSQL, named by DATABASE_URL."""
