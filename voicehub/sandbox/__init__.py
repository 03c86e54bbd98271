"""A stateful stand-in for the providers, as a process and with a database of its own. For demo mode and tests."""
