"""The synthetic district 铜源街道, made from a seed; nothing in it is real."""
