"""Writes what Python's str() and repr() say of many values: `python python-repr.py > python-repr.json`."""
import datetime
import json
import random

from tagged import tagged

utc = datetime.timezone.utc
zone = lambda minutes: datetime.timezone(datetime.timedelta(minutes=minutes))


values = [
    None, True, False, 0, -7, 2**53, 2**53 + 1, 10**30, "", "plain", "it's", 'say "x"', "both ' and \"", "back\\slash",
    "new\nline", "tab\tcr\r", "bell\x07\x00\x1f\x7f", "\x80\x9f\xa0\xad", "é ü ß", "Grüße 漢字", "emoji 😀 👨\u200d👩",
    "\u2028\u2029\u200b\ufeff\u3000", "\U000e0001\U0010ffff", "\ue000", "combining e\u0301", " ", "  a  ",
    [], (), {}, [1], (1,), (1, 2), [[1, [2, {"a": None}]], ("x",)], {"a": 1, "b": [1, 2], 3: {"k": "it's"}}, {None: 1, 1.5: 2},
    datetime.date(2024, 1, 1), datetime.datetime(2024, 1, 1), datetime.datetime(2024, 1, 1, 10, 20),
    datetime.datetime(2024, 1, 1, 10, 20, 30), datetime.datetime(2024, 1, 1, 10, 20, 0, 5), datetime.datetime(2024, 12, 31, 1, 2, 3, 500000),
    datetime.datetime(2024, 1, 1, 0, 0, tzinfo=utc), datetime.datetime(2024, 1, 1, 0, 0, 1, tzinfo=zone(60)),
    datetime.datetime(2024, 1, 1, 0, 0, tzinfo=zone(-330)), datetime.datetime(2024, 1, 1, 0, 0, tzinfo=zone(-1439)),
    [datetime.date(1999, 12, 31)], {"d": datetime.date(1, 1, 1)},
]
floats = [0.0, -0.0, 1.0, 1.5, -2.25, 0.1, 0.1 + 0.2, 1e3, 1e15, 123456789012345680.0, 9999999999999998.0, 1e16, 1.5e16, 1e17, 1e21, 1e22, 1e100, 1.7976931348623157e308,
    1e-3, 1e-4, 0.00012345, 1e-5, 1.5e-5, 1e-7, 5e-324, 2.2250738585072014e-308, float("inf"), float("-inf"), float("nan"), 3.14159, 100.0, 1234567.891]
generator = random.Random(7)
floats += [generator.uniform(-1, 1) * 10 ** generator.randint(-25, 25) for _ in range(200)]
floats += [float(generator.randint(-10**6, 10**6)) / 10 ** generator.randint(0, 8) for _ in range(100)]
rows = [{"value": tagged(value), "str": str(value), "repr": repr(value)} for value in values + floats + [[f] for f in floats[:5]]]
print(json.dumps(rows, ensure_ascii=True, indent=None, separators=(",", ":")).replace('},{"value"', '},\n{"value"'))
