"""E-mail by the site's SMTP server (`LINLI_MAIL_HOST`)."""

from __future__ import annotations

from smtplib import SMTPException

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from linli.notices.channels import Channel, NotSent


def _ready() -> bool:
    return bool(settings.EMAIL_HOST)


def _takes(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def _send(address: str, subject: str, text: str) -> None:
    try:
        EmailMessage(subject, text, to=[address]).send()
    except (OSError, SMTPException) as error:
        raise NotSent(type(error).__name__) from None


channel = Channel(_("电子邮件"), _ready, _takes, _send, to_person=True)
