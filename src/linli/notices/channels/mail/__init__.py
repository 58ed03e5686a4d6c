"""E-mail by the site's SMTP server (`LINLI_MAIL_HOST`)."""

from __future__ import annotations

from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPServerDisconnected

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from linli.notices.channels import Channel, NotSent
from linli.org.outgoing import Unreached


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
    except Unreached as error:
        raise NotSent(error.code) from None
    except TimeoutError:
        raise NotSent("time") from None
    except SMTPServerDisconnected as error:  # raised over whatever ended the reading
        raise NotSent("time" if isinstance(error.__context__, TimeoutError) else "not-smtp") from None
    except SMTPRecipientsRefused as error:
        raise NotSent("refused", next((code for code, _words in error.recipients.values()), None)) from None
    except SMTPResponseException as error:
        known = 200 <= error.smtp_code < 600
        raise NotSent("refused" if known else "not-smtp", error.smtp_code if known else None) from None
    except (SMTPException, ValueError):
        raise NotSent("refused") from None
    except OSError:
        raise NotSent("unreachable") from None


channel = Channel(_("电子邮件"), _ready, _takes, _send, to_person=True)
