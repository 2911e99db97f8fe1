"""The document's error handler, which lesson 11 breaks, and its token bucket, for lesson 11b.

The code is the document's, word for word. What became a parameter is the clock: `time` is the
module, or a SimulatedClock. In a program of your own, use `samplers.api`: its client tries again by
itself, and `Limiter` counts.
"""

# ruff: noqa: RUF012 (a set as a class's attribute)


def document_bucket(time) -> type:
    """The document's class RateLimiter."""

    class RateLimiter:
        def __init__(self, rpm=5000, tpm=2000000):
            self.rpm = rpm
            self.tpm = tpm
            self.tokens = rpm
            self.last_refill = time.time()

        def wait_if_needed(self, estimated_tokens=1000):
            now = time.time()
            elapsed = now - self.last_refill
            self.tokens = min(self.rpm, self.tokens + elapsed * self.rpm / 60)
            self.last_refill = now
            if self.tokens < 1:
                wait = (1 - self.tokens) * 60 / self.rpm
                time.sleep(wait)
            self.tokens -= 1

    return RateLimiter


def document_handler(time) -> type:
    """The document's class OpenAIErrorHandler."""
    from openai import APIError, APITimeoutError, RateLimitError

    class OpenAIErrorHandler:
        MAX_RETRIES = 3
        RETRYABLE_CODES = {429, 500, 502, 503}

        @staticmethod
        def handle_api_error(func):
            def wrapper(*args, **kwargs):
                last_error = None
                for attempt in range(OpenAIErrorHandler.MAX_RETRIES):
                    try:
                        return func(*args, **kwargs)
                    except RateLimitError as e:
                        wait = min(2**attempt * 2, 60)
                        print(f"Rate limited, waiting {wait}s (attempt {attempt + 1})")
                        time.sleep(wait)
                        last_error = e
                    except APITimeoutError as e:
                        wait = 2**attempt
                        time.sleep(wait)
                        last_error = e
                    except APIError as e:
                        if e.status_code in OpenAIErrorHandler.RETRYABLE_CODES:
                            wait = 2**attempt
                            time.sleep(wait)
                            last_error = e
                        else:
                            # 非可重试错误直接抛出
                            raise
                raise last_error

            return wrapper

    return OpenAIErrorHandler
