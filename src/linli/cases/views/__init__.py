"""Thin views: load with permission, call one action or one queryset, render."""
