"""Catalogues say everything that the code says, and are compiled as they are written."""

import ast
import gettext
import io
import string

import pytest
from babel.messages.mofile import write_mo

from models.domain.languages import WRITINGS
from tests.catalogues import ROOT, forms, path_of, template, translated, written

every_language = pytest.mark.parametrize("language", translated())
LATIN_DIGITS = frozenset(string.digits)
NUMBERS = range(1_000)


def messages(catalogue):
    return {(message.context, message.id): message for message in catalogue if message.id}


def translations(catalogue):
    return {key: forms(message) for key, message in messages(catalogue).items()}


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def english(message):
    return message.id[-1] if isinstance(message.id, tuple) else message.id


def read(language):
    """What is read at run time."""
    with path_of(language, "mo").open("rb") as stream:
        return gettext.GNUTranslations(stream)


def compiled(language):
    """What would be read if it were compiled now."""
    stream = io.BytesIO()
    write_mo(stream, written(language))
    stream.seek(0)
    return gettext.GNUTranslations(stream)


def entries(catalogue):
    """All but the header, which names the version of Babel."""
    return {message: said for message, said in catalogue._catalog.items() if message}


def numbers_of(language, form):
    """The numbers up to a thousand that take a plural form."""
    chosen = read(language).plural
    return [number for number in NUMBERS if chosen(number) == form]


@every_language
def test_nothing_that_the_code_says_is_missing(language):
    assert set(messages(template())) - set(messages(written(language))) == set()


@every_language
def test_nothing_is_kept_that_the_code_no_longer_says(language):
    assert set(messages(written(language))) - set(messages(template())) == set()


@every_language
def test_everything_is_translated(language):
    assert [key for key, said in translations(written(language)).items() if not all(said)] == []


@every_language
def test_nothing_is_half_certain(language):
    assert [message.id for message in written(language) if message.id and message.fuzzy] == []


@every_language
def test_translations_have_the_figures_of_the_english(language):
    strange = [
        said
        for message in messages(written(language)).values()
        for form, said in enumerate(forms(message))
        if placeholders(said) != placeholders(english(message))
        and not (isinstance(message.id, tuple) and only_one_number(language, form, message, said))
    ]
    assert strange == []


def only_one_number(language, form, message, said):
    """'يوم واحد' need not say its number: a form for a single number may leave figures out."""
    return len(numbers_of(language, form)) == 1 and placeholders(said) < placeholders(english(message))


@every_language
def test_numbers_in_translations_are_in_the_languages_digits(language):
    wrong = LATIN_DIGITS if WRITINGS[language].marks else set()
    assert [
        said for told in translations(written(language)).values() for said in told if wrong & {*said}
    ] == []


@every_language
def test_what_is_read_at_run_time_is_what_people_wrote(language):
    assert entries(read(language)) == entries(compiled(language))


@every_language
def test_numbers_are_counted_by_the_rule_that_people_wrote(language):
    assert read(language).info()["plural-forms"] == compiled(language).info()["plural-forms"]


@every_language
def test_the_names_of_the_workbooks_sheets_are_allowed(language):
    said = translations(written(language))
    sheets = [said[None, name][0] for name in ("Save list", "About")]
    assert [name for name in sheets if len(name) > 31 or {*name} & {*"[]:*?/\\'"}] == []


def test_every_message_stands_in_the_code_as_a_plain_text():
    """A text put together at run time would never be found."""
    found = [
        ast.unparse(call)
        for path in (*ROOT.glob("models/**/*.py"), *ROOT.glob("pipelines/**/*.py"))
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in {"gettext", "ngettext"}
        and path.name != "words.py"
        and not all(
            isinstance(text, ast.Constant) for text in call.args[: 1 + (call.func.attr == "ngettext")]
        )
    ]
    assert found == []
