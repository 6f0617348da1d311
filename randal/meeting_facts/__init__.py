"""What several rooms ask of one meeting: who is invited and there, its links and calendar, whether anything changed."""
