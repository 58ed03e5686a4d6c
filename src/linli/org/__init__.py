"""Divisions with codes and dates, posts, people, roles, who may do what, sign-in."""
