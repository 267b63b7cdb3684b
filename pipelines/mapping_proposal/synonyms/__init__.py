"""What businesses call the contract's columns: data, in English, Persian and Arabic, a table a module.

Written as people write them: letters, digits, case and punctuation are made equal before comparing.
The commonest name stands first.
"""
