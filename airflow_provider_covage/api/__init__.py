"""The operators' APIs over HTTP, without anything of Airflow: usable from a notebook."""
