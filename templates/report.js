"use strict";
(() => {
  // A page of rows is drawn fast on a phone; a print holds what fits a stack of paper.
  const ROWS_ON_PAGE = 100;
  const ROWS_ON_PAPER = 5000;
  const LONG_ADDRESS = 64;
  const FIELD_NAMES = { email: "E-mail", firstName: "First name", lastName: "Last name", status: "Status", isHidden: "Hidden" };
  const byId = (id) => document.getElementById(id);
  const number = new Intl.NumberFormat("en");

  const data = JSON.parse(byId("data").textContent);
  const rows = data.rows.map(([kind, name, email, uid, row, reason, changes, note, result, attempts, error]) => ({
    kind: data.kinds[kind].word, name, email, uid, row, reason: typeof reason === "number" ? data.reasons[reason] : reason,
    // That a row asks for it is the rule; only another reason is worth a word.
    hasRow: reason === 0, changes, note, result: result === null ? "" : data.results[result].value, attempts, error,
    kindOrder: kind, resultOrder: result === null ? -1 : result, haystack: null,
  }));
  const hasResults = document.querySelector("[data-key=result]") !== null;
  const state = { words: [], kinds: new Set(), results: new Set(), key: null, descending: false, page: 0, found: rows };

  // The page is written in UTC; its reader thinks in local time.
  document.querySelectorAll("time").forEach((time) => {
    const parts = { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
    time.textContent = new Intl.DateTimeFormat("en-GB", parts).format(new Date(time.dateTime));
  });

  // Searching goes without case and accents, so that "jose" finds "José".
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const haystack = (row) => {
    if (row.haystack === null) {
      const changes = row.changes.map(([field, before, after]) => `${data.fields[field]} ${before ?? ""} ${after}`);
      row.haystack = plain([row.name, row.email, row.uid, row.reason, row.note, row.error, ...changes].join(" "));
    }
    return row.haystack;
  };

  const SORT_KEYS = {
    kind: (row) => row.kindOrder,
    user: (row) => plain(row.name || row.email),
    row: (row) => row.row || Infinity,
    detail: (row) => plain(row.error || row.note || (row.changes[0] ? row.changes[0][2] : row.reason)),
    result: (row) => row.resultOrder,
  };

  // No box ticked means that all are meant.
  const isChosen = (chosen, word) => chosen.size === 0 || chosen.has(word);
  const isWanted = (row) =>
    isChosen(state.kinds, row.kind) &&
    isChosen(state.results, row.result) &&
    (state.words.length === 0 || state.words.every((word) => haystack(row).includes(word)));

  const sorted = (found) => {
    if (state.key === null) return found;
    const keyed = found.map((row, index) => [SORT_KEYS[state.key](row), index]);
    const sign = state.descending ? -1 : 1;
    keyed.sort(([a, i], [b, j]) => (a < b ? -sign : a > b ? sign : i - j));
    return keyed.map(([, index]) => found[index]);
  };

  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  // A value may be written from right to left; it must not turn its neighbours round.
  const value = (name, text) => {
    const made = text === "" ? element(name, "field", "(none)") : element(name, "", text);
    made.dir = "auto";
    return made;
  };
  const badge = ({ word, class: className }) => element("span", `badge ${className}`, word);
  const cell = (className, ...children) => {
    const made = element("td", className);
    made.setAttribute("role", "cell");
    made.append(...children);
    return made;
  };

  const paragraph = (className, text) => {
    if (!text) return null;
    const made = element("p", className, text);
    made.dir = "auto";
    return made;
  };
  const changeLine = ([field, before, after]) => {
    const name = data.fields[field];
    const line = element("span");
    line.append(element("span", "field", `${FIELD_NAMES[name] || name}: `));
    if (before === null) line.append(value("span", after));
    else line.append(value("del", before), " → ", value("ins", after));
    return line;
  };
  const details = (row) => {
    const changes = element("p", "changes");
    changes.append(...row.changes.map(changeLine));
    const parts = [row.changes.length > 0 ? changes : null, row.hasRow ? null : paragraph("", row.reason)];
    return [...parts, paragraph("note", row.note), paragraph("why", row.error)].filter(Boolean);
  };
  const userCell = (row) => {
    const parts = row.name ? [element("span", "name", row.name)] : [];
    parts.push(element("span", row.email.length > LONG_ADDRESS ? "email long" : "email", row.email));
    parts.forEach((part) => { part.dir = "auto"; });
    if (row.uid) parts.push(element("span", "uid", row.uid));
    return cell("user", ...parts);
  };
  const resultCell = (row) => {
    const parts = row.result ? [badge(data.results[row.resultOrder])] : [];
    if (row.attempts > 1) parts.push(element("span", "tries", `${row.attempts} tries`));
    return cell("result", ...parts);
  };
  const tableRow = (row) => {
    const made = element("tr");
    made.setAttribute("role", "row");
    made.append(cell("kind", badge(data.kinds[row.kindOrder])), userCell(row));
    made.append(cell("row-number", row.row ? String(row.row) : ""), cell("detail", ...details(row)));
    if (hasResults) made.append(resultCell(row));
    return made;
  };

  const draw = (from, to) => {
    const made = document.createDocumentFragment();
    state.found.slice(from, to).forEach((row) => made.append(tableRow(row)));
    byId("rows").replaceChildren(made);
  };
  const drawPage = () => {
    const pages = Math.max(1, Math.ceil(state.found.length / ROWS_ON_PAGE));
    state.page = Math.min(state.page, pages - 1);
    draw(state.page * ROWS_ON_PAGE, (state.page + 1) * ROWS_ON_PAGE);
    byId("pager").hidden = pages === 1;
    byId("page").textContent = `Page ${number.format(state.page + 1)} of ${number.format(pages)}`;
    byId("previous").disabled = state.page === 0;
    byId("next").disabled = state.page === pages - 1;
  };
  const sayShown = () => {
    byId("shown").textContent = `${number.format(state.found.length)} of ${number.format(rows.length)} users`;
  };
  const find = () => {
    state.found = sorted(rows.filter(isWanted));
    state.page = 0;
    sayShown();
    drawPage();
  };
  const drawPaper = () => {
    draw(0, ROWS_ON_PAPER);
    const [found, all] = [number.format(state.found.length), number.format(rows.length)];
    const cut = state.found.length > ROWS_ON_PAPER ? `First ${number.format(ROWS_ON_PAPER)} of ` : "";
    const which = state.found.length < rows.length ? `${found} users found among ${all}` : `${all} users`;
    byId("shown").textContent = cut + which;
  };

  const readChoices = () => {
    const chosen = (name) => new Set([...document.querySelectorAll(`[name=${name}]:checked`)].map((box) => box.value));
    state.kinds = chosen("kind");
    state.results = chosen("result");
  };
  const sortBy = (header) => {
    const key = header.dataset.key;
    state.descending = state.key === key && !state.descending;
    state.key = key;
    document.querySelectorAll("[data-key]").forEach((other) => other.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
    find();
  };
  const turn = (by) => {
    state.page += by;
    drawPage();
    byId("users").focus();
    byId("list").scrollIntoView();
  };

  let waiting = 0;
  byId("search").addEventListener("input", (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      state.words = plain(event.target.value).split(/\s+/).filter(Boolean);
      find();
    }, 120);
  });
  byId("controls").addEventListener("change", (event) => {
    if (event.target.type === "checkbox") { readChoices(); find(); }
  });
  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  document.querySelectorAll("[data-key]").forEach((header) => {
    const button = element("button", "", header.textContent);
    button.type = "button";
    button.addEventListener("click", () => sortBy(header));
    header.replaceChildren(button);
  });
  byId("previous").addEventListener("click", () => turn(-1));
  byId("next").addEventListener("click", () => turn(1));
  window.addEventListener("beforeprint", drawPaper);
  window.addEventListener("afterprint", () => { sayShown(); drawPage(); });

  if (rows.length > 0) {
    byId("controls").hidden = false;
    readChoices();
    find();
  }
})();
