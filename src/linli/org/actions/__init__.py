"""One verb a file: check, permit, execute, record; the only door for writes."""

from linli.org.actions.abolish import abolish
from linli.org.actions.appoint import appoint
from linli.org.actions.assign_code import assign_code
from linli.org.actions.change_password import change_password
from linli.org.actions.change_role import change_role
from linli.org.actions.change_status import change_status
from linli.org.actions.close_account import close_account
from linli.org.actions.correct_founding import correct_founding
from linli.org.actions.create_post import create_post
from linli.org.actions.found_division import found_division
from linli.org.actions.found_site import found_site
from linli.org.actions.hand_over import hand_over
from linli.org.actions.import_roster import import_roster, upload_roster
from linli.org.actions.leave_post import leave_post
from linli.org.actions.open_account import open_account
from linli.org.actions.rename_division import rename_division
from linli.org.actions.reset_password import reset_password
from linli.org.actions.see_name import see_name
from linli.org.actions.unlock_account import unlock_account

__all__ = [
    "abolish",
    "appoint",
    "assign_code",
    "change_password",
    "change_role",
    "change_status",
    "close_account",
    "correct_founding",
    "create_post",
    "found_division",
    "found_site",
    "hand_over",
    "import_roster",
    "leave_post",
    "open_account",
    "rename_division",
    "reset_password",
    "see_name",
    "unlock_account",
    "upload_roster",
]
