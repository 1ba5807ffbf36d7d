"""The catalog in SQL: its tables and, subject by subject, what is asked of them. Nobody else speaks SQL."""
