"""What becomes of a plan after its first draft: edits, requests, locks, versions, differences."""
