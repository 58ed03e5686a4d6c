"""The nouns of split projects."""
