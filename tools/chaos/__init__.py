"""The proof of the first promise: whatever happens to a request, everything is ordered exactly once."""
