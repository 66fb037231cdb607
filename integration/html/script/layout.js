// Where everything is drawn, by plain rules: the same graph always gives the same picture. A layout has points (a node,
// x, y, radius, label and the side that it stands on), lines (coordinates), texts and a caption; all in pixels.

const ROW = 27;
const NARROW = 560;
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
  for (let part = 0; part <= 30; part += 1) {
    const [t, s] = [part / 30, 1 - part / 30];
    const shares = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
    line.xs.push(shares.reduce((all, share, index) => all + share * corners[index][0], 0));
    line.ys.push(shares.reduce((all, share, index) => all + share * corners[index][1], 0));
  }
  return line;
}

/** Return a layout moved and made taller, so that no line and no point leaves it. */
function boxed(layout, width) {
  const downs = [...layout.points.flatMap(({ y, radius }) => [y - radius, y + radius]), ...layout.lines.flatMap((line) => line.ys)];
  const above = Math.max(0, 6 - downs.reduce((least, y) => Math.min(least, y), Infinity));
  const below = downs.reduce((most, y) => Math.max(most, y), 0) + above + 6;
  const within = (x) => Math.min(Math.max(x, 3), width - 3);
  const lower = (each) => ({ ...each, y: each.y + above });
  const lines = layout.lines.map((line) => ({ ...line, xs: line.xs.map(within), ys: line.ys.map((y) => y + above) }));
  return { ...layout, points: layout.points.map(lower), texts: layout.texts.map(lower), lines, height: Math.max(layout.height + above, below) };
}
