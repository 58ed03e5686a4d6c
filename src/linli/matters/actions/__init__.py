"""One verb a file: check, permit, move, record; the only door for writes."""
