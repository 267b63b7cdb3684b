"""docs/policy.md says what the tables and the shipped policy say."""

from tests.policy_page import PAGE, page


def test_the_page_of_the_policy_is_what_make_docs_would_write():
    assert PAGE.read_text(encoding="utf-8") == page()
