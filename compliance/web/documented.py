# ruff: noqa: E501 - two languages of one meaning read better side by side
"""What the handbook says of this floor: every setting and every command, as tables made from the things themselves."""

import re
from collections.abc import Iterator
from typing import Any

import click
from flask import Flask, current_app
from pydantic_core import PydanticUndefined

from compliance.api.door import OPERATIONS, PREFIX
from compliance.api.rules import SCOPE_WORDS, Scope
from compliance.handbook.generated import GENERATED, table
from compliance.shared.translation import gettext
from compliance.shared.words import Text

SETTINGS = {
    "instance": Text("Folder of configuration and data", "配置和数据所在的文件夹"),
    "mode": Text(
        "`demo` or `production`; production refuses demo accounts and an incomplete configuration",
        "`demo`（演示）或 `production`（正式）；正式模式下有演示账户或配置不全时不启动",
    ),
    "secret_key": Text(
        "At least 32 characters; signs sign-ins, and must be kept apart from the backups",
        "至少32个字符，用于签署登录凭据，须与备份分开保管",
    ),
    "sealing_keys": Text(
        "File of the master keys of everything that is sealed; empty: `sealing_keys` in the instance folder. Copy it to a safe place of its own: without it nobody can read what workers said, with it and a backup everybody can",
        "密封内容主密钥所在的文件；留空则为实例文件夹中的 `sealing_keys`。须另存于安全处，不得与备份放在一起：缺了它，员工陈述等密封内容谁也读不出；它与备份一并落入他人之手，则谁都能读",
    ),
    "public_url": Text(
        "Address under which people reach the product; printed on letters", "对外访问的网址，会印在函件上"
    ),
    "hosted_in": Text(
        "Where the server, its files and its backups stand, and by whom they are run, as the public page on personal data shows it; for example `示例市，协会自有机房 · Example City, the association's own rooms`",
        "服务器、文件和备份存放的地点及运营者，显示于公开的个人信息保护说明页，如 `示例市，协会自有机房 · Example City, the association's own rooms`",
    ),
    "database_url": Text(
        "`sqlite:///...` or `postgresql+psycopg://...`; empty: SQLite in the instance folder",
        "`sqlite:///...` 或 `postgresql+psycopg://...`；留空则使用实例文件夹中的 SQLite",
    ),
    "queue_url": Text(
        "Where background jobs wait: `sqlite:///...`, `redis://...` or `postgresql://...`; empty: SQLite in the instance folder",
        "后台任务队列：`sqlite:///...`、`redis://...` 或 `postgresql://...`；留空则使用实例文件夹中的 SQLite",
    ),
    "files_url": Text(
        "Bucket for files in a store that speaks S3, `s3://bucket/prefix`; empty: the folder `files` of the instance",
        "存放文件的 S3 兼容存储桶，如 `s3://bucket/prefix`；留空则存于实例文件夹的 `files`",
    ),
    "files_endpoint": Text(
        "Address of that store, `https://files.example.org`; empty: that of Amazon",
        "该存储的地址，如 `https://files.example.org`；留空则为亚马逊的地址",
    ),
    "files_region": Text("Region of the bucket, where the store has several", "存储桶所在区域（存储有多个区域时）"),
    "files_access_key": Text(
        "Key for the bucket; it must read, write, list and delete, and nothing else",
        "存储桶的访问密钥，须能读、写、列出和删除，此外不应有其他权限",
    ),
    "files_secret_key": Text("Secret of that key", "该访问密钥的密文"),
    "mail_url": Text(
        "Mail server, `smtp://user:password@mail.example.org:587` (`smtps://` where it is encrypted from the first byte); empty: mails become files in the instance folder, in `outbox`",
        "邮件服务器，如 `smtp://user:password@mail.example.org:587`（一开始即加密的用 `smtps://`）；留空则邮件只存为实例文件夹 `outbox` 中的文件",
    ),
    "mail_from": Text("Sender of mail", "发件地址"),
    "mail_tls": Text(
        "`required`: a mail server without STARTTLS gets no mail; `offered`: encrypted where the server offers it, for a server on the same machine. With a user name it is always required",
        "`required`：邮件服务器不支持 STARTTLS 时不发送；`offered`：服务器支持则加密，适用于本机上的邮件服务器。设有用户名时一律要求加密",
    ),
    "mail_authority": Text(
        "File of certificates (PEM) to trust for the mail server instead of the system's, for a server of one's own",
        "自建邮件服务器所用的受信任证书文件（PEM），代替系统自带的证书",
    ),
    "sms_url": Text(
        "SMS gateway: short messages are posted there as JSON (`id`, `to`, `text`); empty: no SMS",
        "短信网关地址：以 JSON（`id`、`to`、`text`）提交短信；留空则不发短信",
    ),
    "sms_token": Text(
        "Token that the SMS gateway asks for (`Authorization: Bearer`)", "短信网关要求的令牌（`Authorization: Bearer`）"
    ),
    "wecom_url": Text(
        "Address of WeCom's interface; another one for a private installation",
        "企业微信接口地址；私有化部署时填写自己的地址",
    ),
    "wecom_corporation": Text("The association's id in WeCom (`corpid`)", "协会在企业微信中的企业 ID（`corpid`）"),
    "wecom_agent": Text(
        "Number of the application in WeCom that sends (`agentid`)", "发送消息的企业微信应用编号（`agentid`）"
    ),
    "wecom_secret": Text(
        "Secret of that application; empty: nothing is sent by WeCom", "该应用的密钥（Secret）；留空则不经企业微信发送"
    ),
    "sign_file": Text(
        "File with the private key that signs letters, and its certificate: PKCS#12 (`.p12`, `.pfx`) or PEM; empty: a demo certificate that proves nothing",
        "签署函件所用私钥及证书的文件：PKCS#12（`.p12`、`.pfx`）或 PEM；留空则使用不具效力的演示证书",
    ),
    "sign_passphrase": Text("Passphrase of that file", "该文件的密码"),
    "sign_chain": Text(
        "File of certificates (PEM): those above the one that signs, and that one where the key's file lacks it",
        "证书文件（PEM）：签名证书之上的各级证书；私钥文件中没有签名证书的，也放在这里",
    ),
    "sign_module": Text(
        "Library of a PKCS#11 token that holds the key instead of a file", "以 PKCS#11 令牌代替文件保管私钥时，其驱动库"
    ),
    "sign_token": Text("Label of the token", "令牌的标签"),
    "sign_pin": Text("PIN of the token", "令牌的 PIN 码"),
    "sign_label": Text("Label of the key, where the token holds several", "令牌中有多个密钥时，所用密钥的标签"),
    "sign_stamp_url": Text(
        "Time stamp server (RFC 3161), `https://user:password@stamps.example.org/tsa`; empty: no time stamps",
        "时间戳服务器（RFC 3161），如 `https://user:password@stamps.example.org/tsa`；留空则不加时间戳",
    ),
    "sign_stamp": Text(
        "`required`: a letter waits while the server gives no time stamp; `offered`: it is then signed without one",
        "`required`：服务器不能提供时间戳时函件等待；`offered`：此时不加时间戳即签署",
    ),
    "sign_trust": Text(
        "File of certificates (PEM) of the authorities that the check page trusts",
        "核验页面所信任的证书颁发机构的证书文件（PEM）",
    ),
    "sealing_key": Text(
        "The master keys themselves, as they stand in their file (`1 ` and 32 bytes in base64; several with commas between), where a service gets them by its environment",
        "主密钥本身，写法与密钥文件相同（`1 ` 加32字节的 base64；多个以逗号分隔），用于由环境变量向服务提供密钥",
    ),
    "sealing_keys_command": Text(
        "Command that prints the master keys, for a vault; each process runs it once, without a shell",
        "输出主密钥的命令，用于密钥保管库；每个进程运行一次，不经 shell",
    ),
    "breached_passwords": Text(
        "File of passwords that others have lost, as SHA-1 digests in capitals and in order, one a line (`:count` may follow): none of them is taken as a new password. Empty: only the common ones are refused",
        "已泄露密码的文件，每行一个大写 SHA-1 摘要并按顺序排列（后面可带 `:次数`）：其中的密码不得作为新密码。留空则只拒绝常见密码",
    ),
    "virus_scanner": Text(
        "Socket of a ClamAV daemon that looks at each file an enterprise sends: `unix:/run/clamav/clamd.ctl` or `tcp:127.0.0.1:3310`; empty: none is asked. While it cannot be reached, files are not taken",
        "ClamAV 守护进程的套接字，用于检查企业上传的每个文件：`unix:/run/clamav/clamd.ctl` 或 `tcp:127.0.0.1:3310`；留空则不检查。无法连接时不接收文件",
    ),
    "backup_folder": Text(
        "Folder of the copies that `compliance backup` makes; best on another machine's disk",
        "`compliance backup` 存放备份的文件夹，最好位于另一台机器的磁盘上",
    ),
    "backup_key": Text(
        "The key that seals the copies, as it stands in the key's file (`1 ` and 32 bytes in base64; several with commas between), where a service gets it by its environment",
        "密封备份的密钥，写法与密钥文件相同（`1 ` 加32字节的 base64；多个以逗号分隔），用于由环境变量向服务提供密钥",
    ),
    "backup_key_file": Text(
        "File of that key; empty: `backup_key` in the instance folder, made at the first copy. Keep another one in a safe place: without it nobody can open the copies",
        "该密钥所在的文件；留空则为实例文件夹中的 `backup_key`，首次备份时生成。须在安全处另存一份：缺了它，谁也打不开备份",
    ),
    "backup_key_command": Text(
        "Command that prints that key, for a vault; it is run without a shell",
        "输出该密钥的命令，用于密钥保管库；不经 shell 运行",
    ),
    "anchor_to": Text(
        "E-mail address outside of the system that gets the end of the audit trail once a day; empty: it stands in `anchors.jsonl` of the instance alone",
        "系统之外的电子邮箱，每天接收审计记录的末端摘要；留空则只写入实例目录的 `anchors.jsonl`",
    ),
    "host": Text("Address to listen on; 127.0.0.1 lets only this machine in", "监听地址；127.0.0.1 仅限本机访问"),
    "workers": Text("Processes of the web server", "服务进程数"),
    "threads": Text("Threads of each process", "每个进程的线程数"),
    "job_workers": Text(
        "Processes for background jobs; one prints some four letters a second, and takes up to 400 MB",
        "后台任务进程数；每个进程每秒约可打印四份函件，最多占用约400 MB内存",
    ),
    "read_only": Text(
        "`true`: pages can be read and nothing can be written, for a server on a copy of the database; `compliance admin read-only` switches the same while it runs",
        "`true`：页面只能查看、不能写入，适用于以数据库副本提供服务；运行中可用 `compliance admin read-only` 切换",
    ),
    "stop_seconds": Text(
        "Seconds that requests and jobs under way may still take when the server is told to stop (SIGTERM); a job that takes longer is handed back and done again",
        "服务收到停止信号（SIGTERM）后，进行中的请求和后台任务最多还能用多少秒；超时的任务交回队列，之后重做",
    ),
    "metrics_address": Text(
        "Address of the figures for Prometheus, `127.0.0.1:9187`; anybody who reaches it may read them, so keep it inside; empty: none",
        "Prometheus 指标的监听地址，如 `127.0.0.1:9187`；能访问该地址者均可读取，须仅限内部网络；留空则不提供",
    ),
    "log_format": Text(
        "`text` for people, `json` for a collector (one object a line); on the error stream",
        "日志格式：`text` 便于人阅读，`json` 供日志系统采集（每行一个对象）；输出到标准错误",
    ),
    "log_level": Text(
        "`warning`, `error`, or `info`, which adds a line for each request: kind of page, status, time taken; never an address or a person",
        "`warning`、`error` 或 `info`；`info` 为每个请求增加一行：页面类别、状态、耗时，不记网址和人员",
    ),
    "upload_limit_mb": Text("Largest request, in megabytes", "单次请求的上限（MB）"),
    "trusted_proxies": Text(
        "How many reverse proxies stand before the product; 0: none is believed",
        "前面有几层反向代理；0 表示不信任任何代理头",
    ),
    "tablet_idle_minutes": Text(
        "Minutes without a touch after which a tablet locks itself", "平板无人操作多少分钟后自动锁定"
    ),
    "tablet_keep_days": Text(
        "Days that a tablet keeps a visit after the server's receipt for all of it",
        "服务器确认走访资料全部收到后，平板继续保留的天数",
    ),
    "tablet_wipe_days": Text(
        "Days without a contact after which a tablet wipes what it keeps; what is unsent stays",
        "平板多少天未联系服务器后清除本机资料；未发送的内容保留",
    ),
    "tablet_warn_hours": Text(
        "Hours after which a tablet and the office warn of entries that are still unsent",
        "内容超过多少小时未发送时，平板和协会页面发出提醒",
    ),
}

