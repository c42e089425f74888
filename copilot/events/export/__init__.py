"""Plans and events in the forms people use: pages, Word files, spreadsheets, calendars."""
