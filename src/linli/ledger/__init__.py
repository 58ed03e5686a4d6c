"""The append-only, hash-chained record of every act, and of who looked at whose data.

Actors, posts and objects are plain references such as `account:7`, so every room may write here.
"""
