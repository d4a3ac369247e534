"""What the states and troubles of mails are called, as message ids."""

from compliance.shared.outbox import MailState
from compliance.shared.postman import Trouble
from compliance.shared.words import N_

STATES: dict[MailState, str] = {
    MailState.waiting: N_("Waiting to be sent"),
    MailState.claimed: N_("Being sent"),
    MailState.sent: N_("E-mail sent"),
    MailState.filed: N_("Kept as a file"),
    MailState.failed: N_("Could not be sent"),
    MailState.unsure: N_("Perhaps sent"),
    MailState.bounced: N_("Came back"),
}
COLOURS: dict[MailState, str] = {
    MailState.waiting: "blue",
    MailState.claimed: "blue",
    MailState.sent: "green",
    MailState.filed: "grey",
    MailState.failed: "red",
    MailState.unsure: "amber",
    MailState.bounced: "red",
}
TROUBLES: dict[Trouble, str] = {
    Trouble.unreachable: N_("The mail server cannot be reached."),
    Trouble.silent: N_("The mail server did not answer in time."),
    Trouble.certificate: N_("The mail server's certificate cannot be trusted."),
    Trouble.unencrypted: N_("The mail server does not encrypt, and nothing is sent unencrypted."),
    Trouble.sign_in: N_("The mail server does not accept our user name and password."),
    Trouble.busy: N_("The mail server takes no mail at present."),
    Trouble.refused: N_("The mail server refused this mail."),
    Trouble.later: N_("The mail server asked to try again later."),
    Trouble.address: N_("This is no address that mail can be sent to."),
    Trouble.unsure: N_(
        "It was handed over, but the mail server did not confirm. Ask the recipient before sending again."
    ),
}
