"""Words inside headings that contradict a meaning, and words inside columns that have one."""

from collections.abc import Mapping
from typing import Any

# A heading with one of these words is not that column, though the rest of it sounds so.
CONTRARY = {
    "customer_id": (
        "name", "type", "group", "segment", "city", "country", "email", "phone", "mobile", "address", "age",
        "gender", "status", "since", "service", "note", "notes", "value", "count", "lifetime", "tier",
        "level", "class", "date",
        "نام", "نوع", "گروه", "شهر", "استان", "ایمیل", "موبایل", "تلفن", "همراه", "آدرس", "وضعیت", "تاریخ",
        "سطح", "ارزش", "تعداد",
        "اسم", "نوع", "مدينة", "هاتف", "جوال", "عنوان", "تاريخ", "حالة", "قيمة", "فئة", "عدد",
    ),
    "order_id": (
        "date", "time", "status", "total", "amount", "value", "type", "qty", "quantity", "count", "source",
        "note", "line", "item",
        "تاریخ", "زمان", "وضعیت", "مبلغ", "جمع", "تعداد", "نوع",
        "تاريخ", "وقت", "حالة", "مبلغ", "إجمالي", "عدد", "قيمة",
    ),
    "amount_minor": (
        "discount", "discounts", "tax", "taxes", "vat", "shipping", "freight", "delivery", "fee", "fees",
        "refund", "refunded", "balance", "credit", "unit", "qty", "quantity", "count", "items", "orders",
        "tip", "cost", "points", "date", "score",
        "تخفیف", "مالیات", "ارسال", "کرایه", "حمل", "تعداد", "واحد", "تاریخ", "امتیاز", "موجودی", "مانده",
        "خصم", "ضريبة", "شحن", "توصيل", "عدد", "كمية", "وحدة", "تاريخ", "رصيد", "نقاط",
    ),
    "margin_minor": ("percent", "pct", "rate", "درصد", "نسبة"),
    "ordered_at": (
        "ship", "shipping", "shipped", "delivery", "delivered", "cancelled", "canceled", "updated",
        "modified", "due", "expiry", "birth", "refund", "refunded", "first", "last", "closed",
        "تحویل", "ارسال", "لغو", "تولد", "بروزرسانی", "ویرایش", "سررسید", "مرجوعی", "آخرین",
        "شحن", "تسليم", "توصيل", "إلغاء", "تحديث", "ميلاد", "استحقاق", "آخر",
    ),
    "opened_at": (
        "updated", "modified", "due", "closed", "resolved", "solved", "response", "reply", "order",
        "purchase", "assigned",
        "بروزرسانی", "بسته", "حل", "پاسخ", "سفارش", "خرید", "تحديث", "إغلاق", "حل", "رد", "طلب",
    ),
    "signed_up_at": (
        "last", "updated", "birth", "order", "login",
        "آخرین", "تولد", "خرید", "ورود", "آخر", "ميلاد", "دخول",
    ),
    "units": ("price", "unit", "stock", "قیمت", "موجودی", "سعر", "مخزون"),
    "complaint_id": ("type", "status", "subject", "form", "brand", "نوع", "وضعیت", "موضوع", "حالة"),
    "satisfaction": ("comment", "reason", "text", "نظر", "توضیح", "تعليق"),
}  # fmt: skip

# Order statuses that say: this sale did not take place, or was undone.
CANCELLED = (
    "cancelled", "canceled", "cancel", "void", "voided", "failed", "payment failed", "refunded", "refund",
    "returned", "return", "rejected", "declined", "expired", "abandoned", "chargeback", "deleted", "trash",
    "لغو شده", "لغو", "کنسل", "کنسل شده", "مرجوعی", "مرجوع شده", "برگشتی", "عودت", "عودت داده شده",
    "ناموفق", "پرداخت ناموفق", "رد شده", "منقضی", "منقضی شده", "باطل", "باطل شده", "ابطال", "ابطال شده",
    "حذف شده",
    "ملغي", "ملغى", "ملغاة", "تم الإلغاء", "مرتجع", "مسترجع", "تم الإرجاع", "مرفوض", "فشل", "فشل الدفع",
    "منتهي", "مسترد", "تم الاسترداد", "محذوف",
)  # fmt: skip

# Undone by a return; a negative amount says the same by itself.
RETURNED = (
    "refunded", "refund", "returned", "return", "مرجوعی", "مرجوع شده", "برگشتی", "عودت", "عودت داده شده",
    "مرتجع",
    "مسترجع", "تم الإرجاع", "مسترد", "تم الاسترداد",
)  # fmt: skip

