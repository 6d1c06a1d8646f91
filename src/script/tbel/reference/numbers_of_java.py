"""Rows of numbers.txt: numbers as text, text as numbers, rounding, and the helpers for hexadecimal and bytes."""
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import java
from java import DOUBLE, FLOAT, INT, LONG


def quoted(text):
    return f'"{text}"'


def double_patterns(random):
    edges = [0, 1, 2, 3, 4, 9, 10, 2**52 - 1, 2**52, 2**52 + 1, DOUBLE.infinity - 1, DOUBLE.infinity, DOUBLE.infinity + 1]
    edges += [java.bits_of(10.0**i) + step for i in range(-23, 24) for step in (-1, 0, 1)]
    edges += [java.bits_of(2.0**i) for i in range(-60, 72, 4)]
    edges += [java.bits_of(x) for x in (1e-3, 9.999999999999999e-4, 9999999.999999998, 1e7, 2e23, 9007199254740993.0, 0.1 + 0.7)]
    edges += [random.randrange(1, 400) for _ in range(60)]  # Subnormal: few digits.
    edges += [random.getrandbits(63) % DOUBLE.infinity for _ in range(250)]
    edges += [java.bits_of(random.randrange(10**random.randrange(1, 17)) / 10**random.randrange(0, 9)) for _ in range(150)]
    return [pattern | (random.random() < 0.3) << 63 for pattern in edges]


def float_patterns(random):
    edges = [0, 1, 2, 3, 7, 2**23 - 1, 2**23, 2**23 + 1, FLOAT.infinity - 1, FLOAT.infinity, FLOAT.infinity + 1]
    edges += [FLOAT.nearest(Fraction(10)**i) + step for i in range(-12, 13) for step in (-1, 0, 1)]
    edges += [FLOAT.nearest(Fraction(2)**i) for i in range(-40, 60, 3)]
    edges += [random.randrange(1, 300) for _ in range(60)]
    edges += [random.getrandbits(31) % FLOAT.infinity for _ in range(150)]
    return [pattern | (random.random() < 0.3) << 31 for pattern in edges]


def texts(random):
    for pattern in double_patterns(random):
        yield f'"" + Double.longBitsToDouble({java.wrap(pattern, 64)}L)', quoted(java.text_of_pattern(DOUBLE, pattern))
    for pattern in float_patterns(random):
        number = java.wrap(pattern, 32)
        yield f'"" + Float.intBitsToFloat({number})', quoted(java.text_of_pattern(FLOAT, pattern))


def halves(random, form):
    """Decimal texts at, just below and just above the middle between two neighbours."""
    for _ in range(60):
        pattern = random.getrandbits(form.bits - 1) % (form.infinity // 2) + form.infinity // 4
        middle = (form.value(pattern) + form.value(pattern + 1)) / 2
        with localcontext() as context:
            context.prec = 1200
            exact = format(Decimal(middle.numerator) / Decimal(middle.denominator), "f")
        if len(exact) > 150:
            continue
        text = exact if "." in exact else exact + ".0"
        yield text
        yield text + "0000001"
        yield text.rstrip("0")[:-1] + "4999999" if text.rstrip("0")[-1] == "5" else text + "1"


def decimal_texts(random):
    yield from ("0", "-0", "0.0", "1e400", "-1e400", "1e-400", "5e-324", "2.4703282292062327e-324", "2.4703282292062328e-324",
                "1.7976931348623157e308", "1.7976931348623159e308", "2.2250738585072011e-308", "9007199254740993",
                "3.4028235677973366e38", "3.4028235677973365e38", "7.006492321624085e-46", "7.006492321624086e-46",
                "16777217", "16777217.000000001", "0.1", "1.", ".5", "-.5e-3", "00012.50", "1E+5")
    for _ in range(80):
        digits = str(random.randrange(10**random.randrange(1, 25)))
        at = random.randrange(len(digits) + 1)
        exponent = random.choice(("", f"e{random.randrange(-330, 330)}", f"E{random.randrange(-40, 40)}"))
        yield random.choice(("", "-")) + (digits[:at] or "0") + "." + (digits[at:] or "0") + exponent


def parsing(random):
    for text in [*decimal_texts(random), *halves(random, DOUBLE)]:
        yield f'Double.parseDouble("{text}")', java.double_text(java.parsed(DOUBLE, text)) + " D"
    for text in [*decimal_texts(random), *halves(random, FLOAT)]:
        yield f'Float.parseFloat("{text}")', java.float_text(java.parsed(FLOAT, text)) + " F"
    for text in decimal_texts(random):
        if text.startswith("-") or text.endswith(".") or text.isdigit() or text.startswith("00"):
            continue
        yield f"{text}", java.double_text(java.parsed(DOUBLE, text)) + " D"
        if "e" not in text.lower():
            yield f"{text}f", java.float_text(java.parsed(FLOAT, text)) + " F"


def in_radix(value, radix):
    digits, rest = "", abs(value)
    while rest:
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % radix] + digits
        rest //= radix
    return ("-" if value < 0 else "") + (digits or "0")


