"""Rows of arithmetic.txt: operators on every pair of number types, at the ends of their ranges."""
import math
from decimal import ROUND_HALF_EVEN, Context, Decimal

import java
from java import INT, LONG

# The arguments of a function have no static type: the rules of values hold.
FUNCTION = "def f(p, q) {{ return p {} q; }} f({}, {})"
# What parseInt gives is an Integer for the compiler; of Integer.parseInt it would be an int, to which other rules apply.
FAST = "var a = parseInt('{1}', 10); var b = parseInt('{2}', 10); a {0} b"
MADE = {"I": 'Integer.parseInt("{}")', "L": 'Long.parseLong("{}")', "D": 'Double.parseDouble("{}")', "F": 'Float.parseFloat("{}")'}
MARK = {"I": "", "L": " L", "D": " D", "F": " F"}
ORDER = "ILFD"
BY_ZERO = "error (division by zero)"


def text(kind, value):
    if kind in "IL":
        return str(value)
    return java.double_text(value) if kind == "D" else java.float_text(value)


def made(kind, value):
    return MADE[kind].format(text(kind, value))


def shown(kind, value):
    return text(kind, value) + MARK[kind]


def quotient(left, right):
    """Of doubles, as IEEE 754 says it."""
    if right != 0:
        try:
            return left / right
        except OverflowError:
            return math.copysign(math.inf, left) * math.copysign(1, right)
    if left == 0 or left != left:
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1, right)


def rest(left, right):
    """Java's % of doubles: the sign of the dividend."""
    if left != left or right != right or right == 0 or math.isinf(left):
        return math.nan
    return math.fmod(left, right)


def of_doubles(operator, left, right):
    return {"+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right,
            "/": lambda: quotient(left, right), "%": lambda: rest(left, right)}[operator]()


def of_whole(kind, operator, left, right):
    """Two Integers or two Longs."""
    if operator == "/":
        return "D", quotient(float(left), float(right))
    if operator == "%":
        return (kind, java.divided(left, right)[1]) if right else None
    value = {"+": left + right, "-": left - right, "*": left * right}[operator]
    if kind == "L":
        return "L", java.wrap(value, 64)
    return ("I" if INT[0] <= value <= INT[1] else "L"), value


def result(operator, left_kind, left, right_kind, right):
    """Kind and value, or None for an error."""
    if left_kind == right_kind and left_kind in "IL":
        return of_whole(left_kind, operator, left, right)
    if left_kind == right_kind == "F":
        value = of_doubles(operator, left, right)
        return ("D", value) if operator == "/" else ("F", java.to_float(value))
    value = of_doubles(operator, float(left), float(right))
    larger = max(left_kind, right_kind, key=ORDER.index)
    if larger == "D":
        return "D", value
    if larger == "F":
        return "F", java.to_float(value)
    return larger, java.narrow(value, LONG)


def some(kind, random):
    if kind == "I":
        edge = (0, 1, -1, 2, -2, 3, 7, INT[0], INT[1], INT[0] + 1, 46340, 46341, 65536)
        return random.choice(edge) if random.random() < 0.5 else java.wrap(random.getrandbits(32), 32) >> random.randrange(31)
    if kind == "L":
        edge = (0, 1, -1, 3, LONG[0], LONG[1], LONG[0] + 1, 2**31, -2**31 - 1, 2**53, 2**53 + 1, 3037000500, 4294967296)
        return random.choice(edge) if random.random() < 0.5 else java.wrap(random.getrandbits(64), 64) >> random.randrange(63)
    edge = (0.0, -0.0, 1.0, -1.0, 0.1, 0.5, 2.5, -2.5, 1e-300, 1e300, 2147483648.0, 9.3e18, -1e19, math.inf, -math.inf, math.nan)
    value = random.choice(edge) if random.random() < 0.4 else random.uniform(-1, 1) * 10.0**random.randrange(-8, 20)
    return value if kind == "D" else java.to_float(value)


def dynamic(random):
    for left_kind in ORDER:
        for right_kind in ORDER:
            for operator in "+-*/%":
                for _ in range(18):
                    left, right = some(left_kind, random), some(right_kind, random)
                    found = result(operator, left_kind, left, right_kind, right)
                    script = FUNCTION.format(operator, made(left_kind, left), made(right_kind, right))
                    yield script, shown(*found) if found else BY_ZERO


def ends(random):
    """Where processors trap and Java does not."""
    for kind, limits in (("I", INT), ("L", LONG)):
        for left in (limits[0], limits[1], 0, 1):
            for right in (-1, 0, limits[0]):
                for operator in "+-*/%":
                    found = result(operator, kind, left, kind, right)
                    script = FUNCTION.format(operator, made(kind, left), made(kind, right))
                    yield script, shown(*found) if found else BY_ZERO
                if kind == "I":
                    script = FAST.format("/", left, right)
                    yield script, str(java.wrap(java.divided(left, right)[0], 32)) if right else BY_ZERO


def compound(random):
    """Compound assignments and ++ have the rules of values too."""
    for _ in range(80):
        left, right, operator = some("I", random), some("I", random), random.choice("+-*/")
        found = result(operator, "I", left, "I", right)
        yield f"var n = {made('I', left)}; n {operator}= {made('I', right)}; n", shown(*found)


