/** One node: on its left what leads to it, on its right what it leads to, by relationship. */
function around(node, width) {
  const blocks = neighbourBlocks(node);
  const drawn = width < NARROW ? stacked(node, blocks, width) : sided(node, blocks, width);
  drawn.caption = `${node.name} and its neighbours: what leads to it ${width < NARROW ? "above" : "on the left"}, what it leads to ${width < NARROW ? "below" : "on the right"}.${members(node).includes(node) ? " It is a direct member of itself." : ""}`;
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
    const isNews = fresh.length || (count > here.length && !relationship.isMirror && isShown(relationship, isOut));
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
