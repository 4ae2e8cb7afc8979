"""What answers hold, field by field as the documents list it."""
