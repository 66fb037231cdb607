const SHOWN_RESULTS = 20;

/** Return the nodes of visible types whose name, address or key contains the text: those that begin so first. */
function find(model, text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const rank = (node) => (node.sought.includes(wanted) ? 0 : node.sought.some((name) => name.startsWith(wanted)) ? 1 : 2);
  const found = visible(model.nodes).filter((node) => node.sought.some((name) => name.includes(wanted)));
  return found.map((node) => [rank(node), node]).sort((one, other) => one[0] - other[0] || byWeight(one[1], other[1])).map(([, node]) => node);
}

/** Make a search box that offers nodes: arrow keys choose, Enter opens, Escape closes. */
function finder(element, model, open) {
  const [input, list, status] = ["input", "ul", ".status"].map((selector) => element.querySelector(selector));
  let found = [];
  let chosen = -1;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const pick = (node) => {
    input.value = "";
    status.textContent = "";
    close();
    open(node);
  };
  const choose = (index) => {
    chosen = index;
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === index)));
    const item = list.children[index];
    if (!item) return;
    input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  };
  const show = () => {
    found = find(model, input.value);
    list.replaceChildren(...found.slice(0, SHOWN_RESULTS).map((node, index) => result(node, `${list.id}-${index}`, pick)));
    status.textContent = input.value.trim() ? foundWords(found.length, model) : "";
    close();
    if (!found.length) return;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    choose(0);
  };
  const keys = {
    ArrowDown: () => (list.hidden ? show() : choose(Math.min(chosen + 1, list.children.length - 1))),
    ArrowUp: () => choose(Math.max(chosen - 1, 0)),
    Enter: () => found[chosen] && !list.hidden && pick(found[chosen]),
    Escape: () => (list.hidden ? (input.value = "") : close()),
  };
  input.addEventListener("input", show);
  input.addEventListener("blur", () => setTimeout(close, 150));
  input.addEventListener("keydown", (event) => {
    if (!keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });
}

function result(node, id, pick) {
  const address = node.names.slice(1).find((name) => name !== node.name) || node.key;
  const mousedown = (event) => {
    event.preventDefault();
    pick(node);
  };
  return make("li", { role: "option", id, "aria-selected": "false", mousedown }, make("span", {}, node.name), make("span", { class: "quiet" }, `${node.type.name} · ${address}`));
}

function foundWords(count, model) {
  const left = model.types.reduce((all, type) => all + type.count - type.rows.length, 0);
  const where = left ? ` in this file; ${number(left)} objects are not in it` : "";
  if (!count) return `Nothing found${where}`;
  return `${counted(count, "object", "objects")} found${count > SHOWN_RESULTS ? `, the first ${SHOWN_RESULTS} shown` : ""}${where}`;
}
