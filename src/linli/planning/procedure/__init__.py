"""The procedure of an adjustment: its versions, what a project reached in it, what a gate still misses."""
