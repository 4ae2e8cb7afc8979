"""One action each; what they return chains."""