def integer_texts(random):
    for name, limits, mark in (("Integer.parseInt", INT, ""), ("Long.parseLong", LONG, " L")):
        whole = [limits[0] - 1, limits[0], limits[0] + 1, limits[1] - 1, limits[1], limits[1] + 1, -1, 0, 1, limits[1] * 10]
        whole += [random.randrange(limits[0] * 2, limits[1] * 2) >> random.randrange(0, 60) for _ in range(40)]
        for value in whole:
            for radix in (10, random.choice((2, 3, 8, 16, 29, 36))):
                text = in_radix(value, radix)
                fits = limits[0] <= value <= limits[1]
                yield f'{name}("{text}", {radix})', f"{value}{mark}" if fits else "error (out of range)"
                if limits[0] <= value <= limits[1] and limits == LONG:
                    yield f'Long.toString(Long.parseLong("{value}"), {radix})', quoted(text)
    for text in ("", "+", "-", "--1", "1_0", " 1", "1 ", "1.0", "0x1", "1L", "a"):
        yield f'Integer.parseInt("{text}")', "error (no number)"
    for _ in range(60):
        value = java.wrap(random.getrandbits(32), 32) >> random.randrange(0, 31)
        unsigned = value & 0xFFFFFFFF
        for name, form in (("toHexString", "x"), ("toOctalString", "o"), ("toBinaryString", "b")):
            yield f"Integer.{name}({value})", quoted(format(unsigned, form))
    for _ in range(60):
        value = java.wrap(random.getrandbits(64), 64) >> random.randrange(0, 63)
        unsigned = value & (2**64 - 1)
        for name, form in (("toHexString", "x"), ("toOctalString", "o"), ("toBinaryString", "b")):
            yield f"Long.{name}({value}L)", quoted(format(unsigned, form))


def half_up(value, digits):
    """BigDecimal.valueOf(value).setScale(digits, HALF_UP) as an exact fraction."""
    with localcontext() as context:
        context.prec = 700
        decimal = Decimal(java.double_text(value))
        return Fraction(decimal.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))


def nearest_double(exact):
    return java.double_of(DOUBLE.nearest(abs(exact)) | (exact < 0) << 63)


def near_halves(random):
    for _ in range(130):
        digits = random.randrange(0, 7)
        value = (random.randrange(-10**6, 10**6) * 10 + 5) / 10**(digits + 1)
        yield random.choice((value, java.double_of(java.bits_of(value) + random.choice((-1, 1))))), digits
    for _ in range(70):
        yield random.uniform(-1, 1) * 10**random.randrange(-6, 18), random.randrange(-4, 12)
    yield from ((1.005, 2), (2.345, 2), (-2.5, 0), (0.5, 0), (-0.4, 0), (1e22, 2), (123456789012345680.0, 3), (5e-324, 5), (1e300, 1))


