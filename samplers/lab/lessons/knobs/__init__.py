"""What lesson 15 needs to try what stands in for a temperature: sums, their answers, a vote."""
