"""Regular expressions for integers in a range, exact for integers of any size."""


def integer_range(low: int | None, high: int | None) -> str:
    """Matches the integers from `low` to `high`, as JSON writes them; None: without a bound.

    ValueError if there is no such integer.
    """
    if low is not None and high is not None and low > high:
        raise ValueError(f"no integer is in [{low}, {high}]")
    parts = []

    if low is None or low < 0:
        least = 1 if high is None or high >= 0 else -high
        parts.append(f"-{_from(least, None if low is None else -low)}")
    if high is None or high >= 0:
        parts.append(_from(0 if low is None or low < 0 else low, high))

    return _any_of(parts)


def _from(low: int, high: int | None) -> str:
    """The integers from `low`, which is not negative, to `high`."""
    digits = len(str(low))
    longest = 10**digits - 1  # the last integer with as many digits
    if high is not None and high <= longest:
        return _between(str(low), str(high))

    parts = [_between(str(low), str(longest))]
    if high is None:
        parts.append(f"[1-9][0-9]{{{digits},}}")
        return _any_of(parts)

    more = len(str(high)) - 1
    if more > digits:
        parts.append(f"[1-9][0-9]{{{digits},{more - 1}}}")
    parts.append(_between(str(10**more), str(high)))
    return _any_of(parts)


def _between(low: str, high: str) -> str:
    """The integers with as many digits as `low` and `high`, from one to the other.

    Its parts stand side by side: Rust's regex-syntax takes groups at most 250 deep.
    """
    if low == high:
        return low
    same = next(i for i in range(len(low)) if low[i] != high[i])
    first = int(low[same])
    last = int(high[same])
    parts = []

    if low[same + 1 :].strip("0"):
        parts.append(low)
        for i in range(same + 1, len(low)):
            parts += _digits(low, i, int(low[i]) + 1, 9)
        first += 1
    if high[same + 1 :].strip("9"):
        parts.append(high)
        for i in range(same + 1, len(high)):
            parts += _digits(high, i, 0, int(high[i]) - 1)
        last -= 1
    return _any_of([*parts, *_digits(low, same, first, last)])


def _digits(number: str, place: int, first: int, last: int) -> list[str]:
    """The integers that begin like `number` and have from `first` to `last` at `place`."""
    if first > last:
        return []
    rest = len(number) - place - 1
    return [f"{number[:place]}[{first}-{last}]" + (f"[0-9]{{{rest}}}" if rest else "")]


def _any_of(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
