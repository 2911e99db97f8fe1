"""What lesson 14 needs to put several providers' forms of one request side by side."""
