"""Headings of complaints and tickets, contacts and surveys."""

from pipelines.mapping_proposal.synonyms.people import CUSTOMER_ID

CHANNEL = (
    "channel", "via", "source", "contact channel", "ticket channel", "medium", "method", "origin",
    "contact method",
    "کانال", "روش", "روش تماس", "کانال ارتباطی", "نحوه تماس", "مسیر دریافت", "طریق", "نحوه ثبت",
    "القناة", "قناة التواصل", "الوسيلة", "طريقة التواصل", "وسيلة الاتصال", "المصدر",
)  # fmt: skip

COMPLAINTS = {
    "complaint_id": (
        "complaint id", "complaint", "complaint no", "complaint number", "ticket id", "ticket", "ticket no",
        "ticket number", "case id", "case", "case number", "case no", "issue id", "issue", "incident id",
        "incident number", "request id", "request number", "conversation id", "reference", "id", "claim id",
        "شماره شکایت", "کد شکایت", "شناسه شکایت", "شکایت", "شماره تیکت", "شناسه تیکت", "کد تیکت", "تیکت",
        "شماره درخواست", "شناسه درخواست", "کد پیگیری", "شماره پیگیری", "شناسه", "شماره پرونده", "کد رهگیری",
        "شماره",
        "رقم الشكوى", "معرف الشكوى", "الشكوى", "رقم التذكرة", "معرف التذكرة", "التذكرة", "رقم البلاغ",
        "رقم القضية", "رقم المتابعة", "رقم المعاملة",
    ),
    "customer_id": CUSTOMER_ID,
    "opened_at": (
        "opened at", "opened", "created at", "created", "created time", "created date", "creation date",
        "date created", "open date", "date opened", "opened on", "submitted at", "submitted", "reported at",
        "received at", "received", "complaint date", "ticket date", "date", "start time", "raised at",
        "logged at", "date received", "requested at", "ticket created",
        "تاریخ ثبت", "تاریخ ایجاد", "زمان ایجاد", "زمان ثبت", "تاریخ شکایت", "تاریخ تیکت", "تاریخ باز شدن",
        "زمان باز شدن", "تاریخ درخواست", "تاریخ", "تاریخ ثبت تیکت", "تاریخ ثبت شکایت", "تاریخ دریافت",
        "تاریخ تماس", "تاریخ شروع",
        "تاريخ الشكوى", "تاريخ الفتح", "تاريخ الإنشاء", "تاريخ التذكرة", "تاريخ التسجيل", "تاريخ الاستلام",
        "التاريخ", "تاريخ البلاغ", "تاريخ التقديم", "وقت الإنشاء",
    ),
    "promised_at": (
        "promised at", "due", "due at", "due by", "due date", "deadline", "sla due", "sla deadline",
        "promised date", "target date", "resolution due", "due by time", "promise date", "expected by",
        "مهلت", "موعد", "تاریخ موعد", "تاریخ قول", "مهلت پاسخ", "زمان وعده داده شده", "تاریخ سررسید",
        "موعد پاسخگویی",
        "الموعد النهائي", "تاريخ الاستحقاق", "الموعد", "تاريخ الوعد", "الموعد المحدد",
    ),
    "first_response_at": (
        "first response at", "first response", "first response time", "first responded at",
        "first reply at", "first reply", "responded at", "answered at", "first answer", "first contact at",
        "initial response", "initially assigned at", "response date", "reply date",
        "تاریخ اولین پاسخ", "زمان اولین پاسخ", "اولین پاسخ", "تاریخ پاسخ", "زمان پاسخ", "پاسخ اولیه",
        "تاریخ پاسخگویی",
        "تاريخ أول رد", "أول رد", "وقت أول رد", "تاريخ الرد", "الرد الأول", "وقت الاستجابة",
        "تاريخ الاستجابة",
    ),
    "resolved_at": (
        "resolved at", "resolved", "resolved time", "solved at", "solved", "closed at", "closed",
        "closed time", "close date", "date closed", "closed on", "resolution date", "resolution time",
        "completed at", "finished at", "settled at", "date resolved", "end time", "closed date",
        "تاریخ حل", "تاریخ بسته شدن", "زمان بسته شدن", "تاریخ رفع", "تاریخ پایان", "زمان حل", "تاریخ اتمام",
        "تاریخ رسیدگی", "تاریخ خاتمه", "تاریخ بستن", "زمان رفع", "حل شده در",
        "تاريخ الحل", "تاريخ الإغلاق", "وقت الإغلاق", "وقت الحل", "تاريخ الانتهاء", "تاريخ المعالجة",
        "أغلقت في",
    ),
    "followed_up_at": (
        "followed up at", "follow up date", "follow up", "followup date", "follow up at", "callback date",
        "تاریخ پیگیری", "زمان پیگیری", "تماس پیگیری", "تاریخ پیگیری مجدد",
        "تاريخ المتابعة", "متابعة", "تاريخ الاتصال اللاحق",
    ),
    "reopened_at": (
        "reopened at", "reopened", "reopen date", "date reopened", "last reopened",
        "تاریخ بازگشایی", "بازگشایی", "تاریخ باز شدن مجدد",
        "تاريخ إعادة الفتح", "أعيد فتحها", "إعادة الفتح",
    ),
    "channel": CHANNEL,
    "reason": (
        "reason", "type", "subject", "topic", "complaint type", "ticket type", "category",
        "complaint reason", "issue type", "contact reason", "case type", "problem", "complaint category",
        "case reason", "request type",
        "موضوع", "علت", "دلیل", "نوع شکایت", "علت شکایت", "موضوع شکایت", "دسته", "نوع درخواست", "دسته بندی",
        "عنوان", "نوع مشکل", "نوع تیکت", "دلیل تماس", "موضوع تیکت",
        "السبب", "الموضوع", "نوع الشكوى", "سبب الشكوى", "التصنيف", "نوع الطلب", "نوع المشكلة", "الفئة",
        "موضوع الشكوى",
    ),
    "root_cause": (
        "root cause", "cause", "resolution code", "resolution", "closure reason", "resolution reason",
        "cause code",
        "علت اصلی", "ریشه", "علت ریشه ای", "ریشه مشکل", "نتیجه بررسی", "دلیل اصلی",
        "السبب الجذري", "السبب الرئيسي", "رمز الحل", "نتيجة المعالجة",
    ),
    "severity": (
        "severity", "priority", "urgency", "impact", "level", "importance", "ticket priority",
        "اولویت", "شدت", "اهمیت", "فوریت", "درجه اهمیت", "سطح",
        "الأولوية", "الخطورة", "الأهمية", "درجة الأهمية", "مستوى الخطورة",
    ),
    "satisfaction": (
        "satisfaction", "satisfaction score", "satisfaction rating", "csat", "csat score", "rating",
        "score", "customer satisfaction", "survey results", "survey score", "feedback score", "stars",
        "رضایت", "رضایت مشتری", "امتیاز", "نمره رضایت", "میزان رضایت", "امتیاز رضایت", "نظرسنجی",
        "رضایتمندی",
        "الرضا", "رضا العميل", "التقييم", "تقييم العميل", "درجة الرضا", "تقييم",
    ),
    "handled_by": (
        "handled by", "agent", "assignee", "assigned to", "owner", "team", "group", "agent id",
        "assignee id", "department", "operator", "support agent", "assigned agent", "queue",
        "کارشناس", "مسئول", "مسئول رسیدگی", "اپراتور", "پشتیبان", "واحد", "تیم", "ارجاع به",
        "کارشناس مسئول", "دپارتمان",
        "الموظف", "الموظف المسؤول", "المسؤول", "الفريق", "القسم", "معالج الشكوى", "المعين إليه",
    ),
    "handling_cost_minor": (
        "handling cost", "cost", "resolution cost", "case cost", "compensation cost",
        "هزینه رسیدگی", "هزینه", "هزینه پیگیری",
        "تكلفة المعالجة", "التكلفة", "تكلفة الحل",
    ),
}  # fmt: skip

