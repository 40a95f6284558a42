"""Blibli as a local server: two families of calls, queues, reviews, limits that outlive a restart."""
