"""The message catalogues of the user interface: English is the key, another language stands in `data/locales`.

Being written; see the owners' modules.
"""