# Columns that only a table of complaints has, and what tells one row from another kind of ticket.
MINUTES_TO_FIRST_RESPONSE = (
    "first reply time in minutes", "first response time in minutes", "first response minutes",
    "frt minutes",
    "first response time min", "minutes to first response", "زمان اولین پاسخ دقیقه", "زمان پاسخ به دقیقه",
    "وقت أول رد بالدقائق",
)  # fmt: skip
HOURS_TO_FIRST_RESPONSE = (
    "first response time in hours", "first response time in hrs", "first reply time in hours",
    "hours to first response", "first response hours", "زمان اولین پاسخ ساعت", "زمان پاسخ به ساعت",
    "وقت أول رد بالساعات",
)  # fmt: skip
MINUTES_TO_RESOLUTION = (
    "full resolution time in minutes", "resolution time in minutes", "resolution minutes",
    "minutes to resolution", "time to resolve minutes", "زمان حل دقیقه", "زمان رسیدگی به دقیقه",
    "وقت الحل بالدقائق",
)  # fmt: skip
HOURS_TO_RESOLUTION = (
    "full resolution time in hours", "resolution time in hours", "resolution time in hrs",
    "hours to resolution",
    "resolution hours", "زمان حل ساعت", "زمان رسیدگی به ساعت",
    "وقت الحل بالساعات",
)  # fmt: skip

