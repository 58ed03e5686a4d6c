"""What people fill in: signing in, divisions, posts, accounts, the roster."""

from linli.org.forms.sign_in import SignInForm

__all__ = ["SignInForm"]
