"""Numbers as Java writes, reads and counts them, by exact fractions and two's complement: no floating point library,
and nothing of the code that the tables test.
"""
import struct
from fractions import Fraction

INT = (-2**31, 2**31 - 1)
LONG = (-2**63, 2**63 - 1)


class Format:
    """An IEEE 754 binary format of `bits` bits with `fraction` bits behind the point."""

    def __init__(self, bits, fraction):
        self.bits, self.fraction = bits, fraction
        self.bias = 2**(bits - fraction - 2) - 1
        self.infinity = (2**(bits - fraction - 1) - 1) << fraction

    def value(self, pattern):
        """The exact value of the magnitude `pattern`, which is finite."""
        exponent, rest = pattern >> self.fraction, pattern & (2**self.fraction - 1)
        if exponent == 0:
            return Fraction(rest) * Fraction(2)**(1 - self.bias - self.fraction)
        return Fraction(rest + 2**self.fraction) * Fraction(2)**(exponent - self.bias - self.fraction)

    def nearest(self, exact):
        """The pattern nearest to a fraction that is not negative; ties go to the even one."""
        if exact == 0:
            return 0
        place = exact.numerator.bit_length() - exact.denominator.bit_length()
        if Fraction(2)**place > exact:
            place -= 1
        smallest = 1 - self.bias
        place = max(place, smallest)
        units = round(exact / Fraction(2)**(place - self.fraction))  # Fractions round halves to even.
        # A mantissa that was rounded up to the next power of two carries into the exponent.
        return min(((place - smallest) << self.fraction) + units, self.infinity)


DOUBLE = Format(64, 52)
FLOAT = Format(32, 23)


def bits_of(value):
    """The pattern of a double that Python has."""
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def double_of(pattern):
    return struct.unpack("<d", struct.pack("<Q", pattern))[0]


def float_of(pattern):
    """The double that equals a float's pattern."""
    return struct.unpack("<f", struct.pack("<I", pattern))[0]


def to_float(value):
    """A double rounded to a float, as a double that equals it."""
    if value != value or value in (float("inf"), float("-inf")):
        return value
    pattern = FLOAT.nearest(abs(Fraction(value)))
    sign = bits_of(value) >> 63
    return float_of(pattern | sign << 31)


def _decimals(exact, digits):
    """The two decimals of `digits` digits around a positive fraction, as (whole number, exponent of ten)."""
    scale = 0
    while exact * Fraction(10)**-scale >= 10:
        scale += 1
    while exact * Fraction(10)**-scale < 1:
        scale -= 1
    unit = scale - digits + 1
    below = int(exact / Fraction(10)**unit)
    return [(below, unit), (below + 1, unit)]


def _closest(form, pattern, digits):
    """The decimal of that many digits closest to the number among those that round to it, or None."""
    exact = form.value(pattern)
    found = [(abs(whole * Fraction(10)**unit - exact), whole % 2, whole, unit)
             for whole, unit in _decimals(exact, digits)
             if form.nearest(whole * Fraction(10)**unit) == pattern]
    return min(found)[2:] if found else None


def shortest(form, pattern):
    """Digits and the place of the first one: of the decimals that round to the number those of least digits, two at
    least, and of those the closest one (Double.toString since Java 19).
    """
    for digits in range(2, 19):
        found = _closest(form, pattern, digits)
        if found:
            text = str(found[0])
            return text.rstrip("0"), len(text) - 1 + found[1]
    raise AssertionError("no decimal is enough")


def text_of_pattern(form, pattern):
    """Double.toString or Float.toString of a pattern."""
    sign = "-" if pattern >> (form.bits - 1) else ""
    magnitude = pattern & (2**(form.bits - 1) - 1)
    if magnitude > form.infinity:
        return "NaN"
    if magnitude == form.infinity:
        return sign + "Infinity"
    if magnitude == 0:
        return sign + "0.0"
    digits, place = shortest(form, magnitude)
    if -3 <= place < 7:
        if place < 0:
            return f"{sign}0.{'0' * (-place - 1)}{digits}"
        whole = digits[:place + 1].ljust(place + 1, "0")
        return f"{sign}{whole}.{digits[place + 1:] or '0'}"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{place}"


def double_text(value):
    return text_of_pattern(DOUBLE, bits_of(value))


def float_text(value):
    """Of a double that equals a float."""
    return text_of_pattern(FLOAT, struct.unpack("<I", struct.pack("<f", value))[0])


def parsed(form, text):
    """Double.parseDouble or Float.parseFloat of a plain decimal text, as a double."""
    sign = text.startswith("-")
    mantissa, _, exponent = text.lstrip("+-").lower().partition("e")
    pattern = form.nearest(Fraction(mantissa) * Fraction(10)**int(exponent or 0)) | sign << (form.bits - 1)
    return double_of(pattern) if form is DOUBLE else float_of(pattern)


def wrap(value, bits):
    """The lowest bits of a whole number, as a signed number."""
    value &= 2**bits - 1
    return value - 2**bits if value >> (bits - 1) else value


def narrow(value, limits):
    """A double as int or long: toward zero, at most the limits; NaN is 0."""
    if value != value:
        return 0
    if value in (float("inf"), float("-inf")):
        return limits[0] if value < 0 else limits[1]
    return max(limits[0], min(limits[1], int(value)))


def shift(operator, value, count, bits):
    count &= bits - 1
    if operator == "<<":
        return wrap(value << count, bits)
    if operator == ">>":
        return value >> count
    return wrap((value & (2**bits - 1)) >> count, bits)


def divided(left, right):
    """Quotient toward zero and a rest with the sign of the dividend."""
    quotient = abs(left) // abs(right)
    if (left < 0) != (right < 0):
        quotient = -quotient
    return quotient, left - quotient * right
