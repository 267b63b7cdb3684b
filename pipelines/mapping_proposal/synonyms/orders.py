"""Headings of order lines and invoices."""

from pipelines.mapping_proposal.synonyms.people import CUSTOMER_ID

STATUS = (
    "status", "order status", "financial status", "payment status", "fulfillment status", "invoice status",
    "state", "order state", "cancelled", "canceled", "is cancelled", "cancelled at",
    "وضعیت", "وضعیت سفارش", "وضعیت پرداخت", "وضعیت فاکتور", "وضعیت نهایی", "حالت سفارش", "لغو",
    "الحالة", "حالة الطلب", "حالة الدفع", "حالة الفاتورة", "وضع الطلب",
)  # fmt: skip

CURRENCY = (
    "currency", "currency code", "order currency", "presentment currency", "ccy",
    "ارز", "واحد پول", "نوع ارز", "واحد ارز",
    "العملة", "عملة الطلب", "رمز العملة",
)  # fmt: skip

# A time of day in a column of its own, beside the date.
TIME = (
    "time", "order time", "invoice time", "hour", "purchase time", "transaction time", "sale time",
    "ساعت", "زمان", "ساعت سفارش", "ساعت فاکتور", "ساعت ثبت", "ساعت خرید", "ساعت فروش",
    "الوقت", "الساعة", "وقت الطلب", "وقت الفاتورة", "ساعة الطلب",
)  # fmt: skip

UNIT_PRICE = (
    "unit price", "price", "unitprice", "item price", "lineitem price", "line item price", "price per unit",
    "selling price", "sale price", "item cost", "product price", "price each", "unit amount", "list price",
    "rate",
    "قیمت واحد", "قیمت", "فی", "بهای واحد", "قیمت کالا", "قیمت محصول", "مبلغ واحد", "قیمت فروش", "نرخ",
    "قیمت هر واحد",
    "سعر الوحدة", "السعر", "سعر", "سعر المنتج", "سعر الصنف", "سعر البيع", "سعر القطعة", "ثمن الوحدة",
    "الثمن",
)  # fmt: skip

