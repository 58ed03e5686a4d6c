"""Long work with progress, cancel and a state that survives a killed process.

Tasks live in a room's `tasks.py`, found when the site starts: `from linli.jobs.running import Progress, start, task`.
"""
