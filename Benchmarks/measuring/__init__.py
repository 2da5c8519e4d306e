"""What Benchmarks/bench.py is made of. Standard library only."""
