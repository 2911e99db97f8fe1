"""A fetch of the weights: a folder for it, and pip, which ends with the process that asked."""
