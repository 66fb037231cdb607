"""Files on this machine: the run's folder with its lock and atomic writes, and SQLite as this project uses it."""
