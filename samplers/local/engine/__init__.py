"""llama.cpp's server and the weights that it runs."""