ORDERS = {
    "order_id": (
        "order id", "order", "order no", "order number", "order nr", "order num", "order code", "order ref",
        "order reference", "order key", "orderid", "invoice", "invoice id", "invoice no", "invoiceno",
        "invoice number", "invoice nr", "receipt", "receipt id", "receipt no", "receipt number",
        "transaction id", "transaction", "transaction no", "transaction number", "txn id", "sale id",
        "sales id", "sales order", "sales order number", "purchase id", "purchase no", "basket id",
        "bill no", "bill number", "ticket no", "document no", "document number", "voucher no",
        "increment id", "booking id", "reservation id",
        "id", "name",
        "شماره سفارش", "شماره فاکتور", "کد سفارش", "شناسه سفارش", "سفارش", "فاکتور", "کد فاکتور",
        "شناسه فاکتور", "شماره صورتحساب", "صورتحساب", "شماره تراکنش", "شناسه تراکنش", "کد تراکنش",
        "شماره خرید", "کد خرید", "شناسه خرید", "شماره فیش", "شماره رسید", "کد رهگیری", "کد رهگیری سفارش",
        "شماره حواله", "شماره سند", "شماره فروش", "کد پیگیری", "شناسه",
        "رقم الطلب", "رقم الفاتورة", "رقم الطلبية", "معرف الطلب", "كود الطلب", "الطلب", "الفاتورة",
        "رقم أمر البيع", "رقم الإيصال", "رقم العملية", "رقم المعاملة", "رقم السند", "رقم البيع",
        "معرف الفاتورة", "رمز الطلب", "رقم الشراء",
    ),
    "line_id": (
        "line id", "line", "line no", "line number", "line item id", "lineitem id", "order line",
        "order line id", "order item id", "item no in order", "position", "position no", "row id", "row no",
        "item line", "seq", "sequence", "item sequence",
        "ردیف", "شماره ردیف", "شماره سطر", "سطر", "شناسه ردیف", "ردیف فاکتور", "ردیف سفارش", "قلم",
        "شماره قلم",
        "رقم السطر", "السطر", "رقم البند", "البند", "م", "مسلسل", "التسلسل", "رقم الصف",
    ),
    "customer_id": CUSTOMER_ID,
    "ordered_at": (
        "ordered at", "order date", "orderdate", "order date time", "order datetime", "date", "ordered on",
        "invoice date", "invoicedate", "purchase date", "purchased at", "purchase time", "transaction date",
        "transaction time", "sale date", "sales date", "sold at", "date of sale", "date of purchase",
        "created at", "created", "date created", "creation date", "order created", "placed at",
        "order placed", "paid at", "payment date", "date paid", "timestamp", "datetime", "event time",
        "checkout date", "receipt date", "posting date", "document date", "bill date", "order time",
        "processed at", "completed date",
        "تاریخ سفارش", "تاریخ", "تاریخ فاکتور", "تاریخ خرید", "تاریخ ثبت سفارش", "تاریخ ثبت", "زمان سفارش",
        "زمان خرید", "تاریخ و ساعت", "تاریخ و زمان", "تاریخ فروش", "تاریخ تراکنش", "تاریخ پرداخت",
        "زمان ثبت سفارش", "زمان ثبت", "زمان پرداخت", "تاریخ صدور", "تاریخ صورتحساب", "تاریخ ایجاد",
        "تاریخ سند", "تاریخ شمسی",
        "تاريخ الطلب", "التاريخ", "تاريخ الفاتورة", "تاريخ الشراء", "تاريخ البيع", "تاريخ العملية",
        "تاريخ الإنشاء", "تاريخ الدفع", "تاريخ الإصدار", "تاريخ المعاملة", "وقت الطلب", "التاريخ والوقت",
        "تاريخ",
    ),
    "item_id": (
        "item id", "item", "item no", "item code", "item number", "item sku", "sku", "product id",
        "product", "product code", "product no", "product sku", "product name", "stock code", "stockcode",
        "article", "article no", "article number", "article id", "asin", "ean", "barcode", "upc", "gtin",
        "variant id", "variant sku", "lineitem sku", "lineitem name", "line item sku", "line item name",
        "material", "part no", "item name", "description", "product title", "goods code", "plu",
        "کد کالا", "کد محصول", "شناسه کالا", "شناسه محصول", "کالا", "محصول", "نام کالا", "نام محصول",
        "عنوان محصول", "شرح کالا", "شرح", "بارکد", "کد جنس", "نام جنس", "کد قلم", "عنوان کالا", "مدل",
        "کد انبار",
        "رقم الصنف", "كود الصنف", "الصنف", "اسم الصنف", "رقم المنتج", "كود المنتج", "المنتج", "اسم المنتج",
        "معرف المنتج", "الباركود", "باركود", "رمز المنتج", "رمز الصنف", "رمز التخزين", "السلعة",
        "اسم السلعة", "البيان", "الوصف",
    ),
    "category": (
        "category", "product category", "item category", "category name", "product type", "product group",
        "group", "item group", "department", "product line", "class", "family", "product family", "segment",
        "merchandise group", "subcategory", "sub category", "collection", "vendor", "brand",
        "دسته", "دسته بندی", "گروه کالا", "گروه", "گروه محصول", "دسته محصول", "دسته کالا", "نوع کالا",
        "نوع محصول", "طبقه", "رده", "دپارتمان", "برند", "زیرگروه",
        "الفئة", "فئة المنتج", "التصنيف", "تصنيف المنتج", "القسم", "المجموعة", "نوع المنتج", "مجموعة الصنف",
        "الماركة",
    ),
    "units": (
        "units", "quantity", "qty", "quantity ordered", "lineitem quantity", "line item quantity",
        "item quantity", "pieces", "count", "number of items", "no of items", "items", "units sold",
        "qty ordered", "order qty", "quantity sold", "amount of items", "pcs",
        "تعداد", "مقدار", "تعداد کالا", "تعداد محصول", "تعداد سفارش", "عدد", "شمار", "تعداد واحد",
        "تعداد اقلام",
        "الكمية", "كمية", "العدد", "عدد القطع", "عدد الوحدات", "الكمية المطلوبة", "عدد الأصناف",
    ),
    "amount_minor": (
        "amount", "total", "line total", "line amount", "total amount", "total price", "net amount",
        "net total", "order total", "order amount", "order value", "grand total", "sales", "sale amount",
        "sales amount", "revenue", "net sales", "gross sales", "value", "turnover", "paid", "amount paid",
        "paid amount", "subtotal", "sub total", "spend", "invoice amount", "invoice total",
        "transaction amount", "payment amount", "purchase amount", "item total", "row total",
        "extended price", "monetary value", "total sales", "total paid", "amount minor", "net revenue",
        "price total", "billed amount", "total spent",
        "مبلغ", "مبلغ کل", "جمع", "جمع کل", "مبلغ سفارش", "مبلغ فاکتور", "مبلغ نهایی", "مبلغ پرداختی",
        "مبلغ قابل پرداخت", "قابل پرداخت", "پرداختی", "مبلغ خرید", "مبلغ فروش", "مبلغ تراکنش", "جمع ردیف",
        "مبلغ ردیف", "قیمت کل", "بهای کل", "ارزش", "ارزش کل", "فروش", "مبلغ خالص", "جمع مبلغ",
        "خالص فاکتور", "فروش خالص", "مبلغ پرداخت شده", "کل مبلغ",
        "المبلغ", "الإجمالي", "اجمالي", "المجموع", "المبلغ الإجمالي", "إجمالي الطلب", "قيمة الطلب",
        "قيمة الفاتورة", "إجمالي الفاتورة", "المبلغ المدفوع", "القيمة", "مبلغ الطلب", "صافي المبلغ",
        "الصافي", "إجمالي السطر", "قيمة البيع", "المبيعات", "إجمالي السعر", "السعر الإجمالي",
        "المبلغ الكلي", "مبلغ الفاتورة",
    ),
    "margin_minor": (
        "margin", "contribution", "contribution margin", "profit", "gross profit", "gross margin",
        "margin amount", "profit amount", "line profit", "net profit", "earnings",
        "سود", "حاشیه سود", "سود ناخالص", "سود خالص", "مبلغ سود", "سود فروش", "سود ردیف",
        "الربح", "هامش الربح", "الأرباح", "صافي الربح", "إجمالي الربح", "هامش", "مبلغ الربح",
    ),
    "known_at": (
        "known at", "recorded at", "loaded at", "imported at", "synced at", "ingested at",
        "زمان بارگذاری",
    ),
}  # fmt: skip
