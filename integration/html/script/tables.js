const ROWS = 25;
const SHOWN_COLUMNS = 4;
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Return the columns of a type: the name, numbers of relationships in the whole graph, properties. */
function columnsOf(type) {
  const first = { label: "displayName", isNumber: false, isShown: true, value: (node) => node.name, text: (node) => node.name };
  return [first, ...numberColumns(type), ...propertyColumns(type), keyColumn];
}

const keyColumn = { label: "key", isNumber: false, isShown: false, value: (node) => node.key, text: (node) => node.key };

function numberColumns(type) {
  const kinds = new Map(type.nodes.flatMap((node) => node.totals.map((total) => [`${total.isOut} ${total.relationship.name}`, total])));
  return [...kinds.values()].map(({ relationship, isOut }) => {
    const value = (node) => sum(node.totals.filter((total) => total.relationship === relationship && total.isOut === isOut));
    return { label: meaning(relationship, isOut), isNumber: true, isTotal: true, isShown: relationship.isMembership, value, text: (node) => number(value(node)) };
  });
}

/** Return the properties of a type; shown at first are addresses and those that tell entities apart in few words. */
function propertyColumns(type) {
  const seen = new Set([fingerprint(type, 0), fingerprint(type, type.columns.indexOf("displayName"))]);
  const columns = type.columns.map((name, index) => ({ name, index, print: fingerprint(type, index) }));
  const own = columns.filter(({ name, print }) => name !== "_key" && name !== "displayName" && !seen.has(print) && seen.add(print));
  const telling = own.filter(({ index }) => isTelling(type, index)).sort((one, other) => variety(type, one.index) - variety(type, other.index)).slice(0, SHOWN_COLUMNS);
  const named = own.filter(({ name }) => NAMES.includes(name)).slice(0, 1);
  return [...named, ...telling.filter((column) => !named.includes(column)), ...own.filter((column) => !named.includes(column) && !telling.includes(column))].map((column) => ({
    label: column.name,
    isNumber: type.nodes.some((node) => typeof node.row[column.index] === "number" && !isTime(column.name, node.row[column.index])),
    isShown: named.includes(column) || telling.includes(column),
    value: (node) => node.row[column.index],
    text: (node) => worded(column.name, node.row[column.index]),
  }));
}

/** Return something that two columns with the same content have in common. */
const fingerprint = (type, index) => JSON.stringify(type.nodes.slice(0, 200).map((node) => node.row[index] ?? null)).toLowerCase();

/** Return the values of a property that are there, and how many different ones. */
const present = (type, index) => type.nodes.map((node) => node.row[index]).filter((value) => value !== null && value !== undefined);
const variety = (type, index) => new Set(present(type, index).map(String)).size;

/** Tell whether a property sorts entities into few kinds. */
function isTelling(type, index) {
  const values = present(type, index);
  const kinds = variety(type, index);
  return kinds > 1 && kinds <= 30 && kinds <= values.length / 2 && values.length > type.nodes.length * 0.3 && !values.some((value) => Array.isArray(value) || isTime(type.columns[index], value));
}

/** Compare two nodes by a column; what has no value comes last either way. */
function comparison(column, isDescending) {
  return (one, other) => {
    const [a, b] = [column.value(one), column.value(other)];
    const isEmpty = [a, b].map((value) => value === null || value === undefined || value === "");
    if (isEmpty[0] || isEmpty[1]) return isEmpty[0] - isEmpty[1];
    const order = typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b));
    return isDescending ? -order : order;
  };
}

/** Return the column to sort by at first: the numbers that are largest, or else the name. */
function mostTelling(type, columns) {
  const size = (column) => type.nodes.reduce((all, node) => all + column.value(node), 0);
  return columns.filter((column) => column.isTotal && column.isShown).sort((one, other) => size(other) - size(one))[0] || columns[0];
}

const SHORT = 34;

/** Return a cell; text that is short stays on one line. */
const cell = (column, text) => make("td", { class: column.isNumber ? "amount" : text.length <= SHORT ? "short" : "" }, text);

