"""What matters do by themselves."""

from __future__ import annotations

from linli.jobs.ticking import every
from linli.matters.escalating import remind
from linli.matters.retention import apply, sweep
from linli.matters.succession import follow


@every(60, "matters.remind")
def remind_late() -> None:
    """Tell of what is late, by the ladder of `limits.toml`."""
    remind()


@every(86_400, "matters.keep")
def keep_no_longer() -> None:
    """Remove what is kept long enough, by `retention.toml`."""
    apply()


@every(300, "matters.follow")
def follow_enactments() -> None:
    """Let open matters follow blocks that passed to another community."""
    follow()


@every(3600, "matters.sweep")
def sweep_forms() -> None:
    """Remove what waits for forms that nobody sent."""
    sweep()
