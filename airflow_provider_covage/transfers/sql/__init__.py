"""Records in SQL databases: what databases differ in, and the merge that is the same for all."""
