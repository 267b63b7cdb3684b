from models.domain.errors import BadSource
from models.domain.findings import exit_code, note, of_error, told, well, wrong


def test_what_is_wrong_says_below_what_to_do():
    assert told([wrong("disk", "full", "Make room.")]) == ["WRONG  disk: full", "       → Make room."]


def test_what_is_well_needs_no_remedy():
    assert told([well("disk", "half empty")]) == ["well   disk: half empty"]


def test_something_wrong_is_an_exit_code():
    assert exit_code([well("a", ""), wrong("b", "", "")]) == 1


def test_something_worth_knowing_is_none():
    assert exit_code([well("a", ""), note("b", "", "")]) == 0


def test_a_refusal_becomes_a_finding_whose_remedy_stands_apart():
    finding = of_error("source", BadSource("there is no file", given="x.csv", remedy="Bring it."))
    assert (finding.words, finding.remedy) == ("there is no file; given: 'x.csv'.", "Bring it.")
