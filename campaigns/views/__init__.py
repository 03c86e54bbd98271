"""The pages about campaigns beside their lists and records."""
