"""What lesson 16's checks need to send one request to both of OpenAI's APIs."""