CONTACTS = {
    "contact_id": (
        "contact id", "contact no", "message id", "call id", "interaction id", "activity id",
        "communication id", "send id", "conversation id", "touch id", "log id",
        "شناسه تماس", "کد تماس", "شماره تماس ثبت شده", "شناسه پیام", "شناسه ارتباط",
        "رقم الاتصال", "معرف الرسالة", "معرف التواصل", "رقم المكالمة",
    ),
    "customer_id": CUSTOMER_ID,
    "contacted_at": (
        "contacted at", "contact date", "call date", "call time", "sent at", "sent", "send date",
        "sent date", "delivered at", "interaction date", "message date", "date", "timestamp", "created at",
        "called at",
        "تاریخ تماس", "زمان تماس", "تاریخ ارسال", "زمان ارسال", "تاریخ پیام", "تاریخ ارتباط", "تاریخ",
        "تاريخ الاتصال", "تاريخ الإرسال", "تاريخ التواصل", "وقت المكالمة", "التاريخ",
    ),
    "direction": (
        "direction", "inbound outbound", "in out", "call direction", "call type", "incoming outgoing",
        "جهت", "ورودی خروجی", "نوع تماس", "جهت تماس",
        "الاتجاه", "وارد صادر", "نوع المكالمة", "اتجاه المكالمة",
    ),
    "channel": CHANNEL,
    "purpose": (
        "purpose", "contact purpose", "contact reason", "campaign", "campaign name", "subject",
        "message type",
        "هدف", "منظور", "علت تماس", "کمپین", "موضوع",
        "الغرض", "الهدف", "سبب الاتصال", "الحملة", "الموضوع",
    ),
    "known_at": ("known at", "recorded at", "logged at"),
}  # fmt: skip

SURVEYS = {
    "survey_id": (
        "survey id", "response id", "answer id", "survey response id", "submission id", "feedback id",
        "survey no",
        "شناسه نظرسنجی", "شناسه پاسخ", "کد نظرسنجی", "شماره نظرسنجی",
        "معرف الاستبيان", "رقم الاستبيان", "معرف الرد", "رقم التقييم",
    ),
    "customer_id": CUSTOMER_ID,
    "answered_at": (
        "answered at", "response date", "responded at", "submitted at", "survey date", "answer date",
        "completed at", "feedback date", "date", "timestamp",
        "تاریخ پاسخ", "تاریخ نظرسنجی", "زمان پاسخ", "تاریخ",
        "تاريخ الرد", "تاريخ الاستبيان", "تاريخ التقييم", "التاريخ",
    ),
    "kind": (
        "kind", "survey type", "survey kind", "metric", "type",
        "نوع نظرسنجی", "نوع", "نوع الاستبيان", "النوع",
    ),
    "score": (
        "score", "nps", "nps score", "csat", "csat score", "rating", "answer", "likelihood to recommend",
        "recommend score", "satisfaction score", "how likely are you to recommend",
        "امتیاز", "نمره", "پاسخ", "احتمال معرفی", "امتیاز رضایت", "شاخص خالص ترویج",
        "الدرجة", "التقييم", "النتيجة", "احتمال التوصية", "الإجابة",
    ),
    "reason": (
        "reason", "main reason", "reason for score", "why", "exit reason",
        "علت", "دلیل", "دلیل امتیاز", "علت ترک",
        "السبب", "سبب التقييم", "سبب المغادرة",
    ),
    "known_at": ("known at", "recorded at"),
}  # fmt: skip
