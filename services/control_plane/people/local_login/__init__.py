"""Signing in on this machine: a small OpenID provider with test users, in the place of Cognito's hosted page."""
