"""What lessons need besides pictures: exercise checks, data, trials and tools."""
