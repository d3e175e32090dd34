"""How written things are said: markup, numbers, dates, money, units, names, symbols; a module a concern."""
