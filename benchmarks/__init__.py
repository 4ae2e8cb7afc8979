"""What things cost; nothing here is part of the package."""
