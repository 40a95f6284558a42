"""The marketplace listing synchronisation service."""
