"""Rows of dates.txt: instants and their fields, calendar arithmetic, patterns, and zones with gaps and overlaps.

Zones come from the tz database by way of Python's zoneinfo; their rows keep to years whose rules are history, or to
rules that have stood for decades.
"""
import calendar
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns", "Pacific/Apia", "Asia/Tokyo",
         "Africa/Johannesburg", "Europe/London", "America/Caracas")
LONG_STANDING = ("Europe/Berlin", "America/New_York", "Europe/London", "Asia/Tokyo", "Asia/Kolkata")
EPOCH = datetime(1970, 1, 1)
DAYS_OF_400_YEARS = 146_097
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def quoted(text):
    return f'"{text}"'


def wide(seconds):
    """Any second since 1970 as a year and a time of day of the proleptic calendar, by cycles of 400 years."""
    cycles, rest = divmod(seconds, DAYS_OF_400_YEARS * 86400)
    at = EPOCH + timedelta(seconds=rest)
    return at.year + 400 * cycles, at


def year_text(year):
    """As ISO writes it: four digits, a sign before more of them and before negative ones."""
    if 0 <= year <= 9999:
        return f"{year:04}"
    return f"+{year}" if year > 0 else f"-{-year:04}"


def iso(ms):
    seconds, rest = divmod(ms, 1000)
    year, at = wide(seconds)
    return f"{year_text(year)}-{at:%m-%dT%H:%M:%S}" + (f".{rest:03}" if rest else "") + "Z"


