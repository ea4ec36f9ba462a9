"""Order files as a channel: a file nobody here made becomes a show, every row accounted for.

    file -> reading -> columns of text -> rows (typed, with a reason per bad row) -> matching of cancels
         -> parts, opening stock -> world (OpenShow, ReceiveGoods) -> sending (PlaceOrder, CancelOrder) -> report

The mapping (TOML) says what the file's columns mean; `data/mappings/README.md` explains it. Nothing is submitted before
the whole file was read and understood.
"""
