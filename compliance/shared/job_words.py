"""What work in the background is called: tasks that were asked for, and what is looked at every minute."""

from compliance.shared.jobs import JobState
from compliance.shared.words import N_, Text

KINDS: dict[str, Text] = {
    "code.sending": Text("Send a version of the code to members", "向会员发送新版守则"),
    "enterprise_file": Text("Everything about an enterprise as one paper", "生成企业全部资料"),
    "enterprises.duplicates": Text("Look for entries that may be one employer", "查找疑似重复的企业条目"),
    "enterprises.import": Text("Import the register", "导入企业名册"),
    "enterprises.look": Text("Read a file for the register, before it is imported", "读取待导入的名册文件"),
    "enterprises.undo_import": Text("Take an import back", "撤销导入"),
    "history.import": Text("Import results of the past", "导入历史结果"),
    "leadership_report": Text("Report for leadership", "生成领导报告"),
    "letters.press": Text("Print and sign a letter", "生成并签署函件"),
    "letters.print_file": Text("One file of letters for printing", "生成函件打印文件"),
    "mail": Text("Send waiting mails", "发送待发邮件"),
    "planning.draw": Text("Draw who is visited", "抽取走访对象"),
    "planning.freeze": Text("Freeze the frame of a draw", "固定抽样框"),
    "risk.points": Text("Work out risk points", "计算风险分"),
    "risk.quality": Text("Measure how good the risk score is", "评估风险分质量"),
    "trends.coverage": Text("Work out the coverage of the register", "计算名册覆盖率"),
    "trends.repeats": Text("Work out repeat findings", "计算重复问题"),
}
ROUNDS: dict[str, Text] = {
    "casework.danger.each_minute": Text("Urgent matters that nobody has taken", "尚无人受理的紧急事项"),
    "casework.jobs.destroy_due_keys": Text("Keys whose day has come are destroyed", "销毁到期的密钥"),
    "casework.jobs.tell_of_ending_contacts": Text("Contacts of workers that end soon", "即将到期的职工联系方式"),
    "casework.leadership_reports.each_day": Text("Reports for leadership that are due", "到期的领导报告"),
    "casework.nightly.each_day": Text(
        "The association's night: deadlines, reminders, removal", "每日处理：期限、提醒、个人信息删除"
    ),
    "planning.handing_out.hand_out_what_is_due": Text("Visits whose hour has come are handed out", "派发到时的走访"),
    "planning.jobs.note_departures": Text("Members that left are noted in draws", "在抽样中登记退会企业"),
    "shared.mail.go_round": Text("Mails and messages that wait", "待发的邮件和消息"),
    "trends.folding.fold_long_logs": Text("Figures for trends are packed", "整理趋势数据"),
    "trends.quarterly.each_day": Text("Figures of a quarter that is over", "已结束季度的数据"),
}
STATES: dict[JobState, str] = {
    JobState.queued: N_("Waiting"),
    JobState.running: N_("At work"),
    JobState.done: N_("Done"),
    JobState.failed: N_("Failed"),
}
COLOURS: dict[JobState, str] = {
    JobState.queued: "blue",
    JobState.running: "blue",
    JobState.done: "green",
    JobState.failed: "red",
}
CLOSED_TO_TIED = frozenset(one for one in KINDS if one.startswith(("letters.", "planning.", "risk.")))
"""Kinds that a reader with a tie does not see: they tell when something is decided about somebody."""
