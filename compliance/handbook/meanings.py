"""What permits and kinds of letters mean, in words for the handbook's tables."""

from compliance.shared.words import Text

VERBS: dict[str, Text] = {
    "account.use": Text("own account, start page, help", "本人账户、首页、帮助"),
    "action.agree": Text(
        "record a talk, agree to a repayment plan, if not on the visit",
        "登记约谈、商定分期支付计划（未参加该次走访的）",
    ),
    "action.answer": Text("write a plan, send evidence, ask for more time", "提交整改计划和证据、申请延期"),
    "action.comment": Text("write to the enterprise about a corrective action", "就整改措施与企业沟通留言"),
    "action.decide": Text(
        "refuse more time, accept or return a reason for taking no action", "驳回延期申请、接受或退回不整改的理由"
    ),
    "action.enter_for": Text("enter for the enterprise what came on paper or by telephone", "代企业录入书面或电话反馈"),
    "action.read": Text("see corrective actions", "查看整改措施"),
    "action.assign": Text("give corrective actions to people, take over, hand on", "分派、接手、转交整改事项"),
    "action.verify": Text("verify a correction or return it", "核实或退回整改"),
    "association.edit": Text("change the association's particulars and logo", "修改协会资料和会徽"),
    "case.own": Text("look at the one case that one was invited to, and decide it", "查看并处理受邀的一案"),
    "checklist.publish": Text("publish a version of the checklists", "发布检查表新版本"),
    "checklist.read": Text("read the code of conduct and the checklists", "阅读行为准则和检查表"),
    "code.follow": Text("see who has pledged to a version of the code of conduct", "查看行为准则各版本的签署情况"),
    "code.send": Text("send a version of the code of conduct out to members", "向会员发送行为准则版本"),
    "complaint.enter": Text("enter a complaint that was told by telephone or in person", "登记电话或当面提出的投诉"),
    "complaint.handle": Text(
        "link, answer, merge and close complaints, if without a tie", "关联、答复、合并和办结投诉（无利害关系的）"
    ),
    "complaint.read": Text("read complaints, if without a tie to whom they are about", "查阅投诉（无利害关系的）"),
    "danger.appoint": Text("name the officers for cases of danger", "指定危险个案专办人员"),
    "danger.handle": Text(
        "handle sealed cases of danger, if named and without a tie", "办理保密的危险个案（限已指定且无利害关系者）"
    ),
    "dispute.decide": Text("decide a dispute, if not on the visit", "裁定异议（未参加该次走访的）"),
    "enterprise.edit": Text("add and change enterprises and workplaces", "新增、修改企业和工作场所"),
    "enterprise.file": Text("print an enterprise's whole file", "打印企业全部档案"),
    "enterprise.import": Text("import a spreadsheet", "导入表格"),
    "enterprise.import_undo": Text("take back an import of the register", "撤销名册导入"),
    "enterprise.merge": Text(
        "merge two entries that are one employer, and undo it", "合并属同一用人单位的两个条目，或撤销合并"
    ),
    "enterprise.open": Text("open an entry that is in one's scope", "打开本人范围内的企业信息"),
    "enterprise.own": Text("see the own enterprise's released results", "查看本企业已发布的结果"),
    "draw.audit": Text("check draws once their seed is revealed", "种子公开后核查抽取结果"),
    "draw.manage": Text(
        "set up periods, freeze their frames and draw who is visited", "设立抽取周期、冻结抽样框并抽取走访对象"
    ),
    "enterprise.pledge": Text("pledge to the code of conduct for the own enterprise", "代表本企业签署行为准则"),
    "enterprise.timeline": Text(
        "see by day what is known about an enterprise, as far as one's role goes", "在本人权限内按日期查看企业大事记"
    ),
    "enterprise.read": Text("read the register", "查看企业名册"),
    "evidence.original": Text(
        "open the original of a photo or take a blur away, with a reason", "注明原因后查看照片原图或去除遮盖"
    ),
    "finding.read": Text("see findings", "查看问题"),
    "finding.reply": Text("agree with a finding or dispute it", "对问题表示认可或提出异议"),
    "history.import": Text(
        "bring along results of past visits, undo that, say what managers see of them",
        "导入历史走访结果、撤销导入、设定企业负责人可见内容",
    ),
    "history.open": Text(
        "see the imported results of an enterprise in one's scope (managers: if released)",
        "查看本人范围内企业的历史导入结果（企业负责人仅见已开放的）",
    ),
    "history.read": Text("see what was imported from before the system", "查看启用本系统前的历史导入结果"),
    "howto.read": Text("read how an item is put right, take model documents", "查看整改指引、取用范本"),
    "interview.contact": Text(
        "open the contacts of workers who agreed to be asked again, note how they fared",
        "查看同意回访员工的联系方式、登记回访情况",
    ),
    "interview.read": Text(
        "open the sealed interviews of a visit, tell the counts that may be told",
        "打开走访的封存访谈、公布可以公布的人数",
    ),
    "interview.record": Text("enter interviews of a visit that was handed to one", "录入本人走访的访谈"),
    "interview.totals": Text("see counts of what workers said over all visits", "查看全部走访的访谈汇总人数"),
    "job.manage": Text("see all background tasks, try failed ones again", "查看全部后台任务，重试失败的任务"),
    "job.read": Text("see how far a background task is", "查看后台任务进度"),
    "letter.approve": Text(
        "approve or decline a prepared letter, as the ladder names the approver",
        "按催办阶梯规定的批准人，批准或不予发出待批函件",
    ),
    "letter.deliver": Text(
        "note how a letter was delivered, print letters for the post", "登记函件送达情况，打印待邮寄函件"
    ),
    "letter.edit": Text("edit the free passages of a draft", "编辑函件草稿的自由段落"),
    "leave.manage": Text("enter anybody's leave and substitute", "登记任何人的休假和代理人"),
    "leave.own": Text("enter one's own leave and substitute", "登记本人的休假和代理人"),
    "letter.read": Text("read and download letters", "阅读和下载函件"),
    "letter.wording": Text(
        "edit the association's own wording of letters and publish it", "编辑并发布本会函件的自有措辞"
    ),
    "letter.withdraw": Text(
        "ask that an issued letter is withdrawn, and withdraw it if another person asked",
        "提出撤回已发出的函件；他人提出的，予以撤回",
    ),
    "life.record": Text(
        "record what happened to a member: joined, moved, left, closed and more",
        "登记会员的入会、搬迁、退会、注销等大事",
    ),
    "mail.manage": Text(
        "see outgoing mail, send again what failed, note what came back", "查看外发邮件、重发失败邮件、登记退信"
    ),
    "outsider.invite": Text(
        "invite a named outsider to a case without a second person", "案件没有第二人时，邀请指定的外部人员"
    ),
    "pay.read": Text(
        "open the pay sheet of a visit, and the names of workers who agreed to a claim",
        "打开走访的工资核算表以及同意具名追讨的员工姓名",
    ),
    "pay.record": Text(
        "enter the pay sheet of a visit that was handed to one, see what it comes to",
        "录入本人走访的工资核算表并查看核算结果",
    ),
    "people.invite": Text(
        "invite people (coordinators: inspectors and managers)", "发出邀请（协调员限走访员和企业管理人员）"
    ),
    "people.manage": Text("roles, accounts, bindings, ending of ties", "管理角色、账户、企业对应关系，终止利害关系"),
    "people.read": Text("see the list of people", "查看人员名单"),
    "scorecard.read": Text("see scorecards", "查看评分卡"),
    "seal.appoint": Text("appoint the keeper of the seal's picture", "指定印章图样保管人"),
    "seal.keep": Text(
        "keep the seal's picture and grant it to a letter, if appointed its keeper",
        "经指定为保管人的，保管印章图样并准予用于函件",
    ),
    "seal.read": Text("read the register of uses of the seal's picture", "查看印章图样使用登记"),
    "tie.declare": Text("declare one's own ties", "申报本人的利害关系"),
    "token.manage": Text("make and revoke tokens of other systems", "创建、作废外部系统令牌"),
    "risk.judge": Text("read, as figures over all, whether the risk score finds shortfalls", "查看风险评分是否有效"),
    "risk.read": Text("see the points of risk of each workplace with their reasons", "查看各工作场所的风险分数及理由"),
    "trends.read": Text("read trends", "查看趋势"),
    "privacy.hold": Text(
        "see which personal data go when, hold back their removal together with a second person",
        "查看个人信息的删除时间，会同另一人暂停删除",
    ),
    "privacy.share": Text(
        "write down before passing on personal data to whom, for what and on what ground; see the own entries",
        "对外提供个人信息之前登记接收方、目的和依据，查看本人的登记",
    ),
    "trail.read": Text("read the audit trail without sealed matters", "查看审计记录（密封事项除外）"),
    "privacy.manage": Text(
        "answer requests about personal data, keep the record of breaches and of what was passed on",
        "答复个人信息请求，登记泄露事件和对外提供情况",
    ),
    "report.make": Text("make leadership reports and be told of new ones", "生成领导层报告并订阅新报告通知"),
    "visit.conduct": Text("fill in and seal visits that were handed out", "填写并封存派发给本人的走访"),
    "visit.desk_entry": Text("enter a paper sheet at the desk", "补录纸质表"),
    "visit.plan": Text("plan visits and hand them out", "计划并派发走访"),
    "visit.read": Text("read visits", "查看走访"),
    "visit.release": Text("release a visit that was somebody else's", "发布他人的走访"),
    "visit.review": Text("review: correct, return, tick photos, clear facts", "复核：更正、退回、勾选照片、解除保密"),
}

LETTERS: dict[str, Text] = {
    "L1": Text("nothing was found that differs from the code", "未发现与准则不一致之处"),
    "L2": Text("something is to be improved, nothing critical", "有需改进之处，但无严重问题"),
    "L3": Text("something critical or of zero tolerance", "有严重问题或零容忍事实"),
    "L4": Text(
        "a plan came: accepted, or returned with the reason, point by point", "收到整改计划后逐项回复：同意或退回补充"
    ),
    "L5": Text("a point is past its date: the first reminder", "事项逾期：首次催办"),
    "L6": Text(
        "it is still open: the second reminder, to the legal representative", "仍未完成：再次催办，请法定代表人督促"
    ),
    "L7": Text("it is to be put to the council; the enterprise is heard before", "拟提请理事会审议；事先听取企业意见"),
    "L8": Text("points are completed: all of them, or some", "全部或部分事项已完成整改"),
    "L9": Text(
        "danger is passed on to an authority or within the association; never shown to the enterprise",
        "危险情况移送主管部门或者报本会；不向企业显示",
    ),
    "correction": Text(
        "a dispute was upheld, or a fact was cleared later; cites the first letter",
        "异议成立，或事后解除保密；注明原函文号",
    ),
}
