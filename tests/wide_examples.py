"""A wide table as people have them: customers of an invented telephone company, in English and in Persian."""

import csv
from pathlib import Path

import numpy as np

CONTRACTS = ("Month-to-month", "One year", "Two year")
INTERNET = ("DSL", "Fiber optic", "No")
PAYMENTS = ("Electronic check", "Mailed check", "Bank transfer (automatic)")

IN_PERSIAN = {
    "customerID": "شناسه مشترك",  # typed with an Arabic kaf, as many keyboards do
    "SeniorCitizen": "سالمند",
    "Partner": "همسر",
    "tenure": "ماه‌های اشتراک",
    "Contract": "نوع قرارداد",
    "InternetService": "اینترنت",
    "PaymentMethod": "روش پرداخت",
    "MonthlyCharges": "هزینه ماهانه",
    "TotalCharges": "هزینه کل",
    "Country": "کشور",
    "Profit": "سود",
    "Churn": "ریزش",
}
WORDS = {
    "Yes": "بله",
    "No": "خیر",
    "Month-to-month": "ماهانه",
    "One year": "یک‌ساله",
    "Two year": "دوساله",
    "DSL": "دی اس ال",
    "Fiber optic": "فیبر نوری",
    "Electronic check": "چک الکترونیکی",
    "Mailed check": "چک پستی",
    "Bank transfer (automatic)": "انتقال بانکی",
    "Utopia": "ناکجاآباد",
}
PERSIAN_DIGITS = str.maketrans("0123456789.", "۰۱۲۳۴۵۶۷۸۹٫")


def telco(customers: int = 400, seed: int = 3) -> list[dict[str, str]]:
    """Rows with a blank in a column of numbers for newcomers, an id, a constant, and what a stay brings."""
    random = np.random.default_rng(seed)
    return [_customer(random, number) for number in range(customers)]


def _customer(random: np.random.Generator, number: int) -> dict[str, str]:
    tenure = int(random.integers(0, 73))
    contract = str(random.choice(CONTRACTS, p=[0.55, 0.2, 0.25]))
    internet = str(random.choice(INTERNET))
    monthly = 20 + 30 * (2 - INTERNET.index(internet)) + float(random.normal(0, 5))
    tendency = 0.3 - 1.4 * CONTRACTS.index(contract) + 0.8 * (internet == "Fiber optic") - 0.03 * tenure
    left = random.random() < 1 / (1 + np.exp(-tendency))
    stays = max(0.0, monthly * float(random.lognormal(0, 0.3)))
    return {
        "customerID": f"{number:04d}-{'ABCDEFG'[number % 7]}{'HKMNP'[number % 5]}",
        "SeniorCitizen": str(int(random.random() < 0.2)),
        "Partner": str(random.choice(["Yes", "No"])),
        "tenure": str(tenure),
        "Contract": contract,
        "InternetService": internet,
        "PaymentMethod": str(random.choice(PAYMENTS)),
        "MonthlyCharges": f"{monthly:.2f}",
        "TotalCharges": f"{monthly * tenure:.2f}" if tenure else " ",
        "Country": "Utopia",
        "Profit": "0" if left else f"{stays:.2f}",
        "Churn": "Yes" if left else "No",
    }


def in_persian(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The same customers with Persian headings, words and digits; ids stay as they are."""
    return [
        {
            heading: row[name] if name == "customerID" else WORDS.get(row[name], _digits(row[name]))
            for name, heading in IN_PERSIAN.items()
        }
        for row in rows
    ]


def write(rows: list[dict[str, str]], path: Path, *, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """The rows as a text file with one heading line."""
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def _digits(text: str) -> str:
    return text.translate(PERSIAN_DIGITS)
