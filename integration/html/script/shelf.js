/** So many types have their tables open, and their boxes in sight, at once; of more, the largest are shown closed. */
const FEW = 12;

/** Put the tables of types where they belong: of many types the largest, and the others as somebody looks for them. */
function shelve(shelf, types, open) {
  const sorted = types.length > FEW ? [...types].sort((one, other) => other.count - one.count || one.name.localeCompare(other.name)) : types;
  const tables = new Map(sorted.map((type) => [type, makeTable(type, open, types.length <= FEW)]));
  shelf.append(...tables.values());
  if (types.length <= FEW) return;
  const words = new Map(types.map((type) => [type, `${type.name} ${type.class} ${type.description}`.toLowerCase()]));
  const status = make("p", { role: "status", class: "quiet" });
  const all = make("button", { type: "button", click: () => show(true) }, `Show all ${number(types.length)} tables`);
  const input = make("input", { type: "search", autocomplete: "off", spellcheck: "false", placeholder: "Type, class or what it is", input: () => show(false) });
  const show = (isAll) => {
    const sought = input.value.trim().toLowerCase();
    const shown = isAll ? sorted : sought ? sorted.filter((type) => words.get(type).includes(sought)) : sorted.slice(0, FEW);
    for (const [type, table] of tables) table.hidden = !shown.includes(type);
    all.hidden = shown.length === types.length;
    status.textContent = sought || isAll ? counted(shown.length, "table", "tables") : `The ${FEW} with the most objects`;
  };
  shelf.querySelector("h2").after(make("div", { class: "bar" }, make("label", {}, "Find a table", input), all), status);
  show(false);
}
