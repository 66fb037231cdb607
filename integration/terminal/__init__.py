"""What a person sees on a terminal: tables, progress, the end of a run, log lines, streams that cannot fail it."""
