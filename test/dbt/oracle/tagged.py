"""JSON that keeps Python's types apart; `../tagged-values.ts` reads it."""
import datetime


def tagged(value):
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": value.hex()}
    if isinstance(value, datetime.datetime):
        return {"datetime": str(value)}
    if isinstance(value, datetime.date):
        return {"date": str(value)}
    if isinstance(value, tuple):
        return {"tuple": [tagged(item) for item in value]}
    if isinstance(value, list):
        return {"list": [tagged(item) for item in value]}
    return {"dict": [[tagged(key), tagged(item)] for key, item in value.items()]}
