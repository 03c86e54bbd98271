"""VoiceHub: one Django admin over five telephone and payment providers."""