def rounding(random):
    for value, digits in near_halves(random):
        text = java.double_text(value)
        exact = half_up(value, digits)
        yield f"toFixed({text}, {digits})", java.double_text(nearest_double(exact)) + " D"
        whole = half_up(value, 0)
        yield f"toInt({text})", str(java.wrap(int(whole), 32))
        if digits >= 0:
            with localcontext() as context:
                context.prec = 700
                shown = Decimal(exact.numerator) / Decimal(exact.denominator)
                minus = "-" if value < 0 and exact == 0 else ""
                yield f'String.format("%.{digits}f", {text})', quoted(minus + format(shown, f".{digits}f"))
    for value, digits in near_halves(random):
        single = java.to_float(value)
        if single == 0 or abs(single) > 1e37:
            continue
        exact = half_up(single, digits)
        fixed = java.float_of(FLOAT.nearest(abs(exact)) | (exact < 0) << 31)
        yield f"toFixed({java.float_text(single)}f, {digits})", java.float_text(fixed) + " F"
    for value, _ in near_halves(random):
        text, exact = java.double_text(value), Fraction(value)
        nearest = (exact + Fraction(1, 2)).__floor__()
        yield f"Math.round({text})", f"{max(LONG[0], min(LONG[1], nearest))} L"
        for name, whole in (("floor", exact.__floor__()), ("ceil", exact.__ceil__()), ("rint", round(exact))):
            result = nearest_double(Fraction(whole))
            zero = "-0.0" if whole == 0 and (value < 0) else None
            yield f"Math.{name}({text})", (zero or java.double_text(result)) + " D"


def hex_bytes(random, count):
    return [random.choice((0, 0xFF, 0x7F, 0x80, random.randrange(256))) for _ in range(count)]


def hexadecimal(random):
    for _ in range(60):
        for count, form, name in ((4, FLOAT, "Float"), (8, DOUBLE, "Double")):
            data = bytes(hex_bytes(random, count))
            for order in ("big", "little"):
                pattern = int.from_bytes(data, order)
                finite = pattern & (2**(form.bits - 1) - 1) <= form.infinity
                if finite:
                    text = java.text_of_pattern(form, pattern) + f" {name[0]}"
                    flag = "true" if order == "big" else "false"
                    yield f'parseHexTo{name}("{data.hex().upper()}", {flag})', text
                    yield f'parseBytesTo{name}(hexToBytes("{data.hex()}"), 0, {count}, {flag})', text
    for _ in range(120):
        count = random.randrange(1, 9)
        data, flag = bytes(hex_bytes(random, count)), random.choice(("true", "false"))
        value = int.from_bytes(data, "big" if flag == "true" else "little")
        bytes_call = f'(hexToBytes("{data.hex()}"), 0, {count}, {flag})'
        if count <= 4:
            yield f"parseBytesToInt{bytes_call}", str(java.wrap(value, 32))
            single = java.float_of(FLOAT.nearest(Fraction(value)))
            yield f"parseBytesIntToFloat{bytes_call}", java.float_text(single) + " F"
        else:
            yield f"parseBytesToInt{bytes_call}", "error (over four bytes)"
        yield f"parseBytesToLong{bytes_call}", f"{java.wrap(value, 64)} L"
        yield f"parseBytesLongToDouble{bytes_call}", java.double_text(nearest_double(Fraction(value))) + " D"
        for name, limits, mark in (("Int", INT, ""), ("Long", LONG, " L")):
            fits = value <= limits[1]
            yield f'parseHexTo{name}("{data.hex()}", {flag})', f"{value}{mark}" if fits else "error (out of range)"


