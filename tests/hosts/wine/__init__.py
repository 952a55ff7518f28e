"""Windows under Wine: the real DLL and COM server of xlwings, driven as the VBA of the add-in drives them."""
