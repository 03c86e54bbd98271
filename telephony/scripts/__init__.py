"""Apidaze's XML call scripts: what may stand in them, what they do, what became of a call. No database, no HTTP.

- `checking.check` says what is wrong with a script, where, and what it dials, plays and loads
- `dry_run.run` says step by step what a caller would hear
- `answers.answer` makes the bytes that Apidaze gets, `answers.HANGUP` those that end a call
- `story.tell_call` makes a readable story of the loads of one call
- `samples.SAMPLES` are scripts to begin with, `language.PARTS` is the language itself
"""
