# ruff: noqa: E501 - one sentence or pattern is one line
"""Whole numbers: primes, factors, bases, Roman numerals. Fast for what people say aloud, bounded for everything."""

from __future__ import annotations

import math

_WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)  # exact below 3.3e24 (Sorenson and Webster, 2015)
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def is_prime(n: int) -> bool:
    """Exact for n < 3.3e24."""
    if n < 2:
        return False
    for prime in _WITNESSES:
        if n % prime == 0:
            return n == prime
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in _WITNESSES:
        x = pow(base, odd, n)
        if x in (1, n - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def factors(n: int) -> dict[int, int]:
    """Prime -> power for n >= 1, by trial division and Pollard's rho; quick to 20 digits."""
    found: dict[int, int] = {}
    for prime in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47):
        while n % prime == 0:
            found[prime] = found.get(prime, 0) + 1
            n //= prime
    waiting = [n] if n > 1 else []
    while waiting:
        part = waiting.pop()
        if is_prime(part):
            found[part] = found.get(part, 0) + 1
            continue
        divisor = _rho(part)
        waiting += [divisor, part // divisor]
    return dict(sorted(found.items()))


def _rho(n: int) -> int:
    root = math.isqrt(n)
    if root * root == n:
        return root
    for shift in range(1, 100):
        slow = fast = 2
        divisor = 1
        while divisor == 1:
            product = 1
            for _ in range(64):
                slow = (slow * slow + shift) % n
                fast = (fast * fast + shift) % n
                fast = (fast * fast + shift) % n
                product = product * abs(slow - fast) % n
            divisor = math.gcd(product, n)
        if divisor != n:
            return divisor
        slow = fast = 2
        divisor = 1
        while divisor == 1:
            slow = (slow * slow + shift) % n
            fast = (fast * fast + shift) % n
            fast = (fast * fast + shift) % n
            divisor = math.gcd(abs(slow - fast), n)
        if divisor != n:
            return divisor
    raise ArithmeticError(f"no divisor of {n} was found")


def divisors(n: int) -> list[int]:
    found = [1]
    for prime, power in factors(n).items():
        found = [each * prime**k for each in found for k in range(power + 1)]
    return sorted(found)


def totient(n: int) -> int:
    result = n
    for prime in factors(n):
        result -= result // prime
    return result


def primes_to(n: int) -> list[int]:
    sieve = bytearray([1]) * (n + 1)
    sieve[:2] = b"\0\0"[: n + 1]
    for prime in range(2, math.isqrt(n) + 1):
        if sieve[prime]:
            sieve[prime * prime :: prime] = bytes(len(range(prime * prime, n + 1, prime)))
    return [number for number in range(n + 1) if sieve[number]]


def next_prime(n: int) -> int:
    n += 1
    while not is_prime(n):
        n += 1
    return n


def previous_prime(n: int) -> int | None:
    for number in range(n - 1, 1, -1):
        if is_prime(number):
            return number
    return None


def to_base(n: int, base: int) -> str:
    digits = ""
    size = abs(n)
    while size:
        size, digit = divmod(size, base)
        digits = _DIGITS[digit] + digits
    return ("-" if n < 0 else "") + (digits or "0")


def to_roman(n: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        count, n = divmod(n, value)
        text += letters * count
    return text


def from_roman(text: str) -> int | None:
    """None for what no one would write: the number written back must be the same."""
    values = {letters: value for value, letters in _ROMAN if len(letters) == 1}
    if not text or any(letter not in values for letter in text):
        return None
    total = 0
    for letter, after in zip(text, [*text[1:], ""], strict=True):
        total += -values[letter] if after and values[after] > values[letter] else values[letter]
    return total if 0 < total < 4000 and to_roman(total) == text else None


def fibonacci(n: int) -> int:
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def product_of_primes(n: int) -> str:
    """ "2³ · 3²"."""
    raised = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
    return " · ".join(
        f"{prime}{str(power).translate(raised) if power > 1 else ''}" for prime, power in factors(n).items()
    )
