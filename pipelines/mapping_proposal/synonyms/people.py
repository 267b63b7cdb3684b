"""Headings about who: the customer, and the keys by which help desks and shops know the same person."""

CUSTOMER_ID = (
    "customer id", "customer", "customer no", "customer number", "customer code", "customer key", "cust id",
    "cust no", "client id", "client", "client no", "client code", "user id", "user", "userid", "member id",
    "member no", "membership no", "account id", "account no", "account number", "account", "subscriber id",
    "subscriber", "buyer id", "buyer", "patient id", "guest id", "loyalty id", "card number",
    "loyalty card", "contact id", "requester id", "person id", "household id", "shopper id",
    "کد مشتری", "شناسه مشتری", "شماره مشتری", "مشتری", "کد کاربر", "شناسه کاربر", "شناسه کاربری",
    "کد کاربری", "شماره کاربری", "کد اشتراک", "شماره اشتراک", "اشتراک", "مشترک", "شماره مشترک", "کد عضویت",
    "شماره عضویت", "کد خریدار", "شناسه خریدار", "خریدار", "طرف حساب", "کد طرف حساب", "شماره حساب مشتری",
    "کارت مشتری", "کد باشگاه",
    "رقم العميل", "كود العميل", "معرف العميل", "رمز العميل", "العميل", "عميل", "رقم الزبون", "كود الزبون",
    "معرف الزبون", "الزبون", "زبون", "رقم المستخدم", "معرف المستخدم", "رقم العضوية", "رقم المشترك",
    "المشترك", "رقم المشتري", "المشتري", "رقم الحساب", "رقم بطاقة الولاء",
)  # fmt: skip

# Names of the key of whatever a file holds.
ANY_ID = ("id", "key", "code", "number", "شناسه", "کد", "شماره", "المعرف", "الرقم", "الكود")

PHONE = (
    "phone", "phone number", "mobile", "mobile number", "mobile phone", "cell", "cell phone", "cellphone",
    "telephone", "tel", "customer phone", "customer mobile", "billing phone", "shipping phone",
    "contact number", "requester phone", "work phone", "msisdn", "whatsapp", "whatsapp number", "caller",
    "caller number",
    "موبایل", "شماره موبایل", "تلفن همراه", "شماره تلفن همراه", "همراه", "شماره همراه", "تلفن",
    "شماره تلفن", "شماره تماس", "تلفن تماس", "موبایل مشتری", "شماره موبایل مشتری", "تلفن مشتری",
    "شماره تماس مشتری", "شماره واتساپ",
    "الجوال", "جوال", "رقم الجوال", "رقم جوال العميل", "جوال العميل", "الهاتف", "هاتف", "رقم الهاتف",
    "هاتف العميل", "رقم هاتف العميل", "الموبايل", "موبايل", "رقم الموبايل", "المحمول", "رقم المحمول",
    "رقم التواصل", "واتساب",
)  # fmt: skip

EMAIL = (
    "email", "e-mail", "email address", "e mail address", "customer email", "requester email",
    "billing email", "user email", "contact email", "work email", "mail", "from email",
    "ایمیل", "ایمیل مشتری", "آدرس ایمیل", "نشانی ایمیل", "پست الکترونیک", "پست الکترونیکی", "رایانامه",
    "البريد الإلكتروني", "البريد الالكتروني", "بريد العميل", "البريد", "ايميل", "الايميل", "ايميل العميل",
)  # fmt: skip

# Never read: names of people are not stored.
NAME = (
    "name", "customer name", "first name", "last name", "full name", "surname", "given name",
    "billing name", "shipping name", "requester", "requester name", "contact name", "buyer name",
    "user name", "username", "address", "street", "billing address", "shipping address", "postcode", "zip",
    "postal code", "national id",
    "نام", "نام مشتری", "نام خانوادگی", "نام و نام خانوادگی", "نام کاربری", "نام خریدار", "نام کامل",
    "آدرس", "نشانی", "کد پستی", "کد ملی", "نام پدر",
    "الاسم", "اسم العميل", "اسم الزبون", "الاسم الكامل", "الاسم الأول", "اسم العائلة", "اسم المستخدم",
    "العنوان", "عنوان العميل", "الرمز البريدي", "رقم الهوية",
)  # fmt: skip

