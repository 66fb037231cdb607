const WIDE_ROWS = 24;
const NARROW_ROWS = 20;
const SIBLINGS = 6;

/** The first picture: how containers are nested, and the largest of the others; or else the most connected of each type. */
function overview(model, width) {
  const all = visible(model.nodes).filter((node) => node.type.isContainer);
  if (!all.length) return mostConnected(model, width);
  const isNarrow = width < NARROW;
  const rows = isNarrow ? NARROW_ROWS : WIDE_ROWS;
  const nests = (node) => visible(members(node)).some((member) => member.type.isContainer && member !== node);
  const isNested = (node) => visible(containers(node)).some((container) => container !== node);
  const nested = all.filter(nests).sort(byWeight);
  const order = [...nested.filter((node) => !isNested(node)), ...nested];
  const flat = all.filter((node) => !nests(node) && !isNested(node)).sort(byWeight);
  const tree = grow(order, Math.round(rows * (flat.length ? 0.7 : 1)), isNarrow);
  const headings = [];
  if (nested.length && flat.length) {
    headings.push({ text: "The largest groups that neither hold nor are in another group", row: tree.rows });
    tree.rows += 1;
  }
  for (const node of flat.slice(0, Math.max(0, rows - tree.rows))) tree.place(node, 0, null);
  const layout = isNarrow ? indented(tree, width) : layered(tree, width);
  layout.texts = headings.map(({ text, row }) => ({ x: isNarrow ? 2 : 57, y: 24 + row * ROW, text: fitted(text, width - 70), side: "right" }));
  const what = all.length === tree.points.length ? `All ${number(all.length)}` : `${number(tree.points.length)} of the ${number(all.length)}`;
  const unseen = tree.points.some((point) => point.left) ? "; (+2) says that two groups in it are not drawn" : "";
  layout.caption = `${what} groups in this file, each with the number of its direct members in the whole graph${unseen}. Lines lead from a group to the groups in it${tree.extra.length && !isNarrow ? "; dotted ones to a group that is drawn elsewhere already" : ""}.`;
  const accounts = visible(model.nodes).filter((node) => node.type.class === "Account");
  return accounts.length === 1 ? withRoot(layout, accounts[0]) : layout;
}

/** Return a tree of containers from the roots on, each node once, as far as there are rows. */
function grow(roots, most, isNarrow) {
  const tree = { points: [], extra: [], rows: 0, depth: 0, place: null };
  const seen = new Map();
  tree.place = (node, depth, parent) => {
    const point = { node, depth, parent, row: 0, left: 0 };
    seen.set(node, point);
    tree.points.push(point);
    tree.depth = Math.max(tree.depth, depth);
    const below = visible(members(node)).filter((member) => member.type.isContainer).sort(byWeight);
    const first = tree.rows;
    if (isNarrow) point.row = tree.rows++;
    const placed = [];
    for (const child of below) {
      if (seen.has(child)) tree.extra.push([node, child]);
      else if (placed.length < SIBLINGS && depth < 3 && tree.rows + (placed.length || isNarrow ? 1 : 0) <= most) placed.push(tree.place(child, depth + 1, point));
      else point.left += 1;
    }
    if (!isNarrow) point.row = placed.length ? (placed[0].row + placed.at(-1).row) / 2 : tree.rows;
    if (!isNarrow && tree.rows === first) tree.rows += 1;
    return point;
  };
  for (const root of roots) if (!seen.has(root) && tree.rows < most) tree.place(root, 0, null);
  tree.extra = tree.extra.map((pair) => pair.map((node) => seen.get(node))).filter(([one, other]) => one && other);
  return tree;
}

/** Draw a tree from left to right; a line begins where its label ends. */
function layered(tree, width) {
  const step = (width - 90) / (tree.depth + 1);
  const largest = Math.max(1, ...tree.points.map((point) => memberships(point.node, true)));
  for (const point of tree.points) {
    point.x = 70 + point.depth * step;
    point.y = 24 + point.row * ROW;
    point.radius = 5 + 7 * Math.sqrt(memberships(point.node, true) / largest);
    point.side = "right";
    point.label = treeLabel(point, step - 48);
    point.end = point.x + point.radius + wide(point.label) + 8;
  }
  const lines = tree.points.filter((point) => point.parent).map((point) => curve(point.parent.end, point.parent.y, point.x - point.radius, point.y));
  const extra = tree.extra.map(([one, other]) => ({ ...loop(one, other), isFaint: true, isDotted: true }));
  return { points: tree.points, lines: [...lines, ...extra], texts: [], height: 48 + (tree.rows - 1) * ROW };
}

/** Draw a tree as an indented list: it is readable on any width. */
function indented(tree, width) {
  for (const point of tree.points) {
    point.x = 16 + point.depth * 22;
    point.y = 24 + point.row * ROW;
    point.radius = 6;
    point.side = "right";
    point.label = treeLabel(point, width - point.x - 30);
  }
  const lines = tree.points.filter((point) => point.parent).map((point) => elbow(point.parent, point));
  return { points: tree.points, lines, texts: [], height: 48 + (tree.rows - 1) * ROW };
}

/** Return name and members of a container, and how many groups in it are not drawn. */
function treeLabel(point, width) {
  const more = point.left ? ` (+${number(point.left)})` : "";
  const count = ` · ${number(memberships(point.node, true))}`;
  return `${fitted(point.node.name, Math.max(30, width - wide(count + more)))}${count}${more}`;
}

/** Put the account before the roots of a layered tree. */
function withRoot(layout, account) {
  const roots = layout.points.filter((point) => !point.parent && point.x > 60);
  if (!roots.length) return layout;
  const root = { node: account, x: 18, y: roots.reduce((all, point) => all + point.y, 0) / roots.length, radius: 9, side: "bottom", label: "" };
  const lines = roots.map((point) => ({ ...curve(root.x + 9, root.y, point.x - point.radius, point.y), isFaint: true }));
  return { ...layout, points: [root, ...layout.points], lines: [...lines, ...layout.lines] };
}

/** The first picture of a graph without containers. */
function mostConnected(model, width) {
  const types = model.types.filter((type) => type.nodes.length && !type.isHidden);
  const step = width / Math.max(1, types.length);
  const points = types.flatMap((type, column) =>
    [...type.nodes].sort(byWeight).slice(0, NEIGHBOURS).map((node, row) => ({
      node, x: 20 + column * step, y: 30 + row * ROW, radius: 7, side: "right", label: fitted(node.name, step - 50),
    })));
  const at = new Map(points.map((point) => [point.node, point]));
  const lines = points.flatMap((point) => unique(point.node.out).filter((node) => at.has(node) && node !== point.node)
    .map((node) => ({ ...loop(point, at.get(node)), isFaint: true })));
  const caption = `The most connected objects of each type, ${counted(points.length, "object", "objects")} of ${number(model.nodes.length)} in this file.`;
  return { points, lines, texts: [], height: 60 + Math.max(0, ...points.map((point) => point.y - 30)), caption };
}
