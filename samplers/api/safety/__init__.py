"""What a program does before and after a call, so that its users stay safe."""