COMMANDS = {
    "run": "把数据库升级到最新结构并启动服务，按 Ctrl-C 停止",
    "work": "处理后台任务（run 会自动启动它）",
    "migrate": "把数据库升级到最新结构（run 会自动执行）",
    "setup": "为真实的协会建立实例：配置、数据库和首页所需的一次性码",
    "admin rescue": "为被锁在外面的系统管理员打印一次性链接，用于设置新密码",
    "admin read-only": "运行中切换只读状态（on 或 off），对共用同一任务队列的所有机器生效；只读时页面可看，写入返回503，平板保留其内容",
    "nightly": "按各协会所在时区，拟制截至今日应发的函件，并删除到期的个人信息（后台任务每天自动执行）",
    "letters verify": "核验一份PDF是否为本平台发出的函件原件、是否有效、由谁签署；不是原件时以1结束，是原件但已被取代或撤回时以3结束",
    "checklists check": "检查一个文件夹中的文件（默认检查随附的文件），列出全部问题",
    "checklists publish": "把一个文件夹中的文件发布为协会的新版本",
    "checklists copy": "把随附的文件复制到新文件夹，作为协会自己版本的起点",
    "enterprises import": "把 CSV 或 XLSX 文件导入企业名册，只有企业名称为必填",
    "history import": "导入启用本系统前的走访结果（相互关联的一个或多个 CSV、XLSX 文件）",
    "replay": "对每份已保存的评分卡重新计分，并重做每次现场核查抽选，列出不一致之处",
    "trends verify": "依据走访、评分卡和问题重新计算趋势的全部汇总数据，列出不一致之处",
    "trends rebuild": "依据走访、评分卡和问题重建趋势的全部汇总数据；其间任何人不能写入",
    "draw verify": "依据所存抽样框和种子重新抽取，结果一致则说明一致，否则列出不一致之处（以1结束）",
    "draw verify-days": "依据所存输入和种子重新排定各期日程，结果一致则说明一致，否则列出不一致之处（以1结束）",
    "backup": "在使用过程中制作数据库和文件的密封备份，并删除不再保留的备份",
    "restore": "由备份（未指定时为最新一份）重建数据库并逐项验证，通过后才替换现用的数据库",
    "move": "把全部数据复制到另一个空数据库（SQLite 或 PostgreSQL 均可），并证明毫无差异",
    "demo": "填充演示协会",
    "audit open": "显示日志中某一摘要所代表的内容（姓名、联系方式、网络地址）；此次查看记入日志；已销毁的以1结束",
    "keys list": "列出各主密钥及其所封装的密钥数量",
    "keys new": "在主密钥文件中增加一个新的主密钥，此后由它封装",
    "keys rewrap": "由最新的主密钥重新封装全部密钥；可在使用过程中运行",
    "audit verify": "核对整条审计记录链及每个末端摘要，指出第一处断裂；加 --file 则核对导出的文件本身",
    "audit export": "将审计记录连同摘要写入文件（每行一个 JSON 对象），供审计人员使用；导出一事记入审计记录",
    "files copy": "把一个文件夹中的全部文件复制到所配置的存储，并逐一读回核对，可重复执行；有损坏的以1结束，存储无法连接时以2结束",
    "files verify": "读取每个已存文件并与其摘要核对；有损坏的以1结束",
}


