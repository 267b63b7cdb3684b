"""Headings of offers, contracts, activity and given outcomes."""

from pipelines.mapping_proposal.synonyms.people import CUSTOMER_ID

OFFERS = {
    "campaign_id": (
        "campaign id", "campaign", "campaign name", "campaign code", "promotion id", "promotion",
        "offer id", "experiment id", "experiment", "test id",
        "کمپین", "شناسه کمپین", "کد کمپین", "نام کمپین", "پیشنهاد", "کد پیشنهاد", "جشنواره",
        "الحملة", "رقم الحملة", "معرف الحملة", "اسم الحملة", "العرض", "رقم العرض",
    ),
    "customer_id": CUSTOMER_ID,
    "assigned_at": (
        "assigned at", "assigned date", "assignment date", "offered at", "offer date", "sent at",
        "send date", "campaign date", "treatment date", "issued at", "issue date", "start date", "date",
        "تاریخ تخصیص", "تاریخ ارسال", "تاریخ پیشنهاد", "تاریخ صدور", "تاریخ کمپین", "زمان ارسال",
        "تاريخ التخصيص", "تاريخ الإرسال", "تاريخ العرض", "تاريخ الإصدار", "تاريخ الحملة",
    ),
    "arm": (
        "arm", "treatment", "group", "variant", "test group", "treatment group", "segment", "cell",
        "bucket", "action", "offer type", "control group",
        "گروه", "گروه آزمایش", "بازو", "نوع پیشنهاد", "تیمار", "گروه کنترل",
        "المجموعة", "مجموعة الاختبار", "نوع العرض", "المعاملة",
    ),
    "propensity": (
        "propensity", "probability", "assignment probability", "treatment probability", "احتمال تخصیص",
        "احتمال",
        "احتمال التخصيص", "الاحتمال",
    ),
    "design": (
        "design", "assignment design", "selection",
        "طرح", "روش انتخاب", "نحوه انتخاب", "التصميم", "طريقة الاختيار",
    ),
    "purpose": ("purpose", "goal", "objective", "هدف", "منظور", "الغرض", "الهدف"),
    "face_value_minor": (
        "face value", "value", "coupon value", "discount", "discount amount", "offer value", "amount",
        "voucher value",
        "مبلغ تخفیف", "مبلغ", "ارزش کوپن", "ارزش پیشنهاد", "مبلغ کوپن", "مقدار تخفیف", "تخفیف",
        "قيمة القسيمة", "قيمة الخصم", "قيمة العرض", "مبلغ الخصم", "الخصم",
    ),
    "contact_cost_minor": (
        "contact cost", "cost", "send cost", "message cost", "cost per contact",
        "هزینه تماس", "هزینه ارسال", "هزینه", "تكلفة الاتصال", "تكلفة الإرسال", "التكلفة",
    ),
    "redeemed_at": (
        "redeemed at", "redeemed", "redemption date", "used at", "used", "used on", "date used",
        "coupon used at",
        "تاریخ استفاده", "زمان استفاده", "استفاده شده در", "تاریخ مصرف",
        "تاريخ الاستخدام", "تاريخ الاسترداد", "استخدم في",
    ),
    "known_at": ("known at", "recorded at"),
}  # fmt: skip

