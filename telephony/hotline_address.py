"""The address at which Voitex asks about the live calls of a hotline: one of its own for each."""

KIND = "voitex/trigger"
