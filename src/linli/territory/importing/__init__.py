"""From a file to the base: reading, coordinates, columns, checking, and writing in one transaction; no pages here."""
