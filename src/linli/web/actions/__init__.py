"""One verb a file: check, permit, execute, record; the only door for writes."""
