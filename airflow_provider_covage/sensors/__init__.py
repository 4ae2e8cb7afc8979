"""Waiting for a record to come into a state."""