def settings(language: str) -> str:
    """Every setting: its variable, its usual value, its meaning."""
    heads = [Text(*t).in_(language) for t in (("Variable", "环境变量"), ("Usual", "默认值"), ("Meaning", "含义"))]
    fields = type(current_app.extensions["settings"]).model_fields
    return table(
        heads,
        (
            [
                f"`COMPLIANCE_{name.upper()}`",
                _usual(field),
                SETTINGS[name].in_(language) if name in SETTINGS else "",
            ]
            for name, field in fields.items()
        ),
    )


def commands(language: str) -> str:
    """Every command of ``compliance``."""
    heads = [Text(*t).in_(language) for t in (("Command", "命令"), ("What it does", "作用"))]
    chinese = language.startswith("zh")
    return table(
        heads,
        (
            [f"`compliance {name}`", COMMANDS.get(name, "") if chinese else _first_line(command)]
            for name, command in every_command()
        ),
    )


def every_command() -> Iterator[tuple[str, click.Command]]:
    """Each command that does something, with its full name after ``compliance``."""
    from compliance.web.cli import cli  # the command line imports the application, which imports this module

    def walk(group: click.Group, above: str) -> Iterator[tuple[str, click.Command]]:
        for name, command in group.commands.items():
            if isinstance(command, click.Group):
                yield from walk(command, f"{above}{name} ")
            else:
                yield above + name, command

    yield from walk(cli, "")


def _usual(field: Any) -> str:
    return "–" if field.default in (None, PydanticUndefined) or not str(field.default) else f"`{field.default}`"


def _first_line(command: click.Command) -> str:
    text = (command.help or "").strip().split("\n\n")[0].replace("\n", " ")
    return text.replace("``", "`")


def scopes(language: str) -> str:
    """What tokens of other systems may be for, and the routes that each opens."""
    heads = [Text(*t).in_(language) for t in (("Use", "用途"), ("What it allows", "允许做什么"), ("Routes", "路由"))]
    routes: dict[Scope, list[str]] = {scope: [] for scope in Scope}
    for one in OPERATIONS:
        routes[one.scope].append(f"`{one.method} {PREFIX}{re.sub(r'<uuid:(.+?)>', r'{id}', one.rule)}`")
    rows = ([f"`{scope.value}`", gettext(SCOPE_WORDS[scope]), ", ".join(routes[scope])] for scope in Scope)
    return table(heads, rows)


def init_app(app: Flask) -> None:
    """Give the handbook its tables of settings, commands and scopes."""
    GENERATED["(the table of settings)"] = settings
    GENERATED["(the table of scopes)"] = scopes
    GENERATED["(the table of commands)"] = commands
