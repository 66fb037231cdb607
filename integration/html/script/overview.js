const WIDE_ROWS = 24;
const NARROW_ROWS = 20;
const SIBLINGS = 6;

/** The first picture: how containers are nested, and the largest of the others; or else the most connected of each type. */
function overview(model, width) {
  const all = visible(model.nodes).filter((node) => node.type.isContainer);
  if (!all.length) return mostConnected(model, width);
  const isNarrow = width < NARROW;
  const rows = isNarrow ? NARROW_ROWS : WIDE_ROWS;
  const [inside, above] = nesting(all);
  const isNested = (node) => inside(node).length || above(node).length;
  const nested = all.filter(isNested).sort(byWeight);
  const flat = all.filter((node) => !isNested(node)).sort(byWeight);
  const tree = grow(rootsOf(nested, inside, above), nested, inside, Math.round(rows * (flat.length ? 0.7 : 1)), isNarrow);
  const headings = [];
  if (nested.length && flat.length) {
    headings.push({ text: "The largest groups that neither hold nor are in another group", row: tree.rows });
    tree.rows += 1;
  }
  for (const node of flat.slice(0, Math.max(0, rows - tree.rows))) tree.place(node, 0, null);
  const layout = isNarrow ? indented(tree, width) : layered(tree, width);
  layout.texts = headings.map(({ text, row }) => ({ x: isNarrow ? 2 : 57, y: 24 + row * ROW, text: fitted(text, width - 70), side: "right" }));
  layout.caption = captionOf(tree, all, inside, isNarrow);
  const accounts = visible(model.nodes).filter((node) => node.type.class === "Account");
  return accounts.length === 1 ? withRoot(layout, accounts[0]) : layout;
}

/** Return what gives the containers directly in one, and those that it is directly in; itself is neither. */
function nesting(all) {
  const next = (step) => {
    const found = new Map(all.map((node) => [node, visible(step(node)).filter((other) => other.type.isContainer && other !== node).sort(byWeight)]));
    return (node) => found.get(node);
  };
  return [next(members), next(containers)];
}

/** Say how many of the groups are drawn, and where the others are. */
function captionOf(tree, all, inside, isNarrow) {
  const drawn = new Set(tree.points.map((point) => point.node));
  const met = new Set();
  for (const node of drawn) if (!met.has(node)) walk(node, inside, met);
  const [below, elsewhere] = [met.size - drawn.size, all.length - met.size];
  const what = below + elsewhere ? `${number(drawn.size)} of the ${number(all.length)}` : `All ${number(all.length)}`;
  const others = [below && `${number(below)} ${below === 1 ? "is" : "are"} in a group that is drawn`, elsewhere && `${number(elsewhere)} ${elsewhere === 1 ? "is" : "are"} found in the table and by the search`];
  const rest = below + elsewhere ? ` Of the others ${others.filter(Boolean).join(", ")}.` : "";
  const unseen = tree.points.some((point) => point.left) ? "; (+2) says that two groups in it are not drawn" : "";
  const dotted = tree.extra.length && !isNarrow ? "; dotted ones to a group that is drawn elsewhere already" : "";
  return `${what} groups in this file, each with the number of its direct members in the whole graph${unseen}.${rest} Lines lead from a group to the groups in it${dotted}.`;
}

/** Return a tree of containers, each once, as far as there are rows: from the roots on, then the largest that these left out. */
function grow(roots, largest, inside, most, isNarrow) {
  const tree = { points: [], extra: [], rows: 0, depth: 0, place: null };
  const seen = new Map();
  let room = most;
  tree.place = (node, depth, parent) => {
    const point = { node, depth, parent, row: 0, left: 0 };
    seen.set(node, point);
    tree.points.push(point);
    tree.depth = Math.max(tree.depth, depth);
    const first = tree.rows;
    if (isNarrow) point.row = tree.rows++;
    const placed = [];
    for (const child of inside(node)) {
      const isRoom = placed.length < SIBLINGS && depth < 3 && tree.rows + (placed.length || isNarrow ? 1 : 0) <= room;
      if (isRoom && !seen.has(child)) placed.push(tree.place(child, depth + 1, point));
    }
    if (!isNarrow) point.row = placed.length ? (placed[0].row + placed.at(-1).row) / 2 : tree.rows;
    if (!isNarrow && tree.rows === first) tree.rows += 1;
    return point;
  };
  for (const [nodes, share] of [[roots, 0.8], [largest, 1]]) {
    room = Math.round(most * share);
    for (const node of nodes) if (!seen.has(node) && tree.rows < room) tree.place(node, 0, null);
  }
  for (const point of tree.points) {
    const others = inside(point.node).filter((child) => seen.get(child)?.parent !== point);
    const drawn = others.filter((child) => seen.has(child));
    point.left = others.length - drawn.length;
    tree.extra.push(...drawn.map((child) => [point, seen.get(child)]));
  }
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
