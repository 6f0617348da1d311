"""How Randal writes and reads what people read and write: dates, times, numbers, money; days in a place."""
