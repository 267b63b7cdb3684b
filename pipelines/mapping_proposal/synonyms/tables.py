"""What businesses call whole tables, in file names; and the names of all columns, a table a row."""

from pipelines.mapping_proposal.synonyms.dealings import ACTIVITY, CONTRACTS, OFFERS
from pipelines.mapping_proposal.synonyms.orders import ORDERS
from pipelines.mapping_proposal.synonyms.people import CUSTOMERS
from pipelines.mapping_proposal.synonyms.service import COMPLAINTS, CONTACTS, SURVEYS

COLUMNS = {
    "orders": ORDERS,
    "customers": CUSTOMERS,
    "complaints": COMPLAINTS,
    "contacts": CONTACTS,
    "offers": OFFERS,
    "contracts": CONTRACTS,
    "surveys": SURVEYS,
    "activity": ACTIVITY,
}

FILES = {
    "orders": (
        "orders", "order", "order lines", "order items", "sales", "invoices", "invoice", "transactions",
        "purchases", "receipts", "sale", "سفارش", "سفارش ها", "سفارشات", "فروش", "فاکتور", "فاکتورها",
        "خرید", "تراکنش ها",
        "الطلبات", "طلبات", "المبيعات", "مبيعات", "الفواتير", "فواتير", "المشتريات", "المعاملات",
    ),
    "customers": (
        "customers", "customer", "clients", "users", "members", "accounts", "crm", "مشتریان", "مشتری",
        "کاربران", "مشترکین", "اعضا", "العملاء", "عملاء", "الزبائن", "زبائن", "المستخدمين", "الأعضاء",
    ),
    "complaints": (
        "complaints", "complaint", "tickets", "ticket", "cases", "support", "helpdesk", "zendesk",
        "freshdesk",
        "incidents", "شکایات", "شکایت", "شکایت ها", "تیکت", "تیکت ها", "پشتیبانی", "الشكاوى", "شكاوى",
        "التذاكر",
        "تذاكر", "الدعم", "البلاغات",
    ),
    "contacts": (
        "contacts", "calls", "messages", "emails", "sms", "interactions", "touchpoints", "contact log",
        "تماس ها",
        "پیامک ها", "پیام ها", "ارتباطات", "تماس", "الاتصالات", "المكالمات", "الرسائل", "التواصل",
    ),
    "offers": (
        "offers", "campaigns", "coupons", "promotions", "vouchers", "experiments", "کمپین ها", "پیشنهادها",
        "کوپن ها", "تخفیف ها", "العروض", "الحملات", "القسائم", "الكوبونات",
    ),
    "contracts": (
        "contracts", "subscriptions", "policies", "agreements", "قراردادها", "قرارداد", "اشتراک ها",
        "بیمه نامه ها",
        "العقود", "الاشتراكات", "الوثائق",
    ),
    "surveys": (
        "surveys", "survey", "nps", "csat", "feedback", "نظرسنجی", "نظرسنجی ها", "بازخورد", "الاستبيانات",
        "الاستبيان", "التقييمات",
    ),
    "activity": (
        "activity", "activities", "events", "visits", "sessions", "logins", "usage", "clickstream",
        "رویدادها", "بازدیدها", "فعالیت", "فعالیت ها", "ورودها", "الأحداث", "الزيارات", "النشاط", "الجلسات",
    ),
}  # fmt: skip
