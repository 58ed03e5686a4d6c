"""Tests of notices that need no matter."""
