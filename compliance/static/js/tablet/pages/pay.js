// The pay sheet: whose records to take, and worker by worker what the months come to. Every keystroke is kept as a draft; a
// month becomes an entry of the log when its column is left. A worker is W1, W2: there is no place for a name.

import { button, h, icon, note } from "../dom.js";
import { clean } from "../fields.js";
import { propose as proposeInterviews, signsAmong } from "../interviews/propose.js";
import { around, today, whileOpen } from "../parts/around.js";
import { remember } from "../parts/undoing.js";
import { added, reckon } from "../pay/reckon.js";
import { FORM, GROUP_LIMIT, fieldOf, following, headcount, nextWorker, propose, rowOf, together, typedOf } from "../pay/sheet.js";
import { CHOICES, DEDUCTIONS, FIELDS, GAPS, NUMBERS, RULES } from "../pay/words.js";
import { PAY } from "../rules.js";
import { _, language, say } from "../words.js";

const DAYS = new Set(["due_on", "paid_on"]);
const COUNTS = /^(days|hours|limit|.*_hours)$/; // numbers that are no money
const money = (text) => Number(text).toLocaleString(language() === "en" ? "en-GB" : "zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const shown = (name, text) => (COUNTS.test(name) ? String(Number(text)) : money(text));
const yuan = (text) => _("%(amount)s yuan", { amount: money(text) });

export async function open(ctx) {
  const { pay } = ctx.pack;
  const frame = await around(ctx);
  const { work } = frame;
  frame.update(ctx.state);
  const head = () => h("div", { class: "work-head" }, h("span", { class: "mark" }, icon("coin", 18)), h("h1", {}, _("Pay sheet")));
  if (!pay) {
    work.append(head(), note("info", h("p", {}, _("There is no pay sheet to go on with: the visit is closed, or this tablet needs a network once."))));
    return () => frame.close();
  }

  let isOpen = true, editor = null;
  const sheet = () => together(pay, ctx.entries());
  const reckoned = (row, { comprehensive } = sheet()) => reckon(row, comprehensive, pay, today(ctx));
  const newEdition = (inside) => ({ item: PAY, field: fieldOf(crypto.randomUUID()), value: JSON.stringify({ form: FORM, ...inside }), replaces: [] });
  const keep = (inside) => ctx.answers([newEdition(inside)]);

  // -- the whole sheet ---------------------------------------------------------------------------------------------------

  async function overview({ focus } = {}) {
    editor = null;
    history.replaceState(history.state, "", location.pathname);
    const now = sheet();
    const unfinished = new Set((await drafts()).map(({ worker }) => worker));
    const workers = [...new Set([...now.rows.map(({ worker }) => worker), ...unfinished])].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
    const owedBy = new Map(workers.map((worker) => [worker, now.rows.filter((row) => row.worker === worker).map((row) => reckoned(row, now))]));
    const everything = [...owedBy.values()].flat();
    const parts = await propose(now.groups.length ? now.groups : [{ group: "", workers: ctx.state.profile.workers }],
      proposeInterviews(ctx.state.profile, signsAmong(ctx.pack.interviews?.signs ?? [], ctx.state.answers)).size, ctx.visit);
    if (editor) return;
    work.replaceChildren(head(), h("p", { class: "dim" }, _("One row for each worker and month. Write no name and no workplace number: W1, W2 and so on, as agreed.")),
      h("section", { class: "sheet pad" },
        h("div", { class: "row spread" }, h("h2", {}, _("Workers on the sheet")),
          isOpen && button(_("Enter a worker"), () => edit(nextWorker(workers, pay.inspector)), { sign: "add", kind: "primary", id: "new-worker" })),
        workers.length ? [
          h("ul", { class: "pay-list" }, workers.map((worker) => line(worker, owedBy.get(worker), unfinished.has(worker)))),
          h("p", { class: "pay-sum", "data-owed": added(everything.map(({ owed }) => owed)) }, h("span", {}, _("Owed to the workers on the sheet, exactly")), h("b", {}, yuan(added(everything.map(({ owed }) => owed))))),
          possible(everything), h("p", { class: "hint" }, _("What this says of the whole workplace, and which answers follow, stands on the page of the visit once it is sent.")),
        ] : h("p", { class: "dim" }, _("No pay records have been entered yet."))),
      h("div", { class: "grid two" }, whose(parts), groups(now)));
    if (focus) work.querySelector(`[data-worker="${focus}"]`)?.focus();
  }

  const line = (worker, months, open_) => h("li", {}, h("button", { type: "button", class: "pay-worker", "data-worker": worker, onclick: () => edit(worker) },
    h("b", {}, worker), h("span", { class: "dim" }, _("Months: %(n)s", { n: months.length })),
    open_ && h("span", { class: "badge amber" }, icon("warn"), _("Not finished")),
    h("span", { class: "grow small" }, [...new Set(months.flatMap(({ lines }) => lines.map(({ rule }) => _(RULES[rule]))))].join(_(", "))),
    h("b", { class: "num" }, money(added(months.map(({ owed }) => owed))))));

  const possible = (months) => {
    const more = added(months.map((one) => one.possible));
    return Number(more) > 0 && note("warn", h("p", {}, _("%(amount)s yuan more would be owed if rates that nobody has confirmed are right. Nothing is claimed for them: ask the human resources bureau.", { amount: money(more) })));
  };

  const whose = (parts) => h("section", { class: "sheet pad" }, h("h2", {}, _("Which pay records to take")), parts.length ? [
    h("p", {}, _("Three months of each: a busy one, a slack one and the latest. Ask for the whole payroll, count its lines from the top and take these:")),
    h("dl", { class: "facts" }, parts.map(({ group, workers, lines }) => [h("dt", {}, `${group || _("All workers")} (${workers})`), h("dd", { "data-lines": group }, lines.join(", "))])),
    h("p", { class: "hint" }, _("The lines are drawn blind, so that the sheet speaks for all workers and nobody can tell from it who was interviewed. Never ask for the records of those you talked to.")),
  ] : h("p", {}, _("The number of workers is not known yet. Enter it under the workplace as found, or say here how many workers each group has.")));

  function groups(now) {
    const list = h("div", { class: "pay-groups" });
    const add = (group = "", workers = "") => {
      const at = list.children.length + 1;
      list.append(h("div", { class: "pair" },
        h("div", { class: "field" }, h("label", { for: `group-${at}` }, _("Group")), h("input", { id: `group-${at}`, maxlength: GROUP_LIMIT, autocomplete: "off", value: group, "data-group": "" })),
        h("div", { class: "field" }, h("label", { for: `workers-${at}` }, _("Workers in it")), h("input", { id: `workers-${at}`, inputmode: "numeric", autocomplete: "off", value: String(workers), "data-workers": "" }))));
    };
    for (const { group, workers } of now.groups) add(group, workers);
    add();
    const comprehensive = h("input", { type: "checkbox", checked: now.comprehensive });
    const wrong = h("p", { class: "error", role: "alert" });
    const keepGroups = async () => {
      const said = new Map();
      for (const pair of list.children) {
        const name = clean(pair.querySelector("[data-group]").value), number = pair.querySelector("[data-workers]").value.trim();
        if (!name && !number) continue;
        const workers = headcount(number);
        if (workers === null || said.has(name)) { wrong.textContent = _("Each group has a name of its own and a whole number of workers."); return; }
        said.set(name, workers);
      }
      for (const { group } of now.groups) if (!said.has(group)) said.set(group, 0);
      await keep({ groups: [...said].map(([group, workers]) => ({ group, workers })), comprehensive: comprehensive.checked });
      ctx.announce(_("Groups: kept on this tablet."));
      await overview();
    };
    return h("section", { class: "sheet pad" }, h("h2", {}, _("Groups")), h("fieldset", { disabled: !isOpen }, h("legend", { class: "vh" }, _("Groups")),
      h("p", { class: "hint" }, _("Workers whose pay is alike: by department, by contract. One line for all is enough for a small workplace.")), list,
      h("p", {}, button(_("Another group"), () => { add(); list.lastChild.querySelector("input").focus(); }, { sign: "add" })),
      h("label", { class: "tick" }, comprehensive, h("span", {}, _("An approval of comprehensive working hours was shown"))), wrong,
      button(_("Keep the groups"), keepGroups, { sign: "good", id: "keep-groups" })));
  }

  // -- one worker --------------------------------------------------------------------------------------------------------

  /** What was typed and could not be kept as it stood, by a browser that died too: [{key, worker, typed, group, was}]. */
  async function drafts() {
    const found = await ctx.store.drafts(ctx.visit);
    return found.filter(({ value }) => value.item === PAY && value.unfit).map(({ key, value }) => ({ key, ...JSON.parse(value.value) }));
  }

  /** One month: what is typed, the row that is kept, and the edition that it becomes. */
  class Column {
    constructor(typed, kept = null, draft = null) {
      Object.assign(this, { typed, kept, field: fieldOf(crypto.randomUUID()), before: JSON.stringify(kept ? typedOf(kept) : {}) });
      this.touched = Boolean(draft);
      if (draft) this.field = draft.slice(PAY.length + 1);
    }
    get key() { return `${PAY} ${this.field}`; }
    get empty() { return !["month", "due_on", "agreed", "pay.base"].some((field) => this.typed[field]?.trim()); }
  }

  async function edit(worker, { columns, copied } = {}) {
    const now = sheet();
    const own = now.rows.filter((row) => row.worker === worker);
    const left = (await drafts()).filter((one) => one.worker === worker);
    const given = columns ?? [
      ...own.filter((row) => !left.some(({ was }) => was === row.month)).map((row) => new Column(typedOf(row), row)),
      ...left.map(({ typed, was, key }) => new Column(typed, own.find((row) => row.month === was) ?? null, key)),
    ];
    if (!given.length && isOpen) given.push(new Column({}));
    const group = left[0]?.group ?? own[0]?.group ?? copied ?? now.groups[0]?.group ?? "";
    editor = new Editor(worker, given, group, now);
    ctx.here(worker);
    editor.draw();
  }

  class Editor {
    constructor(worker, columns, group, now) { Object.assign(this, { worker, columns, group, now, sum: h("div", { class: "pay-live", role: "status" }), result: h("div") }); }

    draw() {
      const { worker, columns, now } = this;
      const cells = (make) => columns.map((column, at) => h("td", {}, make(column, at)));
      const table = h("table", { class: "pay-table" },
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, _("Month")), cells((column, at) => this.#control(column, at, "month", _("Month"))))),
        FIELDS.map(([title, rows]) => h("tbody", {}, h("tr", {}, h("th", { scope: "rowgroup", colspan: columns.length + 1 }, _(title))),
          rows.map(([field, label]) => h("tr", {}, h("th", { scope: "row" }, _(label)), cells((column, at) => this.#control(column, at, field, _(label))))))),
        h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, _("Owed (yuan)")), columns.map((column, at) => h("td", { class: "num", "data-owed-of": at })))));
      const names = now.groups.map((one) => one.group);
      const select = h("select", { id: "pay-group", disabled: !isOpen, onchange: ({ target }) => { this.group = target.value; columns.forEach((column) => this.typed(column)); } },
        (names.includes(this.group) ? names : [this.group, ...names]).map((name) => h("option", { value: name, selected: name === this.group }, name || _("All workers"))));
      work.replaceChildren(
        h("p", { class: "crumbs" }, button(_("Pay sheet"), () => this.close().then(() => overview({ focus: worker })), { sign: "back", kind: "link", id: "to-sheet" })),
        h("div", { class: "work-head" }, h("span", { class: "mark" }, icon("coin", 18)), h("h1", {}, _("Worker %(worker)s", { worker }))),
        h("div", { class: "field" }, h("label", { for: "pay-group" }, _("Group")), select),
        h("p", { class: "hint" }, _("No name: who is %(worker)s stands nowhere but in the employer's payroll.", { worker })),
        this.sum,
        h("div", { class: "sheet table-wrap", onfocusout: (event) => this.#left(event) }, table),
        isOpen && h("div", { class: "row form-end" },
          button(_("Copy to the next month"), () => this.more(false), { sign: "add", id: "next-month" }),
          button(_("Copy everything to the next month"), () => this.more(true), { sign: "add", id: "whole-month" }),
          button(_("Next worker, same contract"), () => this.another(), { sign: "person", id: "next-worker" }),
          columns.map((column, at) => column.kept && button(_("Strike %(month)s", { month: column.kept.month }), () => this.strike(at), { sign: "strike" }))),
        h("section", { class: "sheet pad" }, h("h2", {}, _("What it comes to")), this.result));
      columns.forEach((column) => this.typed(column, { quiet: true }));
      this.tell();
    }

    #control(column, at, field, label) {
      const id = `pay-${at}-${field.replace(".", "-")}`;
      const facts = {
        id, "data-field": field, "data-at": at, "aria-label": `${label} ${column.typed.month ?? ""}`.trim(), autocomplete: "off", disabled: !isOpen,
        oninput: ({ target }) => { column.typed[field] = target.value; this.typed(column); this.tell(); },
      };
      const choices = CHOICES[field];
      if (choices) {
        const chosen = column.typed[field] || Object.keys(choices)[0];
        return h("select", facts, Object.entries(choices).map(([value, text]) => h("option", { value, selected: value === chosen }, _(text))));
      }
      const day = field === "month" || DAYS.has(field);
      return h("input", { ...facts, value: column.typed[field] ?? "", size: 9, inputmode: day ? null : "decimal", enterkeyhint: "next", placeholder: field === "month" ? "2026-03" : day ? "2026-04-15" : null });
    }

    /** The rows of all columns; a month that stands in two of them is wrong in the later one. */
    #read(column) {
      const { row, wrong } = rowOf(this.worker, this.group, column.typed);
      const twice = this.columns.some((other) => other !== column && !other.empty && this.columns.indexOf(other) < this.columns.indexOf(column) && other.typed.month?.trim() === row.month);
      if (twice && !wrong.month) wrong.month = _("A worker and month stand in two rows. Remove one of them.");
      return { row, wrong };
    }
    #changed(column, row) { return !column.kept || JSON.stringify(column.typed) !== column.before || column.kept.group !== row.group; }

    #edition(column, row) {
      const moved = column.kept && column.kept.month !== row.month;
      return { form: FORM, rows: [row], ...(moved ? { struck: [{ worker: this.worker, month: column.kept.month }] } : {}) };
    }

    /** A keystroke: keep it as a draft, whether it can be a row already or not. */
    typed(column, { quiet = false } = {}) {
      if (quiet || !isOpen) { this.#mark(column, quiet && !column.touched ? {} : this.#read(column).wrong); return; }
      column.touched = true;
      const { row, wrong } = this.#read(column);
      const unfit = Object.keys(wrong).length > 0;
      const value = JSON.stringify(unfit ? { worker: this.worker, group: this.group, typed: column.typed, was: column.kept?.month ?? null } : this.#edition(column, row));
      ctx.store.saveDraft(ctx.visit, column.key, { item: PAY, field: column.field, value, replaces: [], was: null, unfit }).catch(() => {}); // the red banner tells
      if (!unfit) this.#mark(column, {});
    }

    #mark(column, wrong) {
      const at = this.columns.indexOf(column);
      for (const control of work.querySelectorAll(`[data-at="${at}"]`)) {
        const says = wrong[control.dataset.field];
        control.parentElement.querySelector(".error")?.remove();
        control.toggleAttribute("aria-invalid", Boolean(says));
        control.removeAttribute("aria-describedby");
        if (!says) continue;
        control.parentElement.append(h("span", { class: "error", id: `${control.id}-error` }, _(says)));
        control.setAttribute("aria-describedby", `${control.id}-error`);
      }
    }

    #left({ target, relatedTarget }) {
      const from = target.dataset?.at;
      if (from !== undefined && relatedTarget?.dataset?.at !== from) this.commit(this.columns[from]);
    }

    /** Make an entry of a month that can be one; else say what is wrong, and leave it a draft. */
    async commit(column) {
      if (!column?.touched || !isOpen) { await column?.saving; return; } // who goes on waits until it is kept
      const { row, wrong } = this.#read(column);
      if (column.empty && !column.kept) { column.touched = false; await ctx.store.removeDraft(ctx.visit, column.key); return; }
      this.#mark(column, wrong);
      if (Object.keys(wrong).length) return;
      column.touched = false;
      if (!this.#changed(column, row)) { await ctx.store.removeDraft(ctx.visit, column.key); return; }
      const draft = column.key, field = column.field, before = column.before;
      const entry = { item: PAY, field, value: JSON.stringify(this.#edition(column, row)), replaces: [] };
      Object.assign(column, { kept: row, field: fieldOf(crypto.randomUUID()), before: JSON.stringify(column.typed) });
      column.saving = ctx.answers([entry], { draft }).then(
        () => ctx.announce(_("%(worker)s, %(month)s: saved on tablet.", { worker: this.worker, month: row.month })),
        () => Object.assign(column, { touched: true, before })); // the red banner tells; leaving the column tries again
      await column.saving;
    }
    close() { return Promise.all(this.columns.map((column) => this.commit(column))); }

    /** What it comes to, at every keystroke. */
    tell() {
      const months = this.columns.map((column) => ({ column, ...this.#read(column) })).filter(({ wrong }) => !Object.keys(wrong).length)
        .map(({ column, row }) => ({ at: this.columns.indexOf(column), row, found: reckoned(row, this.now) }));
      for (const cell of work.querySelectorAll("[data-owed-of]")) cell.textContent = "–";
      for (const { at, found } of months) work.querySelector(`[data-owed-of="${at}"]`).textContent = money(found.owed);
      const all = added(months.map(({ found }) => found.owed));
      this.sum.replaceChildren(h("p", { class: "pay-sum", "data-owed": all }, h("span", {}, _("%(worker)s together", { worker: this.worker })), h("b", {}, yuan(all))));
      this.result.replaceChildren(
        ...months.map(({ row, found }) => h("div", { class: "pay-month" }, h("h3", {}, row.month),
          found.lines.map((one) => this.#line(one, row)), !found.lines.length && h("p", { class: "dim" }, _("nothing")),
          found.gaps.map((gap) => h("p", { class: "small dim" }, _(GAPS[gap]))))),
        possible(months.map(({ found }) => found)) || "");
    }
    #line({ rule, owed, numbers, laws, deduction }, { month }) {
      const constants = pay.constants.filter((one) => one.from <= `${month}-01`).at(-1);
      const articles = laws.map((key) => constants?.articles[key]).filter((one) => one && (one.from ?? "") <= `${month}-01` && (!one.to || one.to >= `${month}-01`));
      const behind = [...Object.entries(numbers).filter(([, value]) => Number(value)).map(([name, value]) => `${_(NUMBERS[name])} ${shown(name, value)}`), ...articles.map((one) => say(one.text))];
      return h("p", { "data-rule": rule }, h("b", {}, _(RULES[rule]), deduction ? `${_(": ")}${_(DEDUCTIONS[deduction])}` : ""), Number(owed) ? `${_(": ")}${yuan(owed)}` : "",
        h("br"), h("span", { class: "small dim" }, behind.join(_("; "))));
    }

    async more(whole) {
      await this.close();
      const last = this.columns.at(-1);
      const column = new Column(last ? following(last.typed, { whole }) : {});
      this.columns.push(column);
      this.draw();
      if (whole) { this.typed(column); await this.commit(column); this.tell(); }
      work.querySelector(`#pay-${this.columns.length - 1}-${whole ? "hours-normal" : "month"}`)?.focus();
    }

    async another() {
      await this.close();
      const names = [...new Set([...sheet().rows.map(({ worker }) => worker), ...(await drafts()).map(({ worker }) => worker), this.worker])];
      const columns = this.columns.filter((column) => !column.empty).map(({ typed }) => new Column(Object.fromEntries(
        ["month", "contract", "basis", "agreed", "regular", "hours.normal", "due_on", "paid_on", "insured"].map((field) => [field, typed[field] ?? ""]))));
      await edit(nextWorker(names, pay.inspector), { columns: columns.length ? columns : [new Column({})], copied: this.group });
      scrollTo(0, 0);
      work.querySelector("#pay-0-agreed")?.focus();
    }

    async strike(at) {
      await this.close();
      const { kept } = this.columns[at];
      await keep({ struck: [{ worker: this.worker, month: kept.month }] });
      remember(ctx, _("%(worker)s, %(month)s: struck", { worker: this.worker, month: kept.month }), async () => {
        await keep({ rows: [kept] });
        await (editor ? edit(this.worker) : overview());
      });
      if (sheet().rows.some((row) => row.worker === this.worker)) await edit(this.worker);
      else await overview();
    }
  }

  // -- in and out --------------------------------------------------------------------------------------------------------

  const shut = await whileOpen(ctx, (on) => {
    if (isOpen === on) return;
    isOpen = on;
    if (editor) editor.draw(); else overview();
  });
  const wanted = location.hash.slice(1);
  if (/^W[1-9]\d{0,3}$/.test(wanted)) await edit(wanted); else await overview();
  const seen = () => { if (document.hidden) editor?.close(); };
  document.addEventListener("visibilitychange", seen);
  const stop = ctx.watch((state) => {
    frame.update(state);
    if (!editor && !work.contains(document.activeElement?.closest("input"))) overview();
  });
  return async () => {
    document.removeEventListener("visibilitychange", seen);
    stop();
    shut();
    frame.close();
    await editor?.close();
  };
}
