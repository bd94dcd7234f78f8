"""The visit to a city: its programme, on the screen, on paper and in calendars, and its notes."""
