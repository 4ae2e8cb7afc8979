"""The double of Covage's API."""