def some_ms(random):
    reach = random.choice((10**9, 10**12, 10**13, 10**14, 10**15, 8 * 10**15, 10**17))
    return random.choice((random.randrange(-reach, reach), random.randrange(-reach, reach) // 1000 * 1000))


def fields(random):
    edges = [0, -1, 1, 999, 1000, -1000, -86400000, 951782400000, 951868799999, -62135596800000, -62167219200000, 253402300799999,
             253402300800000, 4102444800000, -2208988800000, 2**53, -2**53, 9 * 10**17, -9 * 10**17]
    for ms in edges + [some_ms(random) for _ in range(220)]:
        year, at = wide(ms // 1000)
        made = f"new Date({ms}L)"
        yield f"{made}.toISOString()", quoted(iso(ms))
        yield f"{made}.getTime()", f"{ms} L"
        for name, value in (("UTCFullYear", year), ("UTCMonth", at.month), ("UTCDate", at.day), ("UTCDay", at.isoweekday()),
                            ("UTCHours", at.hour), ("UTCMinutes", at.minute), ("UTCSeconds", at.second), ("UTCMilliseconds", ms % 1000)):
            if random.random() < 0.4:
                yield f"{made}.get{name}()", str(value)


def ms_of(at):
    return (at - EPOCH) // timedelta(milliseconds=1)


def some_date(random, first=1, last=9999):
    at = datetime(random.randrange(first, last + 1), random.randrange(1, 13), 1)
    day = random.choice((1, 15, 28, 29, 30, 31))
    day = min(day, calendar.monthrange(at.year, at.month)[1])
    return at.replace(day=day, hour=random.randrange(24), minute=random.randrange(60), second=random.randrange(60))


def made_of_fields(random):
    for _ in range(150):
        at = some_date(random, 1000)
        yield f"new Date({at.year}, {at.month}, {at.day}, {at.hour}, {at.minute}, {at.second}).getTime()", f"{ms_of(at)} L"
        yield (f"Date.UTC({at.year}, {at.month}, {at.day}, {at.hour}, {at.minute}, {at.second}, 7)", f"{ms_of(at) + 7} L")
    for year in (*range(0, 100, 9), 69, 70, 99):
        full = year + (2000 if year < 70 else 1900)
        yield f"new Date({year}, 3, 1).getTime()", f"{ms_of(datetime(full, 3, 1))} L"
    for year in (1900, 2000, 2023, 2024, 2100, 2400):
        for month in range(0, 14):
            for day in (0, 1, 28, 29, 30, 31, 32):
                valid = 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
                wanted = f"{ms_of(datetime(year, month, day))} L" if valid else "error (out of range)"
                if not valid or day >= 28:
                    yield f"new Date({year}, {month}, {day}).getTime()", wanted
    for late in ("24, 0, 0", "0, 60, 0", "0, 0, 60", "-1, 0, 0", "0, -1, 0", "0, 0, -1"):
        yield f"new Date(2024, 1, 1, {late}).getTime()", "error (out of range)"


def add_months(at, months):
    whole = at.year * 12 + at.month - 1 + months
    year, month = whole // 12, whole % 12 + 1
    if not 1 <= year <= 9999:
        return None
    return at.replace(year=year, month=month, day=min(at.day, calendar.monthrange(year, month)[1]))


def sums(random):
    units = {"Weeks": 604800, "Days": 86400, "Hours": 3600, "Minutes": 60, "Seconds": 1}
    for _ in range(400):
        at = some_date(random, 1500, 3000)
        unit = random.choice(("Years", "Months", *units))
        amount = random.randrange(-500, 500)
        if unit in units:
            after = at + timedelta(seconds=units[unit] * amount)
        else:
            after = add_months(at, amount * (12 if unit == "Years" else 1))
        yield f"var d = new Date({ms_of(at)}L); d.add{unit}({amount}); d.toISOString()", quoted(iso(ms_of(after)))
    for amount in (1, -1, 999_999_999, -1_000_000_000, 123_456_789):
        at = datetime(2024, 2, 29, 23, 59, 59)
        whole, nanos = divmod(ms_of(at) * 1_000_000 + amount, 10**9)
        digits = f"{nanos:09}"
        while digits.endswith("000") and digits:
            digits = digits[:-3]
        text = iso(whole * 1000)[:-1] + (f".{digits}" if digits else "") + "Z"
        yield f"var d = new Date({ms_of(at)}L); d.addNanos({amount}); d.toISOString()", quoted(text)


def setters(random):
    for _ in range(200):
        at = some_date(random, 1600, 2500)
        name = random.choice(("FullYear", "Month", "Date", "Hours", "Minutes", "Seconds"))
        value = {"FullYear": random.randrange(1600, 2500), "Month": random.randrange(1, 13), "Date": random.randrange(1, 32),
                 "Hours": random.randrange(0, 25), "Minutes": random.randrange(0, 61), "Seconds": random.randrange(0, 61)}[name]
        script = f"var d = new Date({ms_of(at)}L); d.setUTC{name}({value}); d.toISOString()"
        try:
            if name in ("FullYear", "Month"):
                first = at.replace(day=1, **{"year" if name == "FullYear" else "month": value})
                if at.day <= 28:
                    after = first.replace(day=at.day)
                else:
                    after = first + timedelta(days=at.day - 1)
            else:
                after = at.replace(**{{"Date": "day", "Hours": "hour", "Minutes": "minute", "Seconds": "second"}[name]: value})
            yield script, quoted(iso(ms_of(after)))
        except ValueError:
            yield script, "error (out of range)"


def offset_text(seconds, colon=True):
    if seconds == 0:
        return "Z" if colon else "+0000"
    sign, rest = ("-" if seconds < 0 else "+"), abs(seconds)
    text = f"{sign}{rest // 3600:02}" + (":" if colon else "") + f"{rest // 60 % 60:02}"
    return text + (f":{rest % 60:02}" if colon and rest % 60 else "")


def instants(random, zone):
    """Of past years, many close to changes of the offset; later ones where the rules have stood long."""
    last = 2400 if zone in LONG_STANDING else 2022
    for _ in range(14):
        yield datetime(random.randrange(1850, last), random.randrange(1, 13), random.randrange(1, 29), random.randrange(24),
                       random.randrange(60), random.randrange(60))
    for after in changes(zone)[-8:]:
        for seconds in (-3600, -1, 0, 1, 1800, 3600):
            yield after + timedelta(seconds=seconds)


def changes(zone):
    """Moments at which the offset changes, 1990 to 2021, to the second."""
    at, found, info = datetime(1990, 1, 1), [], ZoneInfo(zone)
    def offset(moment):
        return moment.replace(tzinfo=timezone.utc).astimezone(info).utcoffset()
    while at.year < 2022:
        after = at + timedelta(days=7)
        if offset(at) != offset(after):
            low, high = at, after
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
            found.append(high)
        at = after
    return found


def in_zones(random):
    for zone in ZONES:
        for at in instants(random, zone):
            local = at.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone))
            offset = int(local.utcoffset().total_seconds())
            option = f'{{\\"timeZone\\":\\"{zone}\\",\\"pattern\\":\\"uuuu-MM-dd HH:mm:ss XXXXX\\"}}'
            wanted = f"{local:%Y-%m-%d %H:%M:%S} {offset_text(offset)}"
            yield f'new Date({ms_of(at)}L).toLocaleString("en-US", "{option}")', quoted(wanted)


def from_zones(random):
    """Local times: one in a gap moves forward by the gap, one that comes twice is the first (fold=0 is both)."""
    for zone in ZONES:
        info = ZoneInfo(zone)
        locals_ = [some_date(random, 1890, 2021) for _ in range(8)]
        for after in changes(zone)[-8:]:
            there = after.replace(tzinfo=timezone.utc).astimezone(info).replace(tzinfo=None)
            locals_ += [there + timedelta(minutes=minutes) for minutes in (-61, -60, -30, -1, 0, 29, 59)]
        for local in locals_:
            ms = ms_of(local.replace(tzinfo=None)) - int(local.replace(tzinfo=info, fold=0).utcoffset().total_seconds()) * 1000
            values = f"{local.year}, {local.month}, {local.day}, {local.hour}, {local.minute}, {local.second}"
            yield f'new Date({values}, "{zone}").getTime()', f"{ms} L"
            text = f"{local:%Y-%m-%d %H:%M:%S}"
            yield f'new Date("{text}", "yyyy-MM-dd HH:mm:ss", "en-US", "{zone}").getTime()', f"{ms} L"


def formatted(at, ms):
    """Patterns of java.time and what they give, for the locale en-US and UTC."""
    half, hour = ("AM" if at.hour < 12 else "PM"), (at.hour % 12 or 12)
    return (("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", f"{at:%Y-%m-%dT%H:%M:%S}.{ms:03}Z"), ("dd/MM/yy HH:mm", f"{at:%d/%m/}{at.year % 100:02} {at:%H:%M}"),
            ("EEE, d MMM uuuu", f"{DAYS[at.weekday()][:3]}, {at.day} {at:%b} {at.year:04}"), ("EEEE MMMM d", f"{DAYS[at.weekday()]} {at:%B} {at.day}"),
            ("h:mm:ss a", f"{hour}:{at:%M:%S} {half}"), ("hh.mm a", f"{hour:02}.{at:%M} {half}"), ("D DDD", f"{at.timetuple().tm_yday} {at:%j}"),
            ("k:m:s.SS", f"{at.hour or 24}:{at.minute}:{at.second}.{ms // 10:02}"), ("Q 'of' yyyy", f"{(at.month + 2) // 3} of {at.year:04}"),
            ("yyyyMMddHHmmssSSS", f"{at:%Y%m%d%H%M%S}{ms:03}"), ("M/d/yyyy Z", f"{at.month}/{at.day}/{at.year:04} +0000"),
            ("HH''mm", f"{at:%H}'{at:%M}"), ("xxx VV", "+00:00 UTC"), ("A", str((at.hour * 3600 + at.minute * 60 + at.second) * 1000 + ms)))


def patterns(random):
    for _ in range(45):
        at, ms = some_date(random, 1000), random.choice((0, 7, 123, 990))
        for pattern, text in formatted(at, ms):
            option = f'{{\\"timeZone\\":\\"UTC\\",\\"pattern\\":\\"{pattern}\\"}}'
            yield f'new Date({ms_of(at) + ms}L).toLocaleString("en-US", "{option}")', quoted(text)


def historical_ms(year, month, day):
    """Of Date.parse with a pattern, whose calendar was Julian until 1582-10-04: days counted since the year 1."""
    if (year, month, day) >= (1582, 10, 15):
        return ms_of(datetime(year, month, day))
    leap = year % 4 == 0
    before = sum((31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[:month - 1])
    days = 365 * (year - 1) + (year - 1) // 4 + before + day - 1
    # The first of January of the Julian year 1 is two days before the proleptic one.
    return (days - 2) * 86_400_000 + ms_of(datetime(1, 1, 1))


def read(random):
    """Texts with and without an offset."""
    for _ in range(130):
        at, ms = some_date(random, 1000), random.choice((0, 5, 120, 999))
        minutes = random.choice((0, 0, 60, -300, 330, 765, -210, 1080, -1080))
        offset = offset_text(minutes * 60)
        instant = f"{ms_of(at) + ms - minutes * 60000} L"
        yield f'new Date("{at:%Y-%m-%dT%H:%M:%S}.{ms:03}{offset}").getTime()', instant
        yield f'Date.parse("{at:%Y-%m-%dT%H:%M:%S}.{ms:03}{offset}")', instant
        yield f'new Date("{at:%Y-%m-%d %H:%M:%S}").getTime()', f"{ms_of(at)} L"
        plain = "+0000" if minutes == 0 else offset_text(minutes * 60, colon=False)
        rfc = f"{DAYS[at.weekday()][:3]}, {at.day} {at:%b} {at.year:04} {at:%H:%M:%S} {plain}"
        yield f'new Date("{rfc}").getTime()', f"{ms_of(at) - minutes * 60000} L"
        wrong = DAYS[(at.weekday() + 1) % 7][:3] + rfc[3:]
        yield f'new Date("{wrong}").getTime()', "error (not that day)"
        minutes = at.hour * 60 + at.minute
        yield (f'Date.parse("{at:%d/%m/%Y %H:%M}", "dd/MM/yyyy HH:mm")',
               f"{historical_ms(at.year, at.month, at.day) + minutes * 60000} L")
        yield f'new Date("{at:%Y%m%d%H%M%S}", "yyyyMMddHHmmss").getTime()', f"{ms_of(at)} L"
        half = f"{at.month}/{at.day}/{at.year:04} {at.hour % 12 or 12}:{at:%M} {'AM' if at.hour < 12 else 'PM'}"
        yield f'new Date("{half}", "M/d/yyyy h:mm a", "en-US").getTime()', f"{ms_of(at.replace(second=0))} L"
    for year, month, day in ((1582, 10, 4), (1582, 10, 15), (1582, 12, 31), (1582, 1, 1), (1583, 1, 1), (1500, 2, 29), (1000, 2, 29),
                             (1581, 12, 31), (4, 2, 29), (1, 1, 1), (1900, 3, 1), (2000, 2, 29)):
        yield f'Date.parse("{year:04}-{month:02}-{day:02}", "yyyy-MM-dd")', f"{historical_ms(year, month, day)} L"
    for text in ("2024-02-32T00:00:00Z", "2024-00-01T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01T25:00:00Z", "2024-01-01T00:60:00Z",
                 "2024-01-01", "2024-01-01T00:00:00+19:00", "x", "2024-01-01T00:00:00Zx", "24-01-01T00:00:00Z"):
        yield f'new Date("{text}").getTime()', "error (no date)"
        yield f'Date.parse("{text}")', "-1 L"


SECTIONS = (("Fields of instants", fields), ("Made of fields", made_of_fields), ("Calendar arithmetic", sums), ("Setters", setters),
            ("Written in zones", in_zones), ("Read in zones", from_zones), ("Patterns", patterns), ("Texts", read))
