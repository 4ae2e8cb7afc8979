"""What sets the project up and runs it: the set-up, the demo, a whole Airflow on this machine."""
