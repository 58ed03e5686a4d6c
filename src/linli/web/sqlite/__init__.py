"""Django's SQLite, with writers that wait for their turn in milliseconds."""
