"""One request per group on 16 connections."""

from benchmarks.readers.per_group import read
from benchmarks.readers.task import main

if __name__ == "__main__":
    main(lambda task: read(task, threads=16))
