"""Split projects, from the check-up of today's communities onwards."""