def to_hex(value, bits):
    """Leading bytes 00 go, of a negative number leading bytes FF but one."""
    data = (value & (2**bits - 1)).to_bytes(bits // 8, "big")
    short = data.lstrip(b"\0" if value >= 0 else b"\xff") or data[-1:]
    if value < 0 and len(short) < len(data):
        short = b"\xff" + short
    return short


def writing_hexadecimal(random):
    for bits, name, mark in ((32, "int", ""), (64, "long", "L")):
        values = [0, 1, -1, -2, 127, 128, -128, -129, 255, 256, -255, -256, -257, 65535, -65536, 2**31 - 1, 2**(bits - 1) - 1]
        values += [java.wrap(random.getrandbits(bits), bits) >> random.randrange(0, bits) for _ in range(60)]
        for value in values:
            data = to_hex(value, bits)
            yield f"{name}ToHex({value}{mark})", quoted(data.hex().upper())
            yield f"{name}ToHex({value}{mark}, false, true)", quoted("0x" + data[::-1].hex().upper())
    for _ in range(60):
        value = random.getrandbits(63) >> random.randrange(0, 63)
        size = next(each for each in (8, 16, 32, 64) if each > value.bit_length() or each == 64)
        yield f"intLongToRadixString({value}L, 2)", quoted(format(value, f"0{size}b"))
        yield f"intLongToRadixString({value}L, 8)", quoted(format(value, "o"))
        yield f"intLongToRadixString({value}L)", quoted(str(value))
        yield f"intLongToRadixString({value}L, 16)", quoted(to_hex(value, 64).hex().upper())
        yield f"intLongToRadixString({value}L, 36)", quoted(in_radix(value, 36))
        yield f"doubleToHex(Double.longBitsToDouble({value}L))", quoted("0x" + format(value, "016X"))
        pattern = value & 0x7F7FFFFF
        yield f"floatToHex(Float.intBitsToFloat({pattern}))", quoted("0x" + format(pattern, "08X"))


def helper_texts(random):
    """parseInt and parseLong of the language: radix found or given, hexadecimal of even length, bits in two's complement."""
    for name, bits, limits, mark in (("parseInt", 32, INT, ""), ("parseLong", 64, LONG, " L")):
        values = [0, 1, -1, 9, 10, -10, 255, limits[0], limits[1], limits[0] - 1, limits[1] + 1]
        values += [java.wrap(random.getrandbits(bits), bits) >> random.randrange(0, bits) for _ in range(40)]
        for value in values:
            fits = limits[0] <= value <= limits[1]
            wanted = f"{value}{mark}" if fits else "error (out of range)"
            yield f'{name}("{value}")', wanted
            yield f'{name}("{value}", 10)', wanted
            if value < 0:
                continue
            digits = format(value, "X")
            digits = "0" * (len(digits) % 2) + digits
            yield f'{name}("0x{digits}")', wanted
            yield f'{name}("{digits}", 16)', wanted
            yield f'{name}("0x0{digits}")', "error (odd length)"
            yield f'{name}("{value:o}", 8)', wanted
            yield f'{name}("{in_radix(value, 36)}", 36)', wanted
        for _ in range(40):
            pattern = random.getrandbits(bits) | random.getrandbits(1) << (bits - 1)
            yield f'{name}("{pattern:0{bits}b}", 2)', f"{java.wrap(pattern, bits)}{mark}"
        for text, radix in (("12", 2), ("8", 8), ("1G", 16), ("A", 10), ("1", 7), ("1", 37), ("7.5", 10)):
            yield f'{name}("{text}", {radix})', "error (radix)"
        yield f'{name}("  ")', "null"


SECTIONS = (("Text of doubles and floats", texts), ("Texts read as doubles and floats", parsing),
            ("Texts of whole numbers", integer_texts), ("Helpers that read whole numbers", helper_texts),
            ("Rounding", rounding), ("Numbers of hexadecimal text and bytes", hexadecimal),
            ("Hexadecimal text and radixes of numbers", writing_hexadecimal))