CONTRACTS = {
    "contract_id": (
        "contract id", "contract", "contract no", "contract number", "policy id", "policy no",
        "policy number", "subscription id", "subscription", "subscription no", "agreement id",
        "agreement no", "plan id",
        "شماره قرارداد", "کد قرارداد", "شناسه قرارداد", "قرارداد", "شماره بیمه نامه", "شماره اشتراک",
        "شناسه اشتراک",
        "رقم العقد", "معرف العقد", "العقد", "رقم الاشتراك", "رقم الوثيقة", "رقم البوليصة",
    ),
    "customer_id": CUSTOMER_ID,
    "started_at": (
        "started at", "start date", "start", "started", "contract start", "subscription start",
        "begin date", "effective date", "activated at", "activation date", "inception date", "created at",
        "subscribed at",
        "تاریخ شروع", "شروع", "شروع قرارداد", "تاریخ آغاز", "تاریخ فعال سازی", "تاریخ شروع قرارداد",
        "از تاریخ",
        "تاريخ البدء", "تاريخ البداية", "بداية العقد", "تاريخ التفعيل", "من تاريخ", "بداية الاشتراك",
    ),
    "renews_at": (
        "renews at", "renewal date", "next renewal", "renewal", "renews on", "current period end",
        "next billing date", "expiry date", "expires at", "expiration date", "valid until",
        "تاریخ تمدید", "تمدید", "تاریخ انقضا", "سررسید", "تاریخ سررسید", "اعتبار تا",
        "تاريخ التجديد", "التجديد", "تاريخ الانتهاء", "صالح حتى", "تاريخ انتهاء الصلاحية",
    ),
    "ended_at": (
        "ended at", "end date", "end", "ended", "contract end", "subscription end", "cancelled at",
        "canceled at", "cancellation date", "termination date", "terminated at", "churn date", "churned at",
        "تاریخ پایان", "پایان", "پایان قرارداد", "تاریخ لغو", "تاریخ فسخ", "تاریخ خاتمه", "تا تاریخ",
        "تاريخ الإنهاء", "نهاية العقد", "تاريخ الإلغاء", "تاريخ الفسخ", "نهاية الاشتراك", "إلى تاريخ",
    ),
    "reason": (
        "reason", "cancellation reason", "churn reason", "end reason", "termination reason",
        "علت", "دلیل لغو", "علت لغو", "علت فسخ", "دلیل پایان",
        "السبب", "سبب الإلغاء", "سبب الفسخ", "سبب الإنهاء",
    ),
    "known_at": ("known at", "recorded at"),
    "ended_known_at": (
        "ended known at", "notice date", "notice given at", "cancellation requested at",
        "cancel requested at",
        "تاریخ اعلام", "تاریخ درخواست لغو", "تاريخ الإشعار", "تاريخ طلب الإلغاء",
    ),
}  # fmt: skip

ACTIVITY = {
    "customer_id": CUSTOMER_ID,
    "at": (
        "at", "event time", "event date", "event timestamp", "timestamp", "time", "date", "visited at",
        "visit date", "session start", "session date", "logged in at", "login date", "occurred at",
        "activity date", "usage date",
        "زمان", "تاریخ", "زمان رویداد", "تاریخ رویداد", "تاریخ بازدید", "زمان ورود", "تاریخ ورود",
        "الوقت", "التاريخ", "وقت الحدث", "تاريخ الحدث", "تاريخ الزيارة", "وقت الدخول",
    ),
    "kind": (
        "kind", "event", "event type", "event name", "activity", "activity type", "action", "type",
        "رویداد", "نوع رویداد", "نوع فعالیت", "فعالیت", "نوع", "عملیات",
        "الحدث", "نوع الحدث", "نوع النشاط", "النشاط", "النوع",
    ),
    "quantity": (
        "quantity", "count", "minutes", "duration", "usage", "amount", "sessions", "page views", "value",
        "تعداد", "مدت", "مقدار", "میزان مصرف", "الكمية", "العدد", "المدة", "الاستخدام",
    ),
    "known_at": ("known at", "recorded at"),
}  # fmt: skip

# One row a customer: what became of them, and what they are worth.
CHURNED = (
    "churn", "churned", "is churned", "churn label", "churn flag", "churn value", "exited", "left",
    "has left", "attrition", "attrition flag", "attrited", "cancelled", "canceled", "lapsed", "is churn",
    "target churn", "customer status", "outcome", "retained", "churn yes no", "will churn",
    "closed account",
    "ریزش", "ریزش کرده", "رویگردان", "رویگردانی", "ریزش مشتری", "ترک", "ترک کرده", "قطع همکاری",
    "وضعیت ریزش", "رفته", "انصراف", "انصراف داده", "لغو اشتراک",
    "التسرب", "متسرب", "تسرب", "غادر", "تسرب العميل", "انسحب", "منسحب", "ترك الخدمة", "ألغى الاشتراك",
    "مغادر",
)  # fmt: skip

# Columns that say the opposite: their yes is a customer who stayed.
STAYED = ("retained", "active", "is active", "stayed", "still customer", "فعال", "مانده", "نشط", "مستمر")

WORTH = (
    "value", "customer value", "lifetime value", "ltv", "clv", "cltv", "annual margin", "margin", "profit",
    "customer worth", "expected value", "value at stake",
    "ارزش مشتری", "ارزش طول عمر", "ارزش عمر مشتری", "سود مشتری", "سود سالانه", "ارزش",
    "قيمة العميل", "القيمة الدائمة للعميل", "قيمة العميل الدائمة", "ربح العميل",
)  # fmt: skip
