const detailsElement = document.getElementById("details");
const LISTED = 15;

/** Show what is known of a node. */
function describeNode(model, node, go) {
  const heading = make("h3", { tabindex: "-1" }, node.name);
  detailsElement.replaceChildren(
    heading,
    make("p", { class: "kind" }, mark(node.type), `${node.type.name} (${node.type.class})`),
    make("p", { class: "key quiet" }, node.key),
    wayFinder(model, node, go),
    ...doubts(model),
    make("h4", {}, `Relationships: ${number(degree(node))}`),
    ...node.totals.map((total) => relationshipList(node, total, go)),
    make("h4", {}, "Properties"),
    propertyList(node),
  );
  return heading;
}

/** Say that memberships may be missing, also those of a type that the graph has none of. */
const doubts = (model) => (model.doubtful.length ? [make("p", {}, `Memberships may be missing: ${model.doubtful.join(", ")}.`)] : []);

/** Return a search box for the other end of a path. */
function wayFinder(model, node, go) {
  const input = make("input", {
    type: "search", id: "way-search", role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": "way-results",
    autocomplete: "off", spellcheck: "false", placeholder: "Name of a group, for example",
  });
  const box = make("div", { class: "finder actions" },
    make("label", { for: "way-search" }, "Paths between this and"), input,
    make("ul", { id: "way-results", role: "listbox", "aria-label": "Found", hidden: true }),
    make("p", { class: "status", role: "status" }));
  finder(box, model, (other) => go({ kind: "ways", node, other }));
  return box;
}

/** Return one type of a node's relationships, with the neighbours that are in this file. */
function relationshipList(node, { relationship, isOut, count }, go) {
  const here = unique(node[isOut ? "out" : "in"].filter((edge) => edge.relationship === relationship)).sort(byWeight);
  const list = make("ul");
  const more = link("", () => add());
  const rest = make("p", { class: "quiet" });
  let shown = 0;
  const add = () => {
    for (const each of here.slice(shown, shown + LISTED)) list.append(make("li", {}, link(each.name, () => go({ kind: "node", node: each }))));
    shown = Math.min(here.length, shown + LISTED);
    more.hidden = shown === here.length;
    more.textContent = `Show more: ${number(here.length - shown)} in this file`;
  };
  add();
  if (count > here.length) rest.textContent = `${counted(count - here.length, "more is", "more are")} not in this file.`;
  const doubt = relationship.verdict === "complete" ? "" : `; ${relationship.verdict}: there may be more`;
  const title = `${meaning(relationship, isOut)}: ${number(count)}`;
  return make("details", relationship.isMembership ? { open: true } : {}, make("summary", {}, title, make("span", { class: "quiet block" }, relationship.name, doubt)), list, more, rest);
}

function propertyList(node) {
  const list = make("dl");
  node.type.columns.forEach((name, column) => {
    const text = worded(name, node.row[column]);
    if (text && name !== "_key") list.append(make("dt", {}, name), make("dd", {}, text));
  });
  return list;
}

/** Show the paths between two nodes in words. */
function describeWays(model, { node, other }, found, go) {
  const heading = make("h3", { tabindex: "-1" }, `${found.start.name} to ${found.goal.name}`);
  const open = (each) => link(each.name, () => go({ kind: "node", node: each }));
  const shortest = found.ways.length ? found.ways[0].length - 1 : 0;
  const parts = [heading];
  if (!found.ways.length) parts.push(make("p", {}, `No path between ${node.name} and ${other.name} in this file.`));
  else {
    const count = found.isCut ? `The first ${counted(found.ways.length, "path", "paths")} of more` : counted(found.ways.length, "path", "paths");
    parts.push(make("p", {}, `${count}; the shortest has ${counted(shortest, "step", "steps")}.${found.ways.length > NEIGHBOURS ? ` The drawing shows the first ${NEIGHBOURS}.` : ""}`));
  }
  parts.push(make("ol", {}, ...found.ways.map((way) => make("li", {}, ...way.flatMap((each, index) => (index ? [` ${found.verb(way[index - 1], each)} `, open(each)] : [open(each)]))))));
  if (found.further.length) {
    parts.push(make("p", { class: "quiet" }, `There may be more: ${found.further.slice(0, 3).map((each) => each.name).join(", ")}${found.further.length > 3 ? ` and ${number(found.further.length - 3)} others` : ""} ${found.further.length === 1 ? "is a member" : "are members"} of groups that are not in this file. For all groups above it: `, make("code", {}, `integration report --about ${found.start.key}`)));
  } else parts.push(make("p", { class: "quiet" }, "All groups above it that the graph has are in this file."));
  if (model.doubtful.length) parts.push(make("p", {}, `Not complete, so that paths may be missing: ${model.doubtful.join(", ")}.`));
  parts.push(make("p", { class: "actions" }, link(`Open ${node.name}`, () => go({ kind: "node", node })), link(`Open ${other.name}`, () => go({ kind: "node", node: other }))));
  detailsElement.replaceChildren(...parts);
  return heading;
}

/** Make room for the drawing where nothing is open. */
function describeNothing() {
  detailsElement.replaceChildren();
}