CUSTOMERS = {
    "customer_id": (*CUSTOMER_ID, *ANY_ID),
    "signed_up_at": (
        "signed up at", "sign up date", "signup date", "signup", "registered at", "registration date",
        "registered", "register date", "registration", "created at", "created", "created date",
        "creation date", "date created", "join date", "joined", "joined at", "joined on", "member since",
        "customer since", "account created", "account created at", "account opened", "opened at",
        "start date", "enrolled at", "enrolment date", "first seen", "date joined", "date registered",
        "user registered",
        "تاریخ عضویت", "تاریخ ثبت نام", "تاریخ ایجاد", "تاریخ ایجاد حساب", "زمان ثبت نام", "زمان عضویت",
        "ثبت نام", "تاریخ ثبت", "عضویت از", "تاریخ افتتاح حساب", "تاریخ شروع", "تاریخ پیوستن",
        "تاريخ التسجيل", "تاريخ الانضمام", "تاريخ الإنشاء", "تاريخ انشاء الحساب", "تاريخ الاشتراك",
        "تاريخ العضوية", "عضو منذ", "تاريخ فتح الحساب",
    ),
    "birth_date": (
        "birth date", "birthdate", "birthday", "date of birth", "dob", "born", "born on",
        "تاریخ تولد", "تولد", "متولد",
        "تاريخ الميلاد", "الميلاد", "تاريخ الولادة", "يوم الميلاد",
    ),
    "region": (
        "region", "city", "state", "province", "country", "county", "district", "area", "location", "town",
        "billing city", "billing country", "billing state", "shipping city", "shipping country",
        "zip region", "territory", "governorate", "geography", "branch region",
        "استان", "شهر", "منطقه", "ناحیه", "شهرستان", "کشور", "محل سکونت", "شهر محل سکونت",
        "استان محل سکونت", "محدوده",
        "المدينة", "مدينة", "المنطقة", "المحافظة", "محافظة", "الدولة", "البلد", "الولاية", "الإمارة",
        "الحي",
    ),
    "acquisition_channel": (
        "acquisition channel", "channel", "source", "utm source", "traffic source", "marketing channel",
        "lead source", "referral source", "how did you hear", "signup source", "acquisition source",
        "origin", "first channel", "customer source", "medium", "campaign source",
        "کانال جذب", "کانال آشنایی", "نحوه آشنایی", "روش آشنایی", "طریقه آشنایی", "منبع جذب", "منبع ورود",
        "کانال ورود",
        "نحوه جذب", "قناة الاكتساب", "قناة التسويق", "المصدر", "مصدر العميل", "كيف سمعت عنا",
        "طريقة التعرف", "قناة التسجيل",
    ),
    "referred_by": (
        "referred by", "referrer", "referrer id", "referral", "referral id", "invited by", "inviter",
        "inviter id", "recommended by", "referring customer", "parent customer",
        "معرف", "کد معرف", "شناسه معرف", "دعوت شده توسط", "دعوت کننده", "معرفی شده توسط",
        "المحيل", "تمت الإحالة من", "رقم المحيل", "دعوة من", "بواسطة العميل",
    ),
    "may_contact_email": (
        "may contact email", "email consent", "email opt in", "email marketing", "accepts email marketing",
        "accepts marketing", "accepts email", "newsletter", "newsletter subscriber", "subscribed", "opt in",
        "marketing consent", "email subscribed", "email marketing consent", "gdpr consent",
        "email permission",
        "رضایت ایمیل", "اجازه ارسال ایمیل", "عضویت خبرنامه", "خبرنامه", "اجازه تبلیغات",
        "دریافت ایمیل تبلیغاتی",
        "الموافقة على البريد", "موافقة البريد الإلكتروني", "النشرة البريدية", "الاشتراك في النشرة",
        "موافقة تسويقية",
    ),
    "may_contact_sms": (
        "may contact sms", "sms consent", "sms opt in", "sms marketing", "accepts sms",
        "accepts sms marketing", "text consent", "sms permission", "sms subscribed",
        "رضایت پیامک", "اجازه پیامک", "اجازه ارسال پیامک", "دریافت پیامک", "دریافت پیامک تبلیغاتی",
        "پیامک تبلیغاتی",
        "الموافقة على الرسائل", "موافقة الرسائل القصيرة", "رسائل نصية", "السماح بالرسائل",
    ),
    "may_contact_phone": (
        "may contact phone", "phone consent", "call consent", "may call", "phone opt in", "do call",
        "accepts calls",
        "اجازه تماس", "رضایت تماس", "اجازه تماس تلفنی", "تماس تلفنی مجاز",
        "الموافقة على الاتصال", "السماح بالاتصال", "موافقة الهاتف",
    ),
    "may_contact_post": (
        "may contact post", "post consent", "mail consent", "direct mail consent", "postal consent",
        "accepts direct mail",
        "اجازه ارسال پستی", "رضایت پست",
        "موافقة البريد العادي",
    ),
    "may_contact_app": (
        "may contact app", "push consent", "push opt in", "push enabled", "app notifications",
        "notifications", "push notifications",
        "اجازه اعلان", "اعلان برنامه", "رضایت نوتیفیکیشن", "نوتیفیکیشن",
        "إشعارات التطبيق", "السماح بالإشعارات", "الإشعارات",
    ),
    "known_at": (
        "known at", "updated at", "last updated", "last modified", "modified at", "valid from",
        "version date", "as of", "effective date", "effective from", "changed at", "recorded at",
        "snapshot date", "extract date",
        "تاریخ بروزرسانی", "تاریخ به روز رسانی", "آخرین بروزرسانی", "تاریخ تغییر", "زمان ویرایش",
        "معتبر از", "تاریخ ویرایش",
        "تاريخ التحديث", "آخر تحديث", "تاريخ التعديل", "ساري من", "تاريخ السريان",
    ),
}  # fmt: skip
