"""What a check found: one sentence in Chinese and English, its state, and the ids and numbers behind it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

State = Literal["ok", "fault", "notice"]
SHOWN = 20


@dataclass(frozen=True)
class Finding:
    """The outcome of one check.

    Parameters
    ----------
    code
        Stable name of the check, for machines: `seal`, `cover`, `bounds`, …
    state
        `ok`, `fault` (the plan file must not be relied on) or `notice` (something a reader should know).
    chinese, english
        The same sentence in both languages.
    evidence
        Ids and numbers; long lists are cut after 20 entries and end in how many more there are.
    """

    code: str
    state: State
    chinese: str
    english: str
    evidence: Mapping[str, object] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """Plain values, ready for JSON."""
        return {
            "code": self.code,
            "state": self.state,
            "chinese": self.chinese,
            "english": self.english,
            "evidence": dict(self.evidence),
        }


@dataclass(frozen=True)
class Verification:
    """All findings on one plan file; `ok` is True when none is a fault."""

    plan: str
    blocks: str
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """True when no check found a fault."""
        return not self.faults

    @property
    def faults(self) -> tuple[Finding, ...]:
        """The findings that are faults."""
        return tuple(finding for finding in self.findings if finding.state == "fault")

    def as_dict(self) -> dict[str, object]:
        """Plain values, ready for JSON."""
        return {
            "ok": self.ok,
            "plan": self.plan,
            "blocks": self.blocks,
            "findings": [finding.as_dict() for finding in self.findings],
        }

    def as_json(self) -> str:
        """One JSON object."""
        return json.dumps(self.as_dict(), ensure_ascii=False, default=str)

    def as_words(self) -> str:
        """One paragraph a finding, Chinese first, and the verdict last."""
        mark = {"ok": "✓", "fault": "✗", "notice": "!"}
        lines = []
        for finding in self.findings:
            lines += [f"{mark[finding.state]} {finding.chinese}", f"  {finding.english}"]
            if finding.evidence and finding.state != "ok":
                lines.append(f"  {json.dumps(dict(finding.evidence), ensure_ascii=False, default=str)}")
        return "\n".join([*lines, *self.verdict()])

    def verdict(self) -> tuple[str, str]:
        """The last word, in Chinese and in English."""
        if self.ok:
            return "核验通过:未发现问题。", "Verified: no fault found."
        number = len(self.faults)
        return (
            f"核验未通过:{number} 项有问题。",
            f"Not verified: {number} {'check' if number == 1 else 'checks'} found a fault.",
        )


class BrokenPlan(Exception):  # noqa: N818 - a finding on its way up, not an error of the program
    """The plan file cannot be read further; carries the finding that says why."""

    def __init__(self, code: str, chinese: str, english: str, **evidence: object) -> None:
        self.finding = Finding(code, "fault", chinese, english, evidence)
        super().__init__(english)


def judge(
    code: str,
    wrong: Sequence[object],
    *,
    good: tuple[str, str],
    bad: tuple[str, str],
    **evidence: object,
) -> Finding:
    """Turn a list of what is wrong into a finding: ok where it is empty, else a fault with the list as evidence."""
    if not wrong:
        return Finding(code, "ok", *good, evidence)
    return Finding(code, "fault", *bad, {**evidence, "wrong": shortened(wrong)})


def shortened(values: Sequence[object]) -> list[object]:
    """The first twenty values, and how many more there are."""
    more = len(values) - SHOWN
    return [*values[:SHOWN], f"… {more} more"] if more > 0 else list(values)
