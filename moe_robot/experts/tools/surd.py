"""Exact numbers without a computer algebra system: sums of rationals times square roots, as 1/2 + 3√5.

Enough for school arithmetic and fast (microseconds). What leaves this field is a float in `exact.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

MAX_RADICAND = 10**8


@dataclass(frozen=True)
class Surd:
    """`terms`: radicand without square factors -> coefficient, never zero; the rational part has the radicand 1."""

    terms: tuple[tuple[int, Fraction], ...]

    @staticmethod
    def of(value: int | Fraction) -> Surd:
        return _surd({1: Fraction(value)})

    @property
    def rational(self) -> Fraction | None:
        if not self.terms:
            return Fraction(0)
        return self.terms[0][1] if len(self.terms) == 1 and self.terms[0][0] == 1 else None

    def __float__(self) -> float:
        return math.fsum(float(part) * math.sqrt(radicand) for radicand, part in self.terms)

    def __add__(self, other: Surd) -> Surd:
        total = dict(self.terms)
        for radicand, part in other.terms:
            total[radicand] = total.get(radicand, Fraction(0)) + part
        return _surd(total)

    def __neg__(self) -> Surd:
        return Surd(tuple((radicand, -part) for radicand, part in self.terms))

    def __mul__(self, other: Surd) -> Surd:
        total: dict[int, Fraction] = {}
        for a, x in self.terms:
            for b, y in other.terms:
                shared = math.gcd(a, b)
                radicand = a * b // shared**2
                total[radicand] = total.get(radicand, Fraction(0)) + x * y * shared
        return _surd(total)

    def inverse(self) -> Surd | None:
        """1/self, None outside the field that is handled (three terms and more). Raises ZeroDivisionError."""
        if not self.terms:
            raise ZeroDivisionError
        if len(self.terms) == 1:
            radicand, part = self.terms[0]
            return _surd({radicand: 1 / (part * radicand)})
        if len(self.terms) > 2:
            return None
        (a, x), (b, y) = self.terms
        norm = x * x * a - y * y * b
        return _surd({a: x / norm, b: -y / norm}) if norm else None

    def __str__(self) -> str:
        """As "1/2 + 3√5", "√2/2", "5"."""
        if not self.terms:
            return "0"
        text = ""
        for radicand, part in self.terms:
            size = abs(part)
            root = f"√{radicand}" if radicand > 1 else ""
            top = f"{size.numerator}{root}" if size.numerator != 1 or not root else root
            shown = top if size.denominator == 1 else f"{top}/{size.denominator}"
            if text:
                text += f" − {shown}" if part < 0 else f" + {shown}"
            else:
                text = f"−{shown}" if part < 0 else shown
        return text


def _surd(terms: Mapping[int, Fraction]) -> Surd:
    return Surd(tuple(sorted((radicand, part) for radicand, part in terms.items() if part)))


def square_root(value: Fraction) -> Surd | None:
    """√value for value >= 0, None when it is too large to take the squares out."""
    if value == 0:
        return _surd({})
    radicand = value.numerator * value.denominator
    outside, inside = _take_out(radicand)
    if inside > MAX_RADICAND:
        return None
    return _surd({inside: Fraction(outside, value.denominator)})


def _take_out(number: int) -> tuple[int, int]:
    """(a, b) with number = a²·b; b free of squares for numbers to 10^8 and for perfect squares."""
    root = math.isqrt(number)
    if root * root == number:
        return root, 1
    outside, divisor = 1, 2
    while divisor * divisor <= number and divisor < 10_000:
        while number % (divisor * divisor) == 0:
            number //= divisor * divisor
            outside *= divisor
        divisor += 1
    root = math.isqrt(number)
    return (outside * root, 1) if root * root == number else (outside, number)


def whole_root(value: Fraction, degree: int) -> Fraction | None:
    """The exact root of a fraction, None when there is none; negative values for odd degrees."""
    sign = -1 if value < 0 else 1
    parts = [_integer_root(abs(value.numerator), degree), _integer_root(value.denominator, degree)]
    if parts[0] is None or parts[1] is None:
        return None
    return sign * Fraction(parts[0], parts[1])


def _integer_root(number: int, degree: int) -> int | None:
    if number < 2:
        return number
    high = 1 << (number.bit_length() // degree + 1)
    low = 1
    while low < high:
        middle = (low + high) // 2
        if middle**degree < number:
            low = middle + 1
        else:
            high = middle
    return low if low**degree == number else None


_SINES: Mapping[int, Surd] = {
    0: _surd({}),
    15: _surd({6: Fraction(1, 4), 2: Fraction(-1, 4)}),
    30: _surd({1: Fraction(1, 2)}),
    45: _surd({2: Fraction(1, 2)}),
    60: _surd({3: Fraction(1, 2)}),
    75: _surd({6: Fraction(1, 4), 2: Fraction(1, 4)}),
    90: _surd({1: Fraction(1)}),
}


def sine(degrees: Fraction) -> Surd | None:
    """The exact sine of a multiple of 15 degrees, None for other angles."""
    degrees %= 360
    if degrees > 180:
        found = sine(degrees - 180)
        return None if found is None else -found
    if degrees > 90:
        degrees = 180 - degrees
    return _SINES.get(int(degrees)) if degrees.denominator == 1 else None
