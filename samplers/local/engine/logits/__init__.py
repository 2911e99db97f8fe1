"""The model's exact logits, through llama.cpp's C interface."""
