"""Linli 邻里: divides over-large urban communities well, and proves it."""

__version__ = "0.1.0"
