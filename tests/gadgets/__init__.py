"""A made-up provider of gadgets: the simplest record that the engine can keep in step."""
