"""The synthetic district 铜源街道, made from a seed; nothing in it is real."""

from __future__ import annotations

from linli.demo.generate import SEED, DemoDistrict, generate

__all__ = ["SEED", "DemoDistrict", "generate"]