/** Make the table of a type, which is filled when somebody first opens it. */
function makeTable(type, open, isOpen) {
  const held = type.rows.length < type.count ? `${number(type.rows.length)} of ${number(type.count)} are in this file` : `all ${number(type.count)}`;
  const table = make("details", { class: "data", id: `table-${type.name}`, open: isOpen },
    make("summary", {}, mark(type), type.name, make("span", { class: "quiet" }, held), ...(type.verdict === "complete" ? [] : [make("span", { class: "badge" }, type.verdict)])));
  const fill = () => table.append(make("p", { class: "quiet" }, type.description), ...tableParts(type, open));
  if (isOpen) fill();
  else table.addEventListener("toggle", fill, { once: true });
  return table;
}

/** Return what a table is made of: it is sorted by a click on a heading, filtered by text, in pages. */
function tableParts(type, open) {
  const columns = columnsOf(type);
  const state = { column: mostTelling(type, columns), isDescending: false, text: "", page: 0 };
  state.isDescending = state.column.isNumber;
  const body = make("tbody");
  const head = make("thead");
  const position = make("p", { role: "status" });
  const [back, ahead] = [["Previous", -1], ["Next", 1]].map(([label, step]) => make("button", { type: "button", click: () => { state.page += step; fill(); } }, label));
  const input = make("input", { type: "search", autocomplete: "off", spellcheck: "false", placeholder: "Any property", input: () => { state.text = input.value.trim().toLowerCase(); state.page = 0; fill(); } });
  let rows = [];

  const sort = (column) => {
    state.isDescending = state.column === column ? !state.isDescending : column.isNumber;
    state.column = column;
    state.page = 0;
    fill();
  };
  const heading = (column) => {
    const order = state.column === column ? (state.isDescending ? "descending" : "ascending") : "none";
    return make("th", { scope: "col", "aria-sort": order, class: column.isNumber ? "amount" : "" }, make("button", { type: "button", click: () => sort(column) }, column.label));
  };
  const row = (node) => make("tr", {}, ...columns.filter((column) => column.isShown).map((column, index) =>
    index === 0 ? make("th", { scope: "row" }, link(column.text(node), () => open(node))) : cell(column, column.text(node))));
  const fill = () => {
    const focused = head.contains(document.activeElement) ? [...head.querySelectorAll("button")].indexOf(document.activeElement) : -1;
    rows = type.nodes.filter((node) => !state.text || haystack(node).includes(state.text)).sort(comparison(state.column, state.isDescending));
    const first = state.page * ROWS;
    head.replaceChildren(make("tr", {}, ...columns.filter((column) => column.isShown).map(heading)));
    body.replaceChildren(...rows.slice(first, first + ROWS).map(row));
    position.textContent = positionWords(type, rows.length, first, Boolean(state.text));
    back.disabled = first === 0;
    ahead.disabled = first + ROWS >= rows.length;
    if (focused >= 0) head.querySelectorAll("button")[focused]?.focus();
  };
  const chooser = make("details", { class: "chooser" }, make("summary", {}, "Columns"), make("div", { class: "columns" }, ...columns.slice(1).map((column) => {
    const box = make("input", { type: "checkbox", change: () => { column.isShown = box.checked; fill(); } });
    box.checked = column.isShown;
    return make("label", {}, box, column.label);
  })));
  fill();
  return [
    make("div", { class: "bar" }, make("label", {}, `Filter ${type.name}`, input)),
    chooser,
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Table of ${type.name}` }, make("table", {}, make("caption", { class: "quiet" }, "Numbers of relationships are those of the whole graph."), head, body)),
    make("div", { class: "pages" }, back, ahead, position),
  ];
}

function positionWords(type, count, first, isFiltered) {
  const left = type.count - type.rows.length;
  const elsewhere = left ? `; ${number(left)} more are not in this file` : "";
  if (!count) return `No row${isFiltered ? " fits" : ""}${elsewhere}`;
  return `Rows ${number(first + 1)}–${number(Math.min(first + ROWS, count))} of ${number(count)}${isFiltered ? " that fit" : ""}${elsewhere}`;
}

/** Return all that is known of a node as one text to look into. */
function haystack(node) {
  node.haystack ??= node.row.map((value, index) => worded(node.type.columns[index], value)).join("\n").toLowerCase();
  return node.haystack;
}
