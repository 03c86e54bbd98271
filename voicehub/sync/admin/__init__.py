"""The pages about providers, jobs and calls, and the admin classes that records of the apps build on."""

from voicehub.sync.admin import connections, exchanges, jobs, lanes

__all__ = ["connections", "exchanges", "jobs", "lanes"]
