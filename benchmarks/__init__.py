"""Speed and memory against the simulator, by ratio: ``python -m benchmarks``."""
