"""What each page shows, gathered and worded. Pure reading: nothing here changes anything."""
