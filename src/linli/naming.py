"""Names of divisions: the word of their kind stands behind a name once, and a working name is known as one."""

from __future__ import annotations

PROVISIONAL = "（暂名）"
BRACKETS = "（("


def worded(name: str, word: str) -> str:
    """Return a name with the word of its kind behind it, once; a remark in brackets stays the last.

    `团结` and `团结社区` both give `团结社区`; `团结二社区（暂名）` stays, `团结二（暂名）` becomes it.
    """
    stem, remark = _parted(name)
    return name if stem.endswith(word) else f"{stem}{word}{remark}"


def bare(name: str, word: str) -> str:
    """Return a name without the word of its kind and without a remark in brackets."""
    return _parted(name)[0].strip().removesuffix(word)


def is_provisional(name: str) -> bool:
    """Whether a name is a working name, which no notice that binds and no enactment may bear."""
    return "暂名" in name


def _parted(name: str) -> tuple[str, str]:
    at = min((name.index(mark) for mark in BRACKETS if mark in name), default=len(name))
    return name[:at], name[at:]
