"""The double of the API of Prizz-Telecom."""
