// Where everything is drawn, by plain rules: the same graph always gives the same picture. A layout has points (a node,
// x, y, radius, label and the side that it stands on), lines (coordinates), texts and a caption; all in pixels.

const ROW = 27;
const NARROW = 560;
const WIDE_ROWS = 24;
const NARROW_ROWS = 20;
const SIBLINGS = 6;
const NEIGHBOURS = 18;
const pen = document.createElement("canvas").getContext("2d");
pen.font = '12px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

const wide = (text) => pen.measureText(text).width;

/** Return text, cut so that it is no wider. */
function fitted(text, width) {
  if (wide(text) <= width) return text;
  let length = Math.max(1, Math.floor((text.length * width) / wide(text)));
  while (length > 1 && wide(`${text.slice(0, length)}…`) > width) length -= 1;
  return `${text.slice(0, length)}…`;
}

/** Return the nodes of a list whose type is not filtered out. */
const visible = (nodes) => nodes.filter((node) => !node.type.isHidden);

const labelOf = (node) => (node.type.isContainer ? `${node.name} · ${number(memberships(node, true))}` : node.name);

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
    point.label = treeLabel(point, step - 60);
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

/** One node: on its left what leads to it, on its right what it leads to, by relationship. */
function around(node, width) {
  const blocks = neighbourBlocks(node);
  const drawn = width < NARROW ? stacked(node, blocks, width) : sided(node, blocks, width);
  drawn.caption = `${node.name} and its neighbours: what leads to it ${width < NARROW ? "above" : "on the left"}, what it leads to ${width < NARROW ? "below" : "on the right"}.`;
  return drawn;
}

/** Return the neighbours by relationship, memberships first; each neighbour once. */
function neighbourBlocks(node) {
  const seen = new Set([node]);
  const blocks = [];
  for (const { relationship, isOut, count } of node.totals) {
    const here = visible(unique(node[isOut ? "out" : "in"].filter((edge) => edge.relationship === relationship)));
    const fresh = here.filter((each) => !seen.has(each)).sort(byWeight);
    fresh.forEach((each) => seen.add(each));
    const isNews = fresh.length || (!here.length && !relationship.isMirror && isShown(relationship, isOut));
    if (isNews) blocks.push({ isOut, title: meaning(relationship, isOut), nodes: fresh, count, held: here.length });
  }
  return blocks;
}

/** Tell whether a filter shows the type at the other end of a node's relationships. */
function isShown(relationship, isOut) {
  return !relationship.other[isOut ? "to" : "from"]?.isHidden;
}

/** Return the blocks of one side, cut to so many nodes in all, each with what is left out; small ones stay whole. */
function cut(blocks, most) {
  let room = most;
  [...blocks].sort((one, other) => one.nodes.length - other.nodes.length).forEach((block, index) => {
    block.shown = block.nodes.slice(0, Math.max(2, Math.floor(room / (blocks.length - index))));
    room -= block.shown.length;
  });
  return blocks.map((block) => ({ ...block, left: leftOut(block) }));
}

/** Say how many neighbours of a block are not drawn, and whether this file has them. */
function leftOut({ nodes, shown, count, held }) {
  const [elsewhere, undrawn] = [Math.max(0, count - held), nodes.length - shown.length];
  if (!elsewhere && !undrawn) return "";
  if (!undrawn) return `${shown.length ? "and " : ""}${number(elsewhere)} ${shown.length ? "more, " : ""}not in this file`;
  return `and ${number(undrawn + elsewhere)} more${elsewhere ? `, ${number(elsewhere)} not in this file` : ""}`;
}

function sided(node, blocks, width) {
  const sides = [false, true].map((isOut) => cut(blocks.filter((block) => block.isOut === isOut), NEIGHBOURS));
  const tall = Math.max(...sides.map((side) => side.reduce((rows, block) => rows + block.shown.length + 2.4, 0)), 6);
  const height = Math.round(tall * ROW * 0.93 + 20);
  const side = !sides[1].length ? "right" : !sides[0].length ? "left" : "bottom";
  const centre = { node, x: width / 2, y: height / 2, radius: 15, side, label: fitted(node.name, width * 0.3) };
  const layout = { points: [centre], lines: [], texts: [], height };
  sides.forEach((side, isOut) => {
    const used = side.reduce((rows, block) => rows + block.shown.length + 2.4, 0);
    let y = (height - used * ROW * 0.93) / 2 + 14;
    const x = isOut ? width * 0.7 : width * 0.3;
    for (const block of side) {
      const heading = `${block.title} (${number(block.count)})`;
      layout.texts.push({ x: isOut ? x - 8 : x + 8, y, text: fitted(heading, width * 0.29), side: isOut ? "right" : "left", isHeading: true });
      for (const each of block.shown) {
        y += ROW * 0.93;
        const point = { node: each, x, y, radius: 7, side: isOut ? "right" : "left", label: fitted(labelOf(each), width * 0.27) };
        layout.points.push(point);
        layout.lines.push(isOut ? curve(centre.x + 17, centre.y, x - 9, y) : curve(x + 9, y, centre.x - 17, centre.y));
      }
      y += ROW * 0.93;
      if (block.left) layout.texts.push({ x: isOut ? x + 8 : x - 8, y, text: fitted(block.left, width * 0.29), side: isOut ? "right" : "left" });
      y += ROW * 1.2;
    }
  });
  return layout;
}

