"""Notices to people outside and to offices: one log, working hours only, channels as plug-ins in a folder each."""
