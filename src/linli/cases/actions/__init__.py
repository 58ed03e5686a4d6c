"""One act a file or a few that belong together: check, permit, write, record; the only door for writes."""
