"""Open time by looking at the clock on the wall, minute by minute."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.contract.business_hours import DAYS, BusinessHours, minutes_of


def is_open(moment: datetime, hours: BusinessHours, zone: str) -> bool:
    local = moment.astimezone(ZoneInfo(zone))
    in_day = local.hour * 60 + local.minute
    return DAYS[local.weekday()] in hours.days and minutes_of(hours.opens) <= in_day < minutes_of(
        hours.closes
    )


def after_open_minutes(begun: datetime, minutes: int, hours: BusinessHours, zone: str) -> datetime:
    moment = begun
    while minutes:
        minutes -= is_open(moment, hours, zone)
        moment += timedelta(minutes=1)
    return moment
