"""Records of the API into object storage and into SQL databases."""
