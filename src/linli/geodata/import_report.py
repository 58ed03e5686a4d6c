"""What an import of map layers met and mended: numbers by name, and notes in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass, field

from linli.geodata.count_notes import Part


@dataclass
class Report:
    """Numbers and notes gathered on the way from layers to blocks."""

    found: dict[str, float] = field(default_factory=dict)
    notes: list[dict[str, str]] = field(default_factory=list)
    counts: dict[str, Part] = field(default_factory=dict)  # column → its source and the rule it was estimated by

    def count(self, name: str, number: float) -> None:
        """Add to a number."""
        self.found[name] = self.found.get(name, 0) + number

    def note(self, chinese: str, english: str) -> None:
        """Add a note."""
        self.notes.append({"zh": chinese, "en": english})

    def met(self, name: str, number: float, chinese: str, english: str) -> None:
        """Add a number and, where it is not zero, a note; `{}` in the note stands for the number."""
        self.count(name, number)
        if number:
            shown = f"{number:,.0f}"
            self.note(chinese.replace("{}", shown), english.replace("{}", shown))

    def as_dict(self) -> dict[str, object]:
        """Return the report as it is stored with the blocks."""
        whole = {name: int(value) if float(value).is_integer() else value for name, value in self.found.items()}
        return {"found": whole, "notes": list(self.notes)}