function stacked(node, blocks, width) {
  const layout = { points: [], lines: [], texts: [], height: 0 };
  let y = 22;
  const draw = (block) => {
    layout.texts.push({ x: 34, y, text: fitted(`${block.title} (${number(block.count)})`, width - 50), side: "right", isHeading: true });
    for (const each of block.shown) {
      y += ROW;
      layout.points.push({ node: each, x: 46, y, radius: 6, side: "right", label: fitted(labelOf(each), width - 76) });
    }
    y += ROW;
    if (block.left) layout.texts.push({ x: 46, y, text: block.left, side: "right" });
    y += ROW;
  };
  cut(blocks.filter((block) => !block.isOut), 8).forEach(draw);
  const centre = { node, x: 16, y, radius: 9, side: "right", label: fitted(node.name, width - 50) };
  y += ROW * 1.4;
  cut(blocks.filter((block) => block.isOut), 12).forEach(draw);
  layout.lines = layout.points.map((point) => elbow(centre, point));
  layout.points.push(centre);
  layout.height = Math.max(y, 120);
  return layout;
}

/** The ways between two nodes, from left to right; from top to bottom where it is narrow. */
function along({ ways, start, goal }, width) {
  const layer = new Map();
  for (const way of ways.slice(0, NEIGHBOURS)) way.forEach((node, index) => layer.has(node) || layer.set(node, index));
  layer.set(start, 0);
  const last = Math.max(...ways.slice(0, NEIGHBOURS).map((way) => way.length - 1));
  if (start !== goal) layer.set(goal, last);
  const layers = Array.from({ length: last + 1 }, (_, index) => [...layer.keys()].filter((node) => layer.get(node) === index));
  const isNarrow = width < NARROW;
  const tallest = Math.max(...layers.map((nodes) => nodes.length));
  const height = isNarrow ? 40 + last * 74 + 40 : Math.max(200, tallest * 62 + 40);
  const at = new Map();
  layers.forEach((nodes, index) => nodes.forEach((node, place) => {
    const across = isNarrow ? (width * (place + 0.5)) / nodes.length : 70 + (index * (width - 140)) / Math.max(1, last);
    const down = isNarrow ? 36 + index * 74 : (height * (place + 0.5)) / nodes.length + 8;
    const room = isNarrow ? width / nodes.length - 10 : Math.min(230, (width - 140) / Math.max(1, last) - 14);
    at.set(node, { node, x: across, y: down, radius: node === start || node === goal ? 11 : 8, side: "top", label: fitted(node.name, Math.max(60, room)) });
  }));
  const pairs = new Map(ways.slice(0, NEIGHBOURS).flatMap((way) => way.slice(1).map((node, index) => [`${way[index].place} ${node.place}`, [way[index], node]])));
  const lines = [...pairs.values()].map(([one, other]) => (isNarrow ? straight(at.get(one), at.get(other)) : loop(at.get(one), at.get(other))));
  return { points: [...at.values()], lines, texts: [], height };
}

/** Return a line that leaves and arrives from left to right. */
function curve(x0, y0, x1, y1) {
  const bend = Math.max(14, (x1 - x0) / 2);
  return bezier([x0, y0], [x0 + bend, y0], [x1 - bend, y1], [x1, y1]);
}

/** Return a line between two points wherever they are: one that does not lead to the right swings around. */
function loop(one, other) {
  if (other.x > one.x + 20) return curve((one.end || one.x + one.radius + 2), one.y, other.x - other.radius - 2, other.y);
  const lift = 40 + Math.abs(one.x - other.x) / 6;
  return bezier([one.x, one.y + one.radius], [one.x + 20, one.y + lift], [other.x - 20, other.y + lift], [other.x, other.y + other.radius + 2]);
}

function straight(one, other) {
  const down = other.y >= one.y ? 1 : -1;
  return { xs: [one.x, other.x], ys: [one.y + down * (one.radius + 2), other.y - down * (other.radius + 20)] };
}

const elbow = (parent, child) => ({ xs: [parent.x, parent.x, child.x - child.radius - 2], ys: [parent.y + (child.y > parent.y ? parent.radius : -parent.radius), child.y, child.y], isPlain: true });

function bezier(...corners) {
  const line = { xs: [], ys: [] };
  for (let part = 0; part <= 16; part += 1) {
    const [t, s] = [part / 16, 1 - part / 16];
    const shares = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
    line.xs.push(shares.reduce((all, share, index) => all + share * corners[index][0], 0));
    line.ys.push(shares.reduce((all, share, index) => all + share * corners[index][1], 0));
  }
  return line;
}