# Words for what the contract counts or names.
SEVERITY = {
    1: ("lowest", "trivial", "minor", "خیلی کم", "جزئی", "منخفضة جدا"),
    2: ("low", "کم", "پایین", "منخفض", "منخفضة"),
    3: ("normal", "medium", "moderate", "متوسط", "عادی", "معمولی", "متوسطة", "عادي"),
    4: ("high", "major", "بالا", "زیاد", "مهم", "عالي", "عالية"),
    5: ("urgent", "critical", "highest", "blocker", "فوری", "بحرانی", "خیلی زیاد", "عاجل", "عاجلة", "حرج"),
}  # fmt: skip

SATISFACTION = {
    1: (
        "bad", "very bad", "very dissatisfied", "terrible", "poor",
        "خیلی بد", "بسیار ناراضی", "بد", "سيء جدا", "سيئ جدا",
    ),
    2: ("dissatisfied", "unsatisfied", "ناراضی", "غير راضي", "غير راض", "سيئ", "سيء"),
    3: ("neutral", "ok", "okay", "average", "fair", "متوسط", "معمولی", "ممتنع", "محايد", "مقبول"),
    4: ("satisfied", "راضی", "راضي", "راض", "جيد"),
    5: (
        "good", "very good", "very satisfied", "excellent", "great",
        "خوب", "خیلی خوب", "عالی", "بسیار راضی", "ممتاز", "جيد جدا",
    ),
}  # fmt: skip

DIRECTION = {
    "inbound": ("inbound", "in", "incoming", "received", "ورودی", "دریافتی", "وارد", "واردة"),
    "outbound": ("outbound", "out", "outgoing", "sent", "خروجی", "ارسالی", "صادر", "صادرة"),
}

ACTIVITY_KIND = {
    "visit": (
        "visit", "page view", "pageview", "view", "session", "login", "log in", "open",
        "بازدید", "ورود", "زيارة", "دخول",
    ),
    "use": ("use", "usage", "play", "watch", "stream", "استفاده", "مصرف", "استخدام"),
    "cart": ("cart", "add to cart", "addtocart", "basket", "سبد", "افزودن به سبد", "سلة", "إضافة للسلة"),
    "checkout_failed": (
        "checkout failed", "abandoned checkout", "checkout abandoned",
        "سفارش ناتمام", "دفع غير مكتمل",
    ),
    "payment_failed": ("payment failed", "failed payment", "card declined", "پرداخت ناموفق", "فشل الدفع"),
}  # fmt: skip

SURVEY_KIND = {
    "nps": ("nps", "net promoter", "net promoter score"),
    "csat": ("csat", "customer satisfaction", "satisfaction", "رضایت", "رضا"),
}

VALUES: Mapping[tuple[str, str], Mapping[Any, tuple[str, ...]]] = {
    ("complaints", "severity"): SEVERITY,
    ("complaints", "satisfaction"): SATISFACTION,
    ("contacts", "direction"): DIRECTION,
    ("activity", "kind"): ACTIVITY_KIND,
    ("surveys", "kind"): SURVEY_KIND,
}

# Headings that name the unit of their amounts.
UNITS = {
    "thousand_toman": ("هزار تومان", "هزارتومان", "thousand toman", "k toman", "1000 toman", "ألف تومان"),
    "toman": ("تومان", "تومن", "toman", "tomans", "irt"),
    "rial": ("ریال", "rial", "rials", "irr", "﷼"),
}

# Whole names before parts of them: a Saudi riyal is no rial.
CURRENCIES = {
    "SAR": ("sar", "ريال سعودي"),
    "QAR": ("qar", "ريال قطري"),
    "OMR": ("omr", "ريال عماني"),
    "IRR": ("ریال", "تومان", "تومن", "rial", "rials", "toman", "tomans", "irr", "irt", "﷼"),
    "EUR": ("eur", "euro", "euros", "€", "یورو", "يورو"),
    "USD": ("usd", "us$", "$", "dollar", "dollars", "دلار", "دولار"),
    "GBP": ("gbp", "£", "pound", "pounds", "sterling", "پوند"),
    "AED": ("aed", "درهم", "dirham", "dirhams"),
    "KWD": ("kwd", "دينار كويتي"),
    "BHD": ("bhd", "دينار بحريني"),
    "EGP": ("egp", "جنيه", "جنيه مصري"),
    "IQD": ("iqd", "دينار عراقي"),
    "TRY": ("try", "₺", "lira"),
    "INR": ("inr", "₹", "rupee", "rupees"),
    "JPY": ("jpy", "yen"),
    "CHF": ("chf",),
    "SEK": ("sek",),
}
