"""Redis: the job queue, wake-ups, limits and what processes tell one another."""
