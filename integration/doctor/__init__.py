"""What may keep a run from succeeding, looked at one by one."""
