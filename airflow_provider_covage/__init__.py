"""Apache Airflow provider for ordering fibre lines through the Covage API."""

__version__ = "0.1.0"
