"""The API's calls, one module for each noun: read what was sent, call the verb, show what came."""
