"""The data dictionary says what the declarations say."""

from models.contract import event_dictionary
from models.contract.dictionary import PAGE, render
from models.contract.tables import TABLES


def test_the_data_dictionary_is_what_the_declarations_make_it(request):
    page = request.config.rootpath / PAGE
    assert page.read_text() == render(), "stale: run `python -m models.contract.dictionary`"


def test_every_column_of_every_table_is_in_the_dictionary():
    page = render()
    assert all(f"| `{column.name}` |" in page for table in TABLES for column in table.columns)


def test_the_types_of_events_are_what_the_declarations_make_them(request):
    page = request.config.rootpath / event_dictionary.PAGE
    stale = "stale: run `python -m models.contract.event_dictionary`"
    assert page.read_text() == event_dictionary.render(), stale
