"""What is simulated on request: limits, faults, latency. Nothing of it is on unless it is named."""
