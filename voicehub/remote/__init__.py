"""Talking HTTP to providers. Knows no Django model, no settings and nothing else of ours."""
