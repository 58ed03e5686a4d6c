"""What notices do by themselves."""

from __future__ import annotations

from linli.jobs.ticking import every
from linli.notices.sending import send_due


@every(10, "notices.send")
def send() -> None:
    """Send what waits."""
    send_due()
