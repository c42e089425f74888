"""What an operator asks for: free text or fields to a settled brief, with questions where it is not enough."""
