"""The matter (事项): whatever needs a person to act; one number, one state table, one clock, one history, one list."""