def fast(random):
    """Two variables that are Integers for the compiler: 32 bits, that wrap around."""
    for _ in range(200):
        left, right, operator = some("I", random), some("I", random), random.choice("+-*/")
        script = FAST.format(operator, left, right)
        if operator == "/":
            yield script, str(java.wrap(java.divided(left, right)[0], 32)) if right else BY_ZERO
        else:
            value = {"+": left + right, "-": left - right, "*": left * right}[operator]
            yield script, str(java.wrap(value, 32))


def bits(random):
    for _ in range(400):
        left_kind, right_kind = random.choice("IL"), random.choice("IL")
        left, right = some(left_kind, random), some(right_kind, random)
        operator = random.choice(("&", "|", "^", "<<", ">>", ">>>"))
        if operator in ("<<", ">>", ">>>"):
            right = random.choice((right, random.randrange(-70, 70)))
            value, kind = java.shift(operator, left, right, 32 if left_kind == "I" else 64), left_kind
        else:
            value = {"&": left & right, "|": left | right, "^": left ^ right}[operator]
            kind = "L" if "L" in (left_kind, right_kind) else "I"
        yield FUNCTION.format(operator, made(left_kind, left), made(right_kind, right)), shown(kind, value)
    for _ in range(40):
        kind = random.choice("IL")
        value = some(kind, random)
        yield f"def f(p) {{ return ~(p); }} f({made(kind, value)})", shown(kind, ~value)


def casts(random):
    for kind in ORDER:
        for _ in range(45):
            value = some(kind, random)
            # Java makes byte, short and char of a fraction by way of int.
            whole = value if kind in "IL" else None
            as_int = java.wrap(whole, 32) if whole is not None else java.narrow(value, INT)
            as_long = whole if whole is not None else java.narrow(value, LONG)
            yield f"(int) {made(kind, value)}", str(as_int)
            yield f"(long) {made(kind, value)}", f"{as_long} L"
            yield f"(byte) {made(kind, value)}", f"{java.wrap(as_int, 8)} By"
            yield f"(double) {made(kind, value)}", java.double_text(float(value)) + " D"
            if kind != "L" or abs(value) < 2**53:  # Through a double; beyond that it would be rounded twice.
                yield f"(float) {made(kind, value)}", java.float_text(java.to_float(float(value))) + " F"


def negation(random):
    for kind in ORDER:
        for _ in range(20):
            value = some(kind, random)
            if kind in "IL":
                found = of_whole(kind, "-", 0, value)
            else:
                found = kind, -value
            yield f"var n = {made(kind, value)}; -n", shown(*found)


def comparison(random):
    for left_kind in ORDER:
        for right_kind in ORDER:
            for _ in range(12):
                left, right = some(left_kind, random), some(right_kind, random)
                if random.random() < 0.3:
                    right = {"I": lambda: java.narrow(left, INT), "L": lambda: java.narrow(left, LONG), "D": lambda: float(left),
                             "F": lambda: java.to_float(float(left))}[right_kind]()
                a, b = (left, right) if left_kind == right_kind else (float(left), float(right))
                operator, truth = random.choice((("<", a < b), ("<=", a <= b), (">", a > b), (">=", a >= b), ("==", a == b),
                                                 ("!=", a != b)))
                if math.nan in (a, b) or a != a or b != b:
                    continue  # Java's objects and numbers differ there, and the language says nothing.
                script = FUNCTION.format(operator, made(left_kind, left), made(right_kind, right))
                yield script, "true" if truth else "false"


def powers(random):
    """Only those whose result is exact: libraries differ in the last digit of others."""
    for _ in range(120):
        kind, base, exponent = random.choice("IL"), random.randrange(-9, 10), random.randrange(0, 20)
        value, largest = base**exponent, INT[1] if kind == "I" else LONG[1]
        if abs(value) >= 2**53:
            continue
        script = FUNCTION.format("**", made(kind, base), made(kind, exponent))
        whole = max(INT[0], value) if kind == "I" else value
        yield script, shown(kind, whole) if value <= largest else shown("D", float(value))


def big(random):
    """BigInteger is exact and divides toward zero, BigDecimal has 34 digits."""
    context = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-10**6, Emax=10**6)
    for _ in range(120):
        left, right = (random.choice((1, -1)) * random.getrandbits(random.randrange(1, 130)) for _ in range(2))
        operator = random.choice("+-*/%")
        if right == 0 and operator in "/%":
            continue
        value = {"+": left + right, "-": left - right, "*": left * right}.get(operator)
        if value is None:
            value = java.divided(left, right)[operator == "%"]
        yield FUNCTION.format(operator, f"{left}I", f"{right}I"), f"{value} BigInteger"
    for _ in range(120):
        left, right = (Decimal(random.choice((1, -1)) * random.getrandbits(random.randrange(1, 100))).scaleb(-random.randrange(0, 12))
                       for _ in range(2))
        left, right = format(left, "f"), format(right, "f")
        operator = random.choice("+-*/")
        a, b = Decimal(left), Decimal(right)
        if b == 0 or (a == 0):
            continue
        value = {"+": context.add, "-": context.subtract, "*": context.multiply, "/": context.divide}[operator](a, b)
        yield FUNCTION.format(operator, f"{left}B", f"{right}B"), f"{value} BigDecimal"


SECTIONS = (("Every pair of types", dynamic), ("Ends of ranges", ends), ("Compound assignment", compound), ("Integers for the compiler", fast), ("Bits", bits),
            ("Casts", casts), ("Negation", negation), ("Comparison", comparison), ("Powers", powers),
            ("BigInteger and BigDecimal", big))
