"""What the channels, states and troubles of messages are called, as message ids."""

from compliance.shared.outbox import Channel, MessageState
from compliance.shared.postman import Trouble
from compliance.shared.words import N_

CHANNELS: dict[Channel, str] = {
    Channel.email: N_("E-mail"),
    Channel.sms: N_("SMS"),
    Channel.wecom: N_("WeCom"),
}
STATES: dict[MessageState, str] = {
    MessageState.waiting: N_("Waiting to be sent"),
    MessageState.claimed: N_("Being sent"),
    MessageState.sent: N_("Sent"),
    MessageState.filed: N_("Kept as a file"),
    MessageState.failed: N_("Could not be sent"),
    MessageState.unsure: N_("Perhaps sent"),
    MessageState.bounced: N_("Came back"),
}
COLOURS: dict[MessageState, str] = {
    MessageState.waiting: "blue",
    MessageState.claimed: "blue",
    MessageState.sent: "green",
    MessageState.filed: "grey",
    MessageState.failed: "red",
    MessageState.unsure: "amber",
    MessageState.bounced: "red",
}
TROUBLES: dict[Trouble, str] = {
    Trouble.unreachable: N_("The server cannot be reached."),
    Trouble.silent: N_("The server did not answer in time."),
    Trouble.certificate: N_("The server's certificate cannot be trusted."),
    Trouble.unencrypted: N_("The server does not encrypt, and nothing is sent unencrypted."),
    Trouble.sign_in: N_("The server does not accept our user name and password."),
    Trouble.busy: N_("The server takes no messages at present."),
    Trouble.refused: N_("The server refused this message."),
    Trouble.later: N_("The server asked to try again later."),
    Trouble.address: N_("This is no address that a message can be sent to."),
    Trouble.unset: N_("This way of sending is no longer set up."),
    Trouble.unsure: N_("It was handed over, but the server did not confirm. Ask the recipient before sending again."),
}
