"""Agreements between the two sides of a loan: plain templates, versions, and who accepted which. No legal advice."""
